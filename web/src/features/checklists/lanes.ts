import type { Checklist, Item, Schedule, Scheduled } from '@/api/checklists'
import type { Bar } from './gantt'
import { SHAPE } from './states'

/** The bar of an item: what happened where it has happened, else what is forecast. */
export function barOf(item: Item, planned: Scheduled | undefined, label: string): Bar | null {
  const start = item.started_on ?? item.finished_on ?? planned?.earliest_start ?? item.earliest_start
  const finish = item.finished_on ?? planned?.earliest_finish ?? item.earliest_finish
  if (start === null || finish === null) return null
  const open = item.finished_on === null && item.state !== 'waived' && item.state !== 'not_applicable'
  const latest = open ? planned?.latest_finish ?? item.latest_finish : null
  const last = finish < start ? start : finish
  return { key: item.key, lane: String(item.track), start, finish: last, label: `${SHAPE[item.state]} ${label}`, latest, milestone: planned?.skipped === true && item.finished_on === null }
}

export interface Shadow { start: string, finish: string }

/** What lies under the bars: the plan once made, or, of a trial, the forecast as it stands. */
export function shadowsOf(schedule: Schedule, present: Schedule | null): Map<string, Shadow> {
  const found = new Map<string, Shadow>()
  if (present !== null) {
    for (const one of present.items) found.set(one.key, { start: one.earliest_start, finish: one.earliest_finish })
    return found
  }
  for (const one of schedule.items) {
    if (one.baseline_start !== null && one.baseline_finish !== null) found.set(one.key, { start: one.baseline_start, finish: one.baseline_finish })
  }
  return found
}

export interface Mark { kind: 'today' | 'listing' | 'sale' | 'ready', day: string }

/** The days that lines stand for, in their order. */
export const marksOf = (schedule: Schedule): Mark[] => ([
  { kind: 'today', day: schedule.as_of }, { kind: 'listing', day: schedule.planned_listing_on },
  { kind: 'sale', day: schedule.planned_sale_on }, { kind: 'ready', day: schedule.ready_on },
] as const).filter((one): one is Mark => one.day !== null).sort((a, b) => a.day.localeCompare(b.day))

/** Items that a trial moves: forecast start or end before and after, the largest move of the end first. */
export function movedBy(present: Schedule, trial: Schedule): { key: string, before: Scheduled, after: Scheduled }[] {
  const before = new Map(present.items.map((one) => [one.key, one]))
  return trial.items.flatMap((after) => {
    const was = before.get(after.key)
    return was !== undefined && (was.earliest_start !== after.earliest_start || was.earliest_finish !== after.earliest_finish) ? [{ key: after.key, before: was, after }] : []
  }).sort((a, b) => a.after.earliest_start.localeCompare(b.after.earliest_start))
}

/** Calendar days from one day to another. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)

/** Lanes in the order of the tracks. */
export const laneKeys = (checklist: Checklist): string[] => [...checklist.tracks].sort((a, b) => a.number - b.number).map((one) => String(one.number))
