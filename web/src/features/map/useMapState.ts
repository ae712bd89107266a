import { shallowRef, watch, type ShallowRef } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'
import { formatState, KEYS, parseState, type MapState, type Query } from '@/state/url'

function flat(query: LocationQuery): Query {
  return Object.fromEntries(Object.entries(query).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])))
}

const same = (a: MapState, b: MapState): boolean => JSON.stringify(formatState(a)) === JSON.stringify(formatState(b))

export interface MapStateHandle {
  state: ShallowRef<MapState>
  /** `push`: a step that the Back button returns from. */
  change: (patch: Partial<MapState>, push?: boolean) => void
}

/** The page's state and its address, one and the same: either may change, the other follows. */
export function useMapState(): MapStateHandle {
  const route = useRoute()
  const router = useRouter()
  const page = route.name
  const state = shallowRef(parseState(flat(route.query)))
  let pending: { push: boolean } | null = null

  watch(() => route.query, (query) => {
    const asked = parseState(flat(query))
    if (route.name === page && pending === null && !same(asked, state.value)) state.value = asked
  })

  function write(): void {
    const push = pending?.push ?? false
    pending = null
    if (route.name !== page) return
    const others = Object.fromEntries(Object.entries(route.query).filter(([key]) => !(KEYS as readonly string[]).includes(key)))
    const query = { ...others, ...formatState(state.value) }
    void (push ? router.push({ query }) : router.replace({ query }))
  }

  function change(patch: Partial<MapState>, push = false): void {
    state.value = { ...state.value, ...patch }
    // Changes of one moment become one address.
    if (pending === null) queueMicrotask(write)
    pending = { push: push || (pending?.push ?? false) }
  }
  return { state, change }
}
