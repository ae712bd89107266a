const two = (value: number): string => String(value).padStart(2, '0')

/** The months that a board has columns for: those named, from the first to the last, none left out. */
export function monthsBetween(named: readonly string[]): string[] {
  const sorted = [...named].sort()
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (first === undefined || last === undefined) return []
  const found: string[] = []
  let [year, month] = first.split('-').map(Number) as [number, number]
  while (found.length < 60 && `${year}-${two(month)}` <= last) {
    found.push(`${year}-${two(month)}`)
    if (month === 12) year += 1
    month = month === 12 ? 1 : month + 1
  }
  return found
}

/** Whether a month's targets are locked on a day: its last days have begun, or it is past. */
export function isLocked(month: string, today: string, days: number): boolean {
  const [year, number] = month.split('-').map(Number) as [number, number]
  const end = new Date(Date.UTC(year, number, 0))
  end.setUTCDate(end.getUTCDate() - days)
  return today > end.toISOString().slice(0, 10)
}
