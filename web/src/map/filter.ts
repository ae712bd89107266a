import type { ExpressionSpecification } from 'maplibre-gl'
import type { Filters } from '@/state/filters'

/** How the style knows a parcel's state. */
export interface StateOf { stage: ExpressionSpecification, hold: ExpressionSpecification, idle: ExpressionSpecification }

/** Today's, as the tiles carry it; they leave out what is `none`. */
export const STATE_NOW: StateOf = {
  stage: ['get', 'stage'],
  hold: ['coalesce', ['get', 'hold'], 'none'],
  idle: ['coalesce', ['get', 'idle'], 'none'],
}

const then = (name: 'stage' | 'hold' | 'idle'): ExpressionSpecification => ['coalesce', ['feature-state', name], 'none']

/**
 * The state of another day, as it was told to the map parcel by parcel: the tiles stay, a day is only a change of colour.
 * A parcel that was not there that day has the stage `none`. For paint alone: what filters must stand in the tile.
 */
export const STATE_THEN: StateOf = { stage: then('stage'), hold: then('hold'), idle: then('idle') }

/** The part of a filter that the map can answer itself, and the ids that the service answered for the rest. */
export function parcelFilter(filters: Pick<Filters, 'stages' | 'hold' | 'idle'>, ids: readonly number[] | null): ExpressionSpecification {
  const state = STATE_NOW
  const conditions: ExpressionSpecification[] = []
  if (filters.stages.length > 0) conditions.push(['in', state.stage, ['literal', [...filters.stages]]])
  if (filters.hold !== null) conditions.push(['==', state.hold, filters.hold])
  if (filters.idle !== null) conditions.push(['==', state.idle, filters.idle])
  if (ids !== null) conditions.push(['in', ['id'], ['literal', [...ids]]])
  return ['all', ...conditions]
}
