import { computed, type ComputedRef, type ShallowRef } from 'vue'
import { follow } from '@/api/client'
import { usePagedList, type PagedList } from '@/api/paged'
import { listParcels, readFacets, readParcel, readStates, type DayState, type Facets, type Parcel, type ParcelQuery, type ParcelSummary } from '@/api/parcels'
import { useResource, type Resource } from '@/api/resource'
import type { Page } from '@/api/types'
import type { Box, View } from '@/map/create-map'
import { filterQuery, isFiltered, needsService } from '@/state/filters'
import type { MapState } from '@/state/url'

/** As many matching parcels as the map asks the service for. */
export const MOST_MATCHES = 5000
const LONGEST_PAGE = 1000

export interface ParcelData {
  parcel: Resource<Parcel>
  list: PagedList<ParcelSummary>
  /** What the list holds: filters, frame, day and order. */
  query: ComputedRef<ParcelQuery>
  /** Of everything that matches. */
  facets: Resource<Facets>
  /** In the map's frame (without a map: everywhere), whatever the stage: the legend's counts. */
  legend: Resource<Facets>
  /** What the service says matches in the frame, where the tiles cannot tell. */
  matches: Resource<Page<ParcelSummary>>
  matchIds: ComputedRef<number[] | null>
  /** Of another day: the states in the frame of what matches. */
  days: Resource<ReadonlyMap<number, DayState>>
  reload: () => void
}

async function readMatches(query: ParcelQuery, signal: AbortSignal): Promise<Page<ParcelSummary>> {
  const first = await listParcels(query, signal)
  const items = [...first.items]
  let { next } = first
  while (typeof next === 'string' && items.length < MOST_MATCHES && !signal.aborted) {
    const page = await follow<Page<ParcelSummary>>(next)
    items.push(...page.items)
    next = page.next
  }
  return { items, next: next ?? null }
}

const boxText = (box: Box): string => box.map((value) => value.toFixed(5)).join(',')

/** Everything the map page reads from the service, bound to its state and to the frame of the map. */
export function useParcelData(state: ShallowRef<MapState>, view: ShallowRef<View | null>, listShown: () => boolean, mapless: boolean): ParcelData {
  const dated = computed(() => ({ ...filterQuery(state.value.filters), as_of: state.value.asOf }))
  const frame = computed(() => (view.value === null ? null : boxText(view.value.box)))

  const parcel = useResource(
    () => (state.value.parcel === null ? null : [state.value.parcel, state.value.asOf] as const),
    ([code, asOf], signal) => readParcel(code, asOf, signal),
  )
  const query = computed<ParcelQuery>(() => ({ ...dated.value, sort: state.value.sort, bbox: state.value.inView ? frame.value : null }))
  const list = usePagedList(() => (listShown() ? { ...query.value, limit: 50 } : null), listParcels)
  const facets = useResource(() => ({ ...dated.value, bbox: state.value.inView ? frame.value : null }), readFacets)
  const legend = useResource(() => (frame.value === null && !mapless ? null : { ...dated.value, stage: null, bbox: frame.value }), readFacets)
  // Tiles show today, and carry no more than the state.
  const asked = (): boolean => needsService(state.value.filters) && state.value.asOf === null
  const matches = useResource(() => {
    const { filters } = state.value
    const summed = view.value?.summed ?? false
    if (frame.value === null || !(asked() || (summed && (isFiltered(filters) || state.value.asOf !== null)))) return null
    return { ...dated.value, bbox: frame.value, limit: LONGEST_PAGE }
  }, readMatches)
  const matchIds = computed(() => (asked() ? matches.data.value?.items.map((one) => one.id) ?? [] : null))

  const days = useResource(
    () => (state.value.asOf === null || frame.value === null || view.value?.summed === true ? null : { ...dated.value, bbox: frame.value }),
    readStates,
  )

  function reload(): void {
    for (const one of [parcel, list, facets, legend, matches, days]) one.reload()
  }
  return { parcel, list, query, facets, legend, matches, matchIds, days, reload }
}
