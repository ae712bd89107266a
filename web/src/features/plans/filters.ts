import type { LocationQuery } from 'vue-router'
import type { ItemQuery } from '@/api/plans'

const WORDS = ['class', 'housing_class', 'district', 'source', 'method', 'stage'] as const
const NUMBERS = ['quarter', 'month', 'supplied_month'] as const
const YES_NO = ['supplied', 'carried'] as const
const MISSING = ['structure', 'timing', 'parcel', 'use', 'class'] as const
/** Every name of a filter in the address. */
export const FILTERS = [...WORDS, ...NUMBERS, ...YES_NO, 'missing', 'q'] as const
export type FilterName = typeof FILTERS[number]
export type Missing = typeof MISSING[number]

const all = (value: LocationQuery[string] | undefined): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string' && one !== '')

/** The filters that an address says, as the service takes them; what can't be meant is left out. */
export function itemFilters(query: LocationQuery): ItemQuery {
  const found: Record<string, unknown> = {}
  for (const name of WORDS) if (all(query[name]).length > 0) found[name] = all(query[name])
  for (const name of NUMBERS) {
    const numbers = all(query[name]).map(Number).filter((one) => Number.isInteger(one) && one >= 1 && one <= (name === 'quarter' ? 4 : 12))
    if (numbers.length > 0) found[name] = numbers
  }
  for (const name of YES_NO) if (query[name] === 'true' || query[name] === 'false') found[name] = query[name] === 'true'
  const missing = MISSING.find((one) => one === query.missing)
  if (missing !== undefined) found.missing = missing
  if (typeof query.q === 'string' && query.q.trim() !== '') found.q = query.q.trim().slice(0, 100)
  return found
}
