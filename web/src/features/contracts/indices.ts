import type { IndexAsked } from '@/api/contracts'

/** An index of standard land as typed. */
export interface IndexRow { name: string, sense: 'at_least' | 'at_most', target: string, from: string }
/** An index as announced or signed. */
export interface Index { name: string, sense: 'at_least' | 'at_most', target: string | number, from_year: number | null }

export const blankIndex = (): IndexRow => ({ name: '', sense: 'at_least', target: '', from: '' })

/** Indices as they stand, to edit; 800.0000 → 800. */
export const rowsOf = (indices: readonly Index[] | null): IndexRow[] =>
  (indices ?? []).map((one) => ({ name: one.name, sense: one.sense, target: String(Number(one.target)), from: one.from_year === null ? '' : String(one.from_year) }))

/** The indices to send. */
export const indicesOf = (rows: readonly IndexRow[]): IndexAsked[] =>
  rows.map((one) => ({ name: one.name, sense: one.sense, target: one.target.replace(/,/g, '').trim(), from_year: one.from.trim() === '' ? null : Number(one.from) }))

/** Whether every row has an index, a figure, and a year or none. */
export const complete = (rows: readonly IndexRow[]): boolean =>
  rows.every((one) => one.name !== '' && /^-?\d+(\.\d{1,4})?$/.test(one.target.replace(/,/g, '').trim()) && /^(\d{4})?$/.test(one.from.trim()))
