import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { listParcels, locateParcels, readParcel, resolveNumber, type ParcelSummary } from '@/api/parcels'
import { asProblem, type Problem } from '@/api/problem'
import { typedPoint } from './coordinates'

const PATIENCE_MS = 200
const MOST = 8
const LONGEST_NUMBER = 100

/** `point`: where the coordinates that were typed lie, in degrees; `null` for words. */
export interface Found { text: string, point: [lon: number, lat: number] | null, parcels: ParcelSummary[], more: boolean }

export interface Suggestions {
  /** The answer to the text as it stands; `null` while it is on its way. */
  found: ComputedRef<Found | null>
  loading: Ref<boolean>
  problem: ShallowRef<Problem | null>
}

async function search(text: string, signal: AbortSignal): Promise<Found> {
  const typed = typedPoint(text)
  if (typed !== null) {
    const { point, items } = await locateParcels(typed.x, typed.y, typed.crs, signal)
    return { text, point, parcels: items, more: false }
  }
  const page = await listParcels({ q: text, limit: MOST }, signal)
  if (page.items.length > 0 || text.length > LONGEST_NUMBER) return { text, point: null, parcels: page.items, more: page.next !== null }
  // No list has it: it may be the number of a parcel that was split or merged away.
  const codes = await resolveNumber(text, signal)
  return { text, point: null, parcels: await Promise.all(codes.slice(0, MOST).map((code) => readParcel(code, null, signal))), more: false }
}

/** Suggestions while typing: waits for a pause, and drops what was overtaken. */
export function useSuggestions(text: Ref<string>): Suggestions {
  const answer = shallowRef<Found | null>(null)
  const loading = ref(false)
  const problem = shallowRef<Problem | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: AbortController | undefined

  async function run(asked: string): Promise<void> {
    const controller = new AbortController()
    running = controller
    loading.value = true
    problem.value = null
    try {
      const found = await search(asked, controller.signal)
      if (running === controller) answer.value = found
    } catch (thrown) {
      if (running === controller) problem.value = asProblem(thrown)
    }
    if (running === controller) loading.value = false
  }

  watch(text, (now) => {
    clearTimeout(timer)
    running?.abort()
    running = undefined
    loading.value = false
    const asked = now.trim()
    if (asked !== '') timer = setTimeout(() => void run(asked), PATIENCE_MS)
  })
  const found = computed(() => (answer.value?.text === text.value.trim() ? answer.value : null))
  return { found, loading, problem }
}
