export interface InstalmentDraft { due_on: string, yuan: string }

/** A price in a first instalment and the balance, to the cent; one instalment for the whole; none while something is missing. */
export function halves(price: string | null, sharePercent: number, firstDue: string | null, lastDue: string | null): InstalmentDraft[] {
  if (price === null || firstDue === null || !Number.isFinite(sharePercent) || sharePercent <= 0 || sharePercent > 100) return []
  const cents = BigInt(price.replace('.', ''))
  const first = sharePercent === 100 ? cents : (cents * BigInt(Math.round(sharePercent * 100)) + 9_999n) / 10_000n
  const text = (value: bigint): string => `${value / 100n}.${String(value % 100n).padStart(2, '0')}`
  if (first >= cents) return [{ due_on: firstDue, yuan: text(cents) }]
  return lastDue === null ? [] : [{ due_on: firstDue, yuan: text(first) }, { due_on: lastDue, yuan: text(cents - first) }]
}
