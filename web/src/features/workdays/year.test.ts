import { describe, expect, it } from 'vitest'
import type { BlockedPeriod, Workday } from '@/api/workdays'
import { bandsOf, monthsOf, stepOf, stripesOf } from './year'

const day = (at: string): Workday => ({
  day: at, is_workday: true, kind: 'workday', name: '', name_en: '', provisional: false, source: null, reason: null, edited_by: null, edited_at: null, version: 0,
})
const period = (id: number, first: string, last: string): BlockedPeriod => ({
  id, first, last, name: '', name_en: '', kinds: [], jurisdiction: null, regions: [], exempt: [], source: '', verified: false, created_by: '', created_at: '', version: 1,
})
const year = (n: number): Workday[] =>
  Array.from({ length: (Date.UTC(n + 1, 0) - Date.UTC(n, 0)) / 864e5 }, (_, i) => day(new Date(Date.UTC(n, 0, 1 + i)).toISOString().slice(0, 10)))

describe('a year as calendar sheets', () => {
  it.each([2022, 2024])('has every day of %i once, in weeks from Monday', (n) => {
    const months = monthsOf(year(n))
    const weeks = months.flatMap((one) => one.weeks)
    expect(weeks.every((week) => week.length === 7)).toBe(true)
    expect(weeks.flat().filter((one) => one !== null).map((one) => one.day)).toEqual(year(n).map((one) => one.day))
  })

  it('begins where the month does', () => {
    const [january] = monthsOf(year(2022))
    expect(january?.weeks[0]?.map((one) => one?.day ?? null)).toEqual([null, null, null, null, null, '2022-01-01', '2022-01-02'])
  })
})

describe('bands', () => {
  const bands = bandsOf([period(1, '2021-11-15', '2022-03-15'), period(2, '2022-03-01', '2022-03-05'), period(3, '2022-11-15', '2023-03-15')])

  it('never share a lane while they share a day', () => {
    expect(bands.map((one) => one.lane)).toEqual([0, 1, 0])
  })

  it('run under their days, with their ends', () => {
    expect(stripesOf(bands, '2022-03-05')).toEqual([{ lane: 0, begins: false, ends: false }, { lane: 1, begins: false, ends: true }])
    expect(stripesOf(bands, '2022-03-16')).toEqual([])
    expect(stripesOf(bands, '2022-11-15')).toEqual([{ lane: 0, begins: true, ends: false }])
  })
})

describe('arrow keys', () => {
  it.each([
    ['ArrowRight', '2022-01-31', '2022-02-01'], ['ArrowUp', '2022-03-01', '2022-02-22'], ['PageDown', '2022-01-31', '2022-02-28'],
    ['PageUp', '2022-03-31', '2022-02-28'], ['Home', '2022-03-31', '2022-01-01'], ['End', '2022-03-31', '2022-12-31'],
    ['ArrowLeft', '2022-01-01', '2022-01-01'], ['PageDown', '2022-12-05', '2022-12-05'],
  ])('%s leads from %s to %s', (key, from, to) => expect(stepOf(key, from)).toBe(to))

  it('leave other keys alone', () => expect(stepOf('a', '2022-01-01')).toBeNull())
})
