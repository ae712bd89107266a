/** Money as an office reads it: 万元 and 亿元 by size, in English million and billion yuan. The wire carries yuan as text. */

const grouped = (value: number, digits: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** The short form; `—` for absent or no number. */
export function money(yuan: string | number | null | undefined, english: boolean): string {
  if (yuan === null || yuan === undefined || yuan === '') return '—'
  const value = Number(yuan)
  if (!Number.isFinite(value)) return '—'
  const size = Math.abs(value)
  if (english) return size >= 1e9 ? `${grouped(value / 1e9, 3)} bn yuan` : `${grouped(value / 1e6, 2)} m yuan`
  return size >= 1e8 ? `${grouped(value / 1e8, 4)} 亿元` : `${grouped(value / 1e4, 2)} 万元`
}

/** Every cent, exact: 33663648.5 → 33,663,648.50. */
export function exactMoney(yuan: string | null | undefined): string {
  if (yuan === null || yuan === undefined || yuan === '') return '—'
  const [whole = '0', part = ''] = yuan.split('.')
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${part.padEnd(2, '0').slice(0, 2)}`
}

/** 万元 as typed, in yuan as text with two digits; null when it is no amount. Works on digits: nothing is rounded in binary. */
export function yuanOf(tenThousands: string): string | null {
  const match = /^(\d{1,10})(?:\.(\d{1,6}))?$/.exec(tenThousands.replace(/,/g, '').trim())
  if (match === null) return null
  const digits = `${match[1] ?? ''}${(match[2] ?? '').padEnd(6, '0')}`.replace(/^0+(?=\d{3})/, '')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** Yuan as text in 万元 for a field: 33663648.50 → 3366.36485. */
export function tenThousandsOf(yuan: string | null): string {
  if (yuan === null) return ''
  const [whole = '0', part = ''] = yuan.split('.')
  const digits = `${whole}${part.padEnd(2, '0').slice(0, 2)}`.padStart(7, '0')
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, '')
}
