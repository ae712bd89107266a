import { shallowRef, watch, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { locateParcels, type Parcel, type ParcelSummary } from '@/api/parcels'
import type { Resource } from '@/api/resource'
import type { Box, Hit, LonLat, View } from '@/map/create-map'
import { CODE_ZOOM } from '@/map/layers'
import { useAnnouncer } from '@/stores/announcer'
import type { MapStateHandle } from './useMapState'

const CGCS2000 = 4490

const within = (inner: Box, outer: Box): boolean =>
  inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3]

export interface Selection {
  /** Several parcels under one click. */
  choices: ShallowRef<ParcelSummary[]>
  /** `adding`: to what is chosen, or away from it. */
  ask: (at: LonLat, hits: Hit[], summed: boolean, adding: boolean) => Promise<void>
  /** One of the choices. */
  pick: (code: string) => void
  choose: (code: string, onMap: boolean) => void
  clear: () => void
}

/** Which parcel is chosen: by a click, by a row, by the address; and the map going there when it was not the map that chose. */
export function useSelection(
  { state, change }: MapStateHandle, parcel: Resource<Parcel>, view: ShallowRef<View | null>,
  look: { fit: (box: Box, closest: number) => void, closer: (at: LonLat) => void, chosen: () => void, covers: () => boolean, add: (code: string) => void },
): Selection {
  const { t } = useI18n()
  const announcer = useAnnouncer()
  const choices = shallowRef<ParcelSummary[]>([])
  let addsChoice = false
  // What is known to be in sight: clicked on, or part of a link that says where to look.
  let inSight: string | null = state.value.position === null ? null : state.value.parcel

  function choose(code: string, onMap: boolean): void {
    // A sheet that opens over the map may cover what was clicked.
    inSight = onMap && !look.covers() ? code : null
    choices.value = []
    if (code === state.value.parcel) reveal()
    change({ parcel: code, mark: null }, true)
    look.chosen()
  }

  function clear(): void {
    choices.value = []
    if (state.value.parcel === null && state.value.mark === null) return
    change({ parcel: null, mark: null, tab: 'facts' }, true)
    announcer.announce(t('map.panel.closed'))
  }

  function pick(code: string): void {
    choices.value = []
    if (addsChoice) look.add(code)
    else choose(code, true)
  }

  async function ask(at: LonLat, hits: Hit[], summed: boolean, adding: boolean): Promise<void> {
    choices.value = []
    addsChoice = adding
    const only = hits[0]
    if (only === undefined) {
      if (!summed && (adding || state.value.parcel === null)) announcer.announce(t('map.choose.near'))
      if (summed) look.closer(at)
      else if (!adding) clear()
      return
    }
    if (hits.length === 1 && only.code !== null) {
      pick(only.code)
      return
    }
    const shown = new Set(hits.map((hit) => hit.id))
    const found = (await locateParcels(at.lon, at.lat, CGCS2000)).items.filter((one) => shown.has(one.id))
    const [first] = found
    if (found.length > 1) choices.value = found
    else if (first !== undefined) pick(first.code)
  }

  function reveal(): void {
    const found = parcel.data.value
    const seen = view.value
    if (found === null || seen === null || found.code === inSight) return
    if (seen.position.zoom < CODE_ZOOM || !within(found.bbox, seen.box) || look.covers()) look.fit(found.bbox, 16)
    inSight = found.code
  }
  watch([parcel.data, () => view.value === null], reveal)
  // A link may name a parcel by its cadastral code or lot number.
  watch(parcel.data, (found) => {
    if (found !== null && state.value.parcel !== null && found.code !== state.value.parcel) change({ parcel: found.code })
  })
  watch(() => state.value.parcel, (code) => { if (code === null) inSight = null })

  return { choices, ask, pick, choose, clear }
}
