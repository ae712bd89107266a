/** A premium above the start price as percent: 0.055 → +5.5%. */
export const premium = (rate: number | null): string => (rate === null ? '—' : `+${(rate * 100).toFixed(1)}%`)

/** An instant in China (UTC+8) as its day and its time; empty for absent. */
export function inChina(instant: string | null | undefined): { day: string, time: string } {
  if (instant === null || instant === undefined) return { day: '', time: '' }
  const text = new Date(Date.parse(instant) + 8 * 3_600_000).toISOString()
  return { day: text.slice(0, 10), time: text.slice(11, 16) }
}

/** An instant as an office reads it, in China's time: 2022-11-15 09:00. */
export function clockText(instant: string | null | undefined): string {
  const { day, time } = inChina(instant)
  return day === '' ? '—' : `${day} ${time}`
}

/** A day and a time of day in China as an instant; null without a day. */
export const atChina = (day: string | null | undefined, time: string): string | null =>
  (day === null || day === undefined || day === '' ? null : `${day}T${/^\d{2}:\d{2}$/.test(time) ? time : '09:00'}:00+08:00`)
