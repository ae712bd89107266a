export interface MoneyWords { yuan: string, wan: string, yi: string, million: string, billion: string }

const trimmed = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 2 })

/** Money by its size: 万元/亿元, or million and billion in English; `—` for absent. */
export function money(yuan: number | null | undefined, english: boolean, words: MoneyWords): string {
  if (yuan === null || yuan === undefined) return '—'
  const sizes = english
    ? [[1e9, words.billion], [1e6, words.million]] as const
    : [[1e8, words.yi], [1e4, words.wan]] as const
  const size = sizes.find(([least]) => Math.abs(yuan) >= least)
  return size === undefined ? `${trimmed(yuan)} ${words.yuan}` : `${trimmed(yuan / size[0])} ${size[1]}`
}

/** A premium above the start price as percent: 0.055 → +5.5%. */
export const premium = (rate: number | null): string => (rate === null ? '—' : `+${(rate * 100).toFixed(1)}%`)

/** Ten thousands of yuan as typed, in yuan; null when it is no amount. */
export function yuanOf(wan: string): number | null {
  const value = Number(wan.replace(/,/g, '').trim())
  return wan.trim() === '' || !Number.isFinite(value) || value < 0 ? null : Math.round(value * 1_000_000) / 100
}

/** Yuan as ten thousands to edit; empty for absent. */
export const wanOf = (yuan: number | null | undefined): string => (yuan === null || yuan === undefined ? '' : String(yuan / 10_000))

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
