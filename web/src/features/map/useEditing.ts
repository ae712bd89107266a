import { computed, nextTick, ref, useTemplateRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { LonLat, MapHandle, View } from '@/map/create-map'
import { useSession } from '@/stores/session'
import { isModalOpen } from '@/ui/modal'
import { isOurs, onKeys } from '@/ui/ours'
import type { MapStateHandle } from './useMapState'

export interface Editing {
  /** A boundary is being edited: of the chosen parcel, or of a new one. */
  on: Ref<boolean>
  /** It is the first boundary of a new parcel. */
  fresh: Ref<boolean>
  /** This person may draw a new parcel, today. */
  may: ComputedRef<boolean>
  /** Begins a new parcel, once what is being edited may be thrown away. */
  begin: () => Promise<void>
  end: () => void
  /** Where the editor's tools go. */
  bar: Readonly<ShallowRef<HTMLElement | null>>
  /** Hears how to ask whether what is being edited may be thrown away. */
  guard: (ask: () => Promise<boolean>) => void
  mayLeave: () => Promise<boolean>
  saved: (code: string) => void
  place: (at: LonLat) => void
}

/** Closest that a finding is shown. */
const NEAR = 19

/** Editing a boundary, as the map's page sees it; it ends with the choice of another parcel or day. */
export function useEditing(
  { state, change }: MapStateHandle, view: ShallowRef<View | null>, map: () => Pick<MapHandle, 'go'> | null, page: { recorded: () => void, covers: () => boolean, busy: () => boolean },
): Editing {
  const session = useSession()
  const on = ref(false)
  const fresh = ref(false)
  let asking = (): Promise<boolean> => Promise.resolve(true)
  function end(): void {
    on.value = fresh.value = false
  }
  watch([() => state.value.parcel, () => state.value.asOf], end)
  const may = computed(() => session.can('parcel:survey') && state.value.asOf === null)
  const mayLeave = (): Promise<boolean> => (on.value ? asking() : Promise.resolve(true))

  async function begin(): Promise<void> {
    if (!may.value || fresh.value || page.busy() || !(await mayLeave())) return
    end()
    change({ parcel: null, mark: null, ...(page.covers() ? { open: [] } : {}) })
    // The choice that ends with it ends every editing.
    await nextTick()
    on.value = fresh.value = true
  }
  function onKey(event: KeyboardEvent): void {
    if (event.key !== 'n' || event.defaultPrevented || !isOurs(event) || isModalOpen()) return
    event.preventDefault()
    void begin()
  }
  onKeys(onKey)

  return {
    on, fresh, may, begin, end, bar: useTemplateRef<HTMLElement>('bar'),
    guard: (ask) => { asking = ask },
    mayLeave,
    saved(code) {
      const made = fresh.value
      end()
      page.recorded()
      if (made) change({ parcel: code, mark: null }, true)
    },
    place(at) {
      change({ mark: [at.lon, at.lat] })
      map()?.go({ ...at, zoom: Math.max(NEAR, view.value?.position.zoom ?? 0) })
    },
  }
}
