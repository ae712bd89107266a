import type { FieldName } from '@/api/review'
import { FIELD_NAMES } from './mapping'

/** What differs in a row as field, before, after; what is absent reads as `empty`. */
export function changesOf(changes: Record<string, unknown[]>, empty: string): [field: FieldName, before: string, after: string][] {
  const shown = (value: unknown): string => (typeof value === 'string' ? rangeWords(value) : typeof value === 'number' ? String(value) : empty)
  return FIELD_NAMES.flatMap((field) => {
    const pair = changes[field]
    return pair === undefined ? [] : [[field, shown(pair[0]), shown(pair[1])] as [FieldName, string, string]]
  })
}

/** A range as the database writes it, in the signs of a planning condition: (1.1,1.8] → >1.1,≤1.8 */
export function rangeWords(text: string): string {
  const found = /^([[(])(-?[\d.]*),(-?[\d.]*)([\])])$/.exec(text)
  if (found === null) return text
  const [, open, low, high, close] = found
  const ends = [low === '' ? '' : `${open === '(' ? '>' : '≥'}${low ?? ''}`, high === '' ? '' : `${close === ')' ? '<' : '≤'}${high ?? ''}`]
  return ends.filter((end) => end !== '').join(',')
}
