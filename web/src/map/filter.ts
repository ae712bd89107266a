import type { ExpressionSpecification } from 'maplibre-gl'
import type { Filters } from '@/state/filters'

/** Tiles leave out what is `none`. */
const state = (name: 'hold' | 'idle'): ExpressionSpecification => ['coalesce', ['get', name], 'none']

/** The part of a filter that the tiles can answer themselves, and the ids that the service answered for the rest. */
export function parcelFilter(filters: Pick<Filters, 'stages' | 'hold' | 'idle'>, ids: readonly number[] | null): ExpressionSpecification {
  const conditions: ExpressionSpecification[] = []
  if (filters.stages.length > 0) conditions.push(['in', ['get', 'stage'], ['literal', [...filters.stages]]])
  if (filters.hold !== null) conditions.push(['==', state('hold'), filters.hold])
  if (filters.idle !== null) conditions.push(['==', state('idle'), filters.idle])
  if (ids !== null) conditions.push(['in', ['id'], ['literal', [...ids]]])
  return ['all', ...conditions]
}
