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

/** The state of another day, as the service told it for each parcel in sight. */
export function stateThen(parcels: readonly { id: number, stage: string, hold: string, idle: string }[]): StateOf {
  const by = (name: 'stage' | 'hold' | 'idle'): ExpressionSpecification => {
    const ids = new Map<string, number[]>()
    for (const parcel of parcels) if (parcel[name] !== 'none') ids.set(parcel[name], [...ids.get(parcel[name]) ?? [], parcel.id])
    if (ids.size === 0) return ['to-string', 'none']
    return ['match', ['id'], ...[...ids].flatMap(([value, some]) => [some, value]), 'none'] as unknown as ExpressionSpecification
  }
  return { stage: by('stage'), hold: by('hold'), idle: by('idle') }
}

/** The part of a filter that the map can answer itself, and the ids that the service answered for the rest. */
export function parcelFilter(
  filters: Pick<Filters, 'stages' | 'hold' | 'idle'>, ids: readonly number[] | null, state: StateOf = STATE_NOW,
): ExpressionSpecification {
  const conditions: ExpressionSpecification[] = []
  if (filters.stages.length > 0) conditions.push(['in', state.stage, ['literal', [...filters.stages]]])
  if (filters.hold !== null) conditions.push(['==', state.hold, filters.hold])
  if (filters.idle !== null) conditions.push(['==', state.idle, filters.idle])
  if (ids !== null) conditions.push(['in', ['id'], ['literal', [...ids]]])
  return ['all', ...conditions]
}
