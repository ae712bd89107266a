/** Figures of legal findings as people read them. */

const UNITS = ['day', 'workday', 'month', 'year', 'times', 'ha', 'm2', 'yuan', 'yuan_per_m2'] as const
export type FigureUnit = typeof UNITS[number]

const grouped = (value: string): string => value.replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','))

/** A decimal share as percent, exact: 0.195 → 19.5%. */
function percent(value: string): string {
  const number = Number(value)
  return Number.isFinite(number) ? `${Math.round(number * 1_000_000) / 10_000}%` : value
}

/** The value of a figure: `word` names a code, `unitWord` a unit. */
export function figureText(value: string, unit: string, word: (code: string) => string, unitWord: (unit: FigureUnit) => string, comma: string): string {
  if (unit === 'code') return value.split(',').map(word).join(comma)
  if (unit === 'share') return percent(value)
  const known = UNITS.find((one) => one === unit)
  return known === undefined ? value : `${grouped(value)} ${unitWord(known)}`
}
