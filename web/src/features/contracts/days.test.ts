import { describe, expect, it } from 'vitest'
import { daysBetween, placesOf, standingOf } from './days'

describe('days of a contract', () => {
  it('counts days across months', () => {
    expect(daysBetween('2022-02-28', '2022-03-01')).toBe(1)
    expect(daysBetween('2022-03-01', '2022-02-28')).toBe(-1)
  })

  it('says what is in time, late, open or overdue', () => {
    expect(standingOf(null, null, '2022-11-15')).toBeNull()
    expect(standingOf('2022-11-15', null, '2022-11-15')).toEqual({ kind: 'open' })
    expect(standingOf('2022-11-14', null, '2022-11-15')).toEqual({ kind: 'overdue', days: 1 })
    expect(standingOf('2022-11-01', '2022-11-01', '2022-11-15')).toEqual({ kind: 'onTime' })
    expect(standingOf('2022-11-01', '2022-11-04', '2022-11-15')).toEqual({ kind: 'late', days: 3 })
  })

  it('places days between the first and the last', () => {
    expect(placesOf(['2022-01-11', '2022-01-01', '2022-01-06'])).toEqual([1, 0, 0.5])
    expect(placesOf(['2022-01-01'])).toEqual([0])
    expect(placesOf([])).toEqual([])
  })
})
