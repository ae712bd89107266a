import { ref, watch, type Ref } from 'vue'
import type { Sort } from '@/state/url'

/** What the list can show of a parcel; `asc` and `desc` are the orders that the service knows. */
export const COLUMNS = [
  { key: 'code', asc: 'code', desc: '-code' }, { key: 'name' }, { key: 'stage' }, { key: 'use' },
  { key: 'area', asc: 'area_m2', desc: '-area_m2', number: true }, { key: 'legal', number: true }, { key: 'plane', number: true },
  { key: 'region' }, { key: 'lot' }, { key: 'cadastral' }, { key: 'address' }, { key: 'since' }, { key: 'updated', desc: '-updated_at' },
] as const satisfies readonly { key: string, asc?: Sort, desc?: Sort, number?: true }[]
export type ColumnKey = typeof COLUMNS[number]['key']
export interface Column { key: ColumnKey, asc?: Sort, desc?: Sort, number?: true }

export const AT_FIRST: readonly ColumnKey[] = ['code', 'name', 'stage', 'use', 'area', 'region', 'updated']
/** A row without its code could not be opened. */
export const ALWAYS: ColumnKey = 'code'

/** Known columns in their order, each once; the code among them. */
export function readColumns(stored: string | null): ColumnKey[] {
  if (stored === null) return [...AT_FIRST]
  const wanted = stored.split(',')
  return COLUMNS.map((one) => one.key).filter((key) => key === ALWAYS || wanted.includes(key))
}

/** The columns that a person wants to see, remembered in this browser under the person's name. */
export function useColumns(username: string): Ref<ColumnKey[]> {
  const stored = `parcel-columns:${username}`
  const shown = ref(readColumns(localStorage.getItem(stored)))
  watch(shown, (now) => localStorage.setItem(stored, now.join(',')))
  return shown
}
