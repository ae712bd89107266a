import { describe, expect, it } from 'vitest'
import { areaFigure, areaMismatch, MU_M2 } from './area'

describe('area', () => {
  it('converts exactly', () => {
    expect(areaFigure(15 * MU_M2, 'mu')).toBe('15.00')
    expect(areaFigure(10_000, 'mu')).toBe('15.00')
    expect(areaFigure(10_000, 'ha')).toBe('1.0000')
    expect(areaFigure(1_234_567.891, 'm2')).toBe('1,234,567.89')
    expect(areaFigure(0, 'mu')).toBe('0.00')
  })

  it('shows a dash for absent, never 0', () => {
    expect(areaFigure(null, 'm2')).toBe('—')
    expect(areaFigure(undefined, 'ha')).toBe('—')
  })

  it('finds a mismatch beyond max(1 m², 0.05 %)', () => {
    expect(areaMismatch(1000, 1001)).toBeNull()
    expect(areaMismatch(1000, 1001.01)).toBe(1.01)
    expect(areaMismatch(100_000, 99_950)).toBeNull()
    expect(areaMismatch(100_000, 99_949)).toBe(-51)
    expect(areaMismatch(null, 5)).toBeNull()
  })
})
