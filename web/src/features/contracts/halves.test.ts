import { describe, expect, it } from 'vitest'
import { halves } from './halves'

describe('instalments of a price', () => {
  it('rounds the first one up, so that it is never less than the share', () => {
    expect(halves('100.01', 50, '2022-10-01', '2023-09-01')).toEqual([{ due_on: '2022-10-01', yuan: '50.01' }, { due_on: '2023-09-01', yuan: '50.00' }])
  })

  it('is one instalment for the whole', () => {
    expect(halves('7.00', 100, '2022-10-01', null)).toEqual([{ due_on: '2022-10-01', yuan: '7.00' }])
  })

  it('is none while something is missing', () => {
    expect(halves(null, 50, '2022-10-01', '2023-09-01')).toEqual([])
    expect(halves('7.00', 50, '2022-10-01', null)).toEqual([])
    expect(halves('7.00', 0, '2022-10-01', '2023-09-01')).toEqual([])
  })
})
