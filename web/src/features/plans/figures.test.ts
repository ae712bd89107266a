import { describe, expect, it } from 'vitest'
import { hectares, rate, squareMetres } from './figures'

describe('figures of a plan', () => {
  it('are hectares and percent', () => {
    expect(hectares(13_765_874.88)).toBe('1,376.59')
    expect(hectares(null)).toBe('—')
    expect(rate(0.4051)).toBe('40.5%')
    expect(rate(null)).toBe('—')
  })

  it('are read to the hundredth of a square metre', () => {
    expect(squareMetres('1.500025')).toBe(15_000.25)
    expect(squareMetres(' 2,000 ')).toBe(20_000_000)
    expect(squareMetres('0')).toBeNull()
    expect(squareMetres('one')).toBeNull()
  })
})
