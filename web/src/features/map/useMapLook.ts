import type { StyleSpecification } from 'maplibre-gl'
import { computed, type ComputedRef, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { ParcelSummary } from '@/api/parcels'
import type { View } from '@/map/create-map'
import { useControlTypes } from '@/features/constraints/useControlTypes'
import { fontFaces } from '@/map/fonts'
import { parcelFilter, STATE_NOW, STATE_THEN } from '@/map/filter'
import { LAYER_IDS, OFF_AT_FIRST, type LayerId } from '@/map/layers'
import { isStage } from '@/map/palette'
import { mapStyle } from '@/map/style'
import { overlapStyle, type Overlap } from '@/map/style-overlap'
import { readinessStyle } from '@/map/style-readiness'
import { workStyle, type Outcome } from '@/map/style-work'
import { isFiltered } from '@/state/filters'
import type { MapState } from '@/state/url'
import { usePreferences } from '@/stores/preferences'
import type { ParcelData } from './useParcelData'

export interface MapLooks {
  look: ComputedRef<StyleSpecification>
  visible: ComputedRef<Record<LayerId, boolean>>
}

/** What somebody is at on the map; a boundary being edited draws itself. */
export interface Work { chosen: () => readonly ParcelSummary[], outcome: () => Outcome | null, overlaps: () => readonly Overlap[], editing: () => boolean }

/** How the map looks: its state, the data and the person's preferences turned into a style. */
export function useMapLook(state: ShallowRef<MapState>, view: ShallowRef<View | null>, data: ParcelData, work: Work): MapLooks {
  const { t, locale } = useI18n()
  const preferences = usePreferences()
  const faces = fontFaces()

  const visible = computed(() => Object.fromEntries(LAYER_IDS.map((id) => [id, state.value.layers[id] ?? !OFF_AT_FIRST.has(id)])) as Record<LayerId, boolean>)
  const types = useControlTypes(() => visible.value.control)
  const counts = computed(() => Object.fromEntries(
    Object.values(data.facets.data.value?.region ?? {}).flatMap(({ name, n }) => (typeof name === 'string' ? [[name, n]] : [])),
  ))
  const selection = computed(() => {
    const parcel = data.parcel.data.value
    return parcel === null || work.editing() ? null : { geometry: parcel.geometry, centre: parcel.centre }
  })
  const matches = computed(() => (view.value?.summed === true ? data.matches.data.value?.items ?? [] : []).flatMap(({ id, stage, centre }) => (isStage(stage) ? [{ id, stage, centre }] : [])))

  const theme = computed(() => (preferences.dark ? 'dark' : 'light'))
  const ground = computed(() => mapStyle({
    theme: theme.value,
    visible: visible.value,
    opacity: state.value.opacity,
    state: state.value.asOf === null ? STATE_NOW : STATE_THEN,
    // Of another day the service says what is there, filters and all.
    filter: state.value.asOf === null ? parcelFilter(state.value.filters, data.matchIds.value) : ['all'],
    filtered: isFiltered(state.value.filters) || state.value.asOf !== null,
    matches: matches.value,
    selection: selection.value,
    mark: state.value.mark,
    control: types.resource.data.value ?? [],
    names: { english: locale.value === 'en', counts: counts.value },
    mu: t('map.mu'),
    fontFaces: faces,
  }))
  const business = computed(() => (visible.value.readiness ? readinessStyle(ground.value, theme.value, state.value.opacity.readiness ?? 1) : ground.value))
  const look = computed(() => workStyle(overlapStyle(business.value, theme.value, work.overlaps()), {
    theme: theme.value, chosen: work.chosen().map((one) => one.centre), outcome: work.outcome(),
  }))
  return { look, visible }
}
