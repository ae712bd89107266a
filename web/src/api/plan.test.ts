import { describe, expect, it } from 'vitest'
import { planAddress } from './plan'

describe('the address of a plan', () => {
  it('carries the order and escapes the code', () => {
    expect(planAddress('郑东-1#(网)', { paper: 'A3', lang: 'en', scale: 500 }))
      .toBe('/api/v1/parcels/%E9%83%91%E4%B8%9C-1%23(%E7%BD%91)/plan.pdf?paper=A3&lang=en&scale=500')
  })

  it('leaves the scale to the service', () => {
    expect(planAddress('A-1', { paper: 'A4', lang: 'zh', scale: null })).toBe('/api/v1/parcels/A-1/plan.pdf?paper=A4&lang=zh')
  })
})
