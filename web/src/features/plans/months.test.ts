import { describe, expect, it } from 'vitest'
import { isLocked, monthsBetween } from './months'

describe('months of a board', () => {
  it('leave none out, across the year too', () => {
    expect(monthsBetween(['2023-01', '2022-11'])).toEqual(['2022-11', '2022-12', '2023-01'])
    expect(monthsBetween([])).toEqual([])
  })

  it('are locked in their last days and afterwards', () => {
    expect(['2022-11-25', '2022-11-26', '2022-12-01'].map((day) => isLocked('2022-11', day, 5))).toEqual([false, true, true])
  })
})
