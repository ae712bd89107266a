import { describe, expect, it } from 'vitest'
import { monthBeside, shortNumber, weeksOf } from './calendar'

describe('a month', () => {
  it('has whole weeks from Monday', () => {
    const weeks = weeksOf('2022-11')
    expect([weeks.length, weeks[0]?.[0], weeks.at(-1)?.at(-1)]).toEqual([5, '2022-10-31', '2022-12-04'])
    expect(weeksOf('2021-02').flat()).toHaveLength(28)
    expect(weeksOf('2023-01').flat().filter((day) => day.startsWith('2023-01'))).toHaveLength(31)
  })

  it('has neighbours', () => {
    expect([monthBeside('2022-11', 2), monthBeside('2022-01', -1)]).toEqual(['2023-01', '2021-12'])
  })
})

it('shortens a lot number to what tells it apart', () => {
  expect([shortNumber('郑政东出〔2022〕5号(网)'), shortNumber('A-7'), shortNumber('某〕')]).toEqual(['5号(网)', 'A-7', '某〕'])
})
