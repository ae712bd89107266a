import { expect, it } from 'vitest'
import { monthEnd, monthsBack } from './months'

it('steps through the ends of months, and ends with today', () => {
  expect([0, 1, 9, 11, 33].map((back) => monthEnd('2022-11-15', back))).toEqual(['2022-11-15', '2022-10-31', '2022-02-28', '2021-12-31', '2020-02-29'])
})

it('finds the month of a day again', () => {
  for (const back of [0, 1, 9, 11, 33, 119]) expect(monthsBack('2022-11-15', monthEnd('2022-11-15', back))).toBe(back)
})
