import type { Assignment, FieldName } from '@/api/review'

/** Every field that a column can fill, in the order of a parcel's sheet. */
export const FIELD_NAMES: readonly FieldName[] = [
  'code', 'name', 'address', 'cadastral_code', 'lot_number', 'county_code', 'land_use', 'land_use_given', 'area_legal_m2', 'far', 'density_pct', 'green_pct', 'height_m',
  'stage', 'stage_since', 'registered_on', 'surveyed_on',
]
const LISTS = ['lists.land_use_2023', 'lists.gbt_21010_2017', 'lists.gb_50137_2011'] as const
const AREAS = ['units.m2', 'units.mu', 'units.ha'] as const
const SHARES = ['bounds.text', 'bounds.min', 'bounds.max'] as const
/** A way in which a column's values may read, as a key of the mapping page's words. */
export type Option = typeof LISTS[number] | typeof AREAS[number] | typeof SHARES[number]

interface Said { column?: string, field?: FieldName | null, list?: Assignment['list'], unit?: Assignment['unit'], bound?: Assignment['bound'] }

/** What is said of a column, and nothing else that is known of it. */
export const assign = ({ column, field, list, unit, bound }: Said): Assignment =>
  ({ column: column ?? '', field: field ?? null, list: list ?? null, unit: unit ?? null, bound: bound ?? null })

/** The ways in which a column may read that fills this field; none: there is one way only. */
export function optionsOf({ field }: Said): readonly Option[] {
  if (field === 'land_use' || field === 'land_use_given') return LISTS
  if (field === 'area_legal_m2') return AREAS
  return field === 'far' || field === 'density_pct' || field === 'green_pct' || field === 'height_m' ? SHARES : []
}

export function optionOf({ field, list, unit, bound }: Said): Option {
  if (field === 'land_use' || field === 'land_use_given') return `lists.${list ?? 'land_use_2023'}`
  if (field === 'area_legal_m2') return unit === 'mu' || unit === 'ha' ? `units.${unit}` : 'units.m2'
  return `bounds.${bound ?? 'text'}`
}

export function withOption(said: Assignment, option: string): Assignment {
  const [kind, value] = option.split('.')
  if (kind === 'lists') return { ...said, list: value as NonNullable<Assignment['list']> }
  if (kind === 'units') return { ...said, unit: value as NonNullable<Assignment['unit']> }
  return { ...said, bound: value === 'min' || value === 'max' ? value : null }
}

/** Uses of an older list: each code becomes one of 2023 where a table answers it. */
export const isTranslated = (said: Said): boolean => said.field === 'land_use' && optionOf(said) !== 'lists.land_use_2023'

/** Whether two mean the same: an option that is not said is the usual one. */
export const sameAssignment = (a: Said, b: Said): boolean =>
  (a.field ?? null) === (b.field ?? null) && (optionsOf(a).length === 0 || optionOf(a) === optionOf(b))
