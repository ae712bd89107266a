import type { BlockedPeriod, Workday } from '@/api/workdays'

/** A month as a calendar sheet: weeks from Monday, `null` where the day belongs to another month. */
export interface Month { month: number, weeks: (Workday | null)[][] }

const WEEK = 7
const monthOf = (day: string): number => Number(day.slice(5, 7))
/** 0 Monday … 6 Sunday. */
export const weekdayOf = (day: string): number => (new Date(`${day}T00:00:00Z`).getUTCDay() + WEEK - 1) % WEEK

export function monthsOf(days: readonly Workday[]): Month[] {
  return Array.from({ length: 12 }, (_, index) => {
    const own = days.filter((one) => monthOf(one.day) === index + 1)
    const cells: (Workday | null)[] = [...Array.from({ length: own[0] ? weekdayOf(own[0].day) : 0 }, () => null), ...own]
    while (cells.length % WEEK !== 0) cells.push(null)
    const weeks = Array.from({ length: cells.length / WEEK }, (_row, week) => cells.slice(week * WEEK, (week + 1) * WEEK))
    return { month: index + 1, weeks }
  })
}

/** How many bands are drawn one under the other; what overlaps beyond is in the list only. */
export const LANES = 3
export interface Band { period: BlockedPeriod, lane: number }

/** Orders with the lane of each: two that share a day never share a lane. */
export function bandsOf(periods: readonly BlockedPeriod[]): Band[] {
  const ends: string[] = []
  return periods.map((period) => {
    const free = ends.findIndex((end) => end < period.first)
    const lane = free === -1 ? ends.length : free
    ends[lane] = period.last
    return { period, lane }
  })
}

export interface Stripe { lane: number, begins: boolean, ends: boolean }

/** The bands under one day. */
export function stripesOf(bands: readonly Band[], day: string): Stripe[] {
  return bands
    .filter(({ period, lane }) => lane < LANES && period.first <= day && day <= period.last)
    .map(({ period, lane }) => ({ lane, begins: period.first === day, ends: period.last === day }))
}

/** The day that an arrow key leads to from `day`, within its year; `null` for any other key. */
export function stepOf(key: string, day: string): string | null {
  const at = new Date(`${day}T00:00:00Z`)
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -WEEK, ArrowDown: WEEK }
  if (key === 'Home') at.setUTCMonth(0, 1)
  else if (key === 'End') at.setUTCMonth(11, 31)
  else if (key === 'PageUp' || key === 'PageDown') {
    const month = at.getUTCMonth() + (key === 'PageUp' ? -1 : 1)
    const last = new Date(Date.UTC(at.getUTCFullYear(), month + 1, 0)).getUTCDate()
    at.setUTCMonth(month, Math.min(at.getUTCDate(), last))
  } else if (key in steps) at.setUTCDate(at.getUTCDate() + (steps[key] ?? 0))
  else return null
  const reached = at.toISOString().slice(0, 10)
  return reached.slice(0, 4) === day.slice(0, 4) ? reached : day
}
