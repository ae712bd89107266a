export interface Change { field: string, before: string, after: string }

/** A recorded value as one line of text; `—` where there was none. */
export function plain(value: unknown): string {
  if (value === null || value === undefined || value === '') return '—'
  if (typeof value === 'string') return value
  return JSON.stringify(value)
}

/** What differs between two recorded states of a thing, field by field; either may be absent (made, removed). */
export function changesBetween(before: Record<string, unknown> | null, after: Record<string, unknown> | null): Change[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  return names
    .map((field) => ({ field, before: plain(before?.[field]), after: plain(after?.[field]) }))
    .filter((change) => change.before !== change.after)
}
