const WAN = 10_000
const YI = 100_000_000

/** Money as an office reads it: by size in 万元 or 亿元 (in English: million), the full figure beside it. `—` for absent. */
export function money(yuan: number | null | undefined, english: boolean): { short: string, full: string } {
  if (yuan === null || yuan === undefined) return { short: '—', full: '—' }
  const full = `${yuan.toLocaleString('en-US', { maximumFractionDigits: 2 })} ${english ? 'yuan' : '元'}`
  const of = (unit: number, word: string): string => `${(yuan / unit).toLocaleString('en-US', { maximumFractionDigits: 2 })} ${word}`
  if (english) return { short: Math.abs(yuan) >= 1_000_000 ? of(1_000_000, 'm yuan') : full, full }
  if (Math.abs(yuan) >= YI) return { short: of(YI, '亿元'), full }
  return { short: Math.abs(yuan) >= WAN ? of(WAN, '万元') : full, full }
}
