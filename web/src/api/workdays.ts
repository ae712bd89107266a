import { answer, etag, service } from './client'
import type { components } from './schema'
import type { Code } from './types'

type Shapes = components['schemas']

export type Workday = Shapes['WorkdayRead']
export type WorkYear = Shapes['YearRead']
export type DayChange = Shapes['DayChange']
export type BlockedPeriod = Shapes['BlockedPeriodRead']
export type BlockedPeriodWrite = Shapes['BlockedPeriodWrite']
export type Term = Shapes['TermRead']
export type TermUnit = Shapes['Unit']

/** The years that the calendar counts. */
export const FIRST_YEAR = 1990
export const LAST_YEAR = 2060

export interface YearView { days: Workday[], year: WorkYear, periods: BlockedPeriod[] }

/** A year's days and the orders that stop works on some of them. */
export async function readYear(year: number, signal?: AbortSignal): Promise<YearView> {
  const query = { from: `${year}-01-01`, to: `${year}-12-31` }
  const [days, periods] = await Promise.all([
    answer(service.GET('/api/v1/workdays', { params: { query }, signal: signal ?? null })),
    answer(service.GET('/api/v1/blocked-periods', { params: { query }, signal: signal ?? null })),
  ])
  return { days: days.items, year: days.years[0] as WorkYear, periods: periods.items }
}

/** Say of a day that it is worked or free; refused with 412 when somebody said so since it was read. */
export const changeDay = (day: Workday, change: DayChange): Promise<Workday> =>
  answer(service.PUT('/api/v1/workdays/{day}', { params: { path: { day: day.day }, header: { 'if-match': etag(day.version) } }, body: change }))

export const changeYear = (year: WorkYear, change: Shapes['YearChange']): Promise<WorkYear> =>
  answer(service.PUT('/api/v1/workdays/years/{year}', { params: { path: { year: year.year }, header: { 'if-match': etag(year.version) } }, body: change }))

/** Enter an order, or replace what is said of `known`. */
export const savePeriod = (known: BlockedPeriod | null, period: BlockedPeriodWrite): Promise<BlockedPeriod> =>
  known === null
    ? answer(service.POST('/api/v1/blocked-periods', { body: period }))
    : answer(service.PUT('/api/v1/blocked-periods/{order_id}', { params: { path: { order_id: known.id }, header: { 'if-match': etag(known.version) } }, body: period }))

export async function removePeriod(period: BlockedPeriod): Promise<void> {
  await answer(service.DELETE('/api/v1/blocked-periods/{order_id}', { params: { path: { order_id: period.id }, header: { 'if-match': etag(period.version) } } }))
}

export const countTerm = (from: string, days: number, unit: TermUnit, signal?: AbortSignal): Promise<Term> =>
  answer(service.GET('/api/v1/workdays/add', { params: { query: { from, days, unit } }, signal: signal ?? null }))

/** The kinds of works that an order stops, and the classes of projects that it spares. */
export async function listWorkCodes(list: 'work_kind' | 'exempt_class'): Promise<Code[]> {
  return (await answer(service.GET('/api/v1/codes/{list}', { params: { path: { list } } }))).items
}
