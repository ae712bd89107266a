import { ref, useTemplateRef, watch, type Ref, type ShallowRef } from 'vue'
import type { LonLat, MapHandle, View } from '@/map/create-map'
import type { MapStateHandle } from './useMapState'

export interface Editing {
  /** The boundary of the chosen parcel is being edited. */
  on: Ref<boolean>
  /** Where the editor's tools go. */
  bar: Readonly<ShallowRef<HTMLElement | null>>
  /** Hears how to ask whether what is being edited may be thrown away. */
  guard: (ask: () => Promise<boolean>) => void
  mayLeave: () => Promise<boolean>
  saved: () => void
  place: (at: LonLat) => void
}

/** Closest that a finding is shown. */
const NEAR = 19

/** Editing a boundary, as the map's page sees it; it ends with the choice of another parcel or day. */
export function useEditing({ state, change }: MapStateHandle, view: ShallowRef<View | null>, map: () => Pick<MapHandle, 'go'> | null, recorded: () => void): Editing {
  const on = ref(false)
  let asking = (): Promise<boolean> => Promise.resolve(true)
  watch([() => state.value.parcel, () => state.value.asOf], () => { on.value = false })
  return {
    on, bar: useTemplateRef<HTMLElement>('bar'),
    guard: (ask) => { asking = ask },
    mayLeave: () => (on.value ? asking() : Promise.resolve(true)),
    saved() {
      on.value = false
      recorded()
    },
    place(at) {
      change({ mark: [at.lon, at.lat] })
      map()?.go({ ...at, zoom: Math.max(NEAR, view.value?.position.zoom ?? 0) })
    },
  }
}
