/** Whole days from one day to another, both YYYY-MM-DD; negative where the second is earlier. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)

export type DateStanding = { kind: 'onTime' } | { kind: 'open' } | { kind: 'late' | 'overdue', days: number } | null

/** How an agreed day and what came true stand to each other; null where nothing was agreed. */
export function standingOf(agreed: string | null, actual: string | null, today: string): DateStanding {
  if (agreed === null) return null
  const days = daysBetween(agreed, actual ?? today)
  if (actual !== null) return days > 0 ? { kind: 'late', days } : { kind: 'onTime' }
  return days > 0 ? { kind: 'overdue', days } : { kind: 'open' }
}

/** Where each day lies on a line from the first to the last of them, 0 to 1. */
export function placesOf(days: readonly string[]): number[] {
  const sorted = [...days].sort()
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (first === undefined || last === undefined) return []
  const whole = Math.max(1, daysBetween(first, last))
  return days.map((one) => daysBetween(first, one) / whole)
}
