import { describe, expect, it } from 'vitest'
import { atChina, clockText, premium } from './figures'

it('writes a premium', () => { expect([premium(0.055), premium(0), premium(null)]).toEqual(['+5.5%', '+0.0%', '—']) })

describe('instants', () => {
  it('are read and written in China', () => {
    expect(clockText('2022-11-14T16:30:00Z')).toBe('2022-11-15 00:30')
    expect(atChina('2022-11-15', '15:00')).toBe('2022-11-15T15:00:00+08:00')
    expect([atChina('2022-11-15', ''), atChina(null, '10:00'), clockText(null)]).toEqual(['2022-11-15T09:00:00+08:00', null, '—'])
  })
})
