const two = (value: number): string => String(value).padStart(2, '0')

/** The last day of the month `back` months before that of `today`; today itself for its own month. */
export function monthEnd(today: string, back: number): string {
  if (back === 0) return today
  const [year, month] = today.split('-').map(Number) as [number, number]
  const last = new Date(Date.UTC(year, month - back, 0))
  return `${last.getUTCFullYear()}-${two(last.getUTCMonth() + 1)}-${two(last.getUTCDate())}`
}

/** How many months before that of `today` a day lies. */
export function monthsBack(today: string, day: string): number {
  const [year, month] = today.split('-').map(Number) as [number, number]
  const [then, number] = day.split('-').map(Number) as [number, number]
  return (year - then) * 12 + month - number
}
