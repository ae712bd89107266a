/** A share as percent for a field: 0.3334 → 33.34. */
export const sharePercent = (share: number): string => String(Math.round(share * 10_000) / 100)

/** Percent as typed, as a share with four digits; null when it is none. */
export function shareText(percent: string): string | null {
  const match = /^(\d{1,3})(?:\.(\d{1,2}))?%?$/.exec(percent.trim())
  if (match === null) return null
  const parts = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
  return parts < 1 || parts > 10_000 ? null : (parts / 10_000).toFixed(4)
}
