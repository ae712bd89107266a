/** The days of a month as weeks that begin on Monday; days of the months beside it fill the first and the last week. */
export function weeksOf(month: string): string[][] {
  const first = new Date(`${month}-01T00:00:00Z`)
  const start = new Date(first)
  start.setUTCDate(1 - (first.getUTCDay() + 6) % 7)
  const weeks: string[][] = []
  for (let day = start; day.getUTCMonth() === first.getUTCMonth() || day <= first; ) {
    weeks.push(Array.from({ length: 7 }, () => {
      const text = day.toISOString().slice(0, 10)
      day = new Date(day.getTime() + 86_400_000)
      return text
    }))
  }
  return weeks
}

/** The month so many months away: ('2022-11', 2) → 2023-01. */
export function monthBeside(month: string, by: number): string {
  const at = new Date(`${month}-01T00:00:00Z`)
  at.setUTCMonth(at.getUTCMonth() + by)
  return at.toISOString().slice(0, 7)
}

/** What tells a lot number from its neighbours where room is short: 郑政东出〔2022〕5号(网) → 5号(网). */
export const shortNumber = (number: string): string => number.replace(/^.*〕(?=.)/, '')
