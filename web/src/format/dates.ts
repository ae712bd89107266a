/** Instants and days as an office reads them: 2022-11-15, 2022-11-15 09:30:05 (local time of the browser). */

const two = (value: number): string => String(value).padStart(2, '0')

/** The local day of an instant; `—` for absent or unreadable. */
export function day(value: string | null | undefined): string {
  if (value === null || value === undefined) return '—'
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return value
  const at = new Date(value)
  return Number.isNaN(at.getTime()) ? '—' : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/** The local day and time of an instant, to the minute, or to the second when asked. */
export function moment(value: string | null | undefined, seconds = false): string {
  if (value === null || value === undefined) return '—'
  const at = new Date(value)
  if (Number.isNaN(at.getTime())) return '—'
  return `${day(value)} ${two(at.getHours())}:${two(at.getMinutes())}${seconds ? `:${two(at.getSeconds())}` : ''}`
}

/** Whole seconds between two instants as words: 8 秒 / 2 分 5 秒, given the units. */
export function duration(from: string, to: string, units: { minute: string, second: string }): string {
  const total = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000))
  const minutes = Math.floor(total / 60)
  const rest = `${total % 60} ${units.second}`
  return minutes === 0 ? rest : `${minutes} ${units.minute} ${rest}`
}
