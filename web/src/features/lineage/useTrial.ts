import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import type { LineageAnswer } from '@/api/lineage'
import type { Problem } from '@/api/problem'
import { useResource } from '@/api/resource'

/** Long enough for who types a code, short enough for who waits. */
const PAUSE_MS = 350

export interface Trial {
  /** What the last trial that went well said; null while there is no order. */
  answer: ShallowRef<LineageAnswer | null>
  /** Why the last one did not go well. */
  problem: ShallowRef<Problem | null>
  /** The order has changed since, or the service is at it. */
  busy: ComputedRef<boolean>
  again: () => void
}

/** What would come of an order, tried whenever it rests; an order of `null` is tried not at all. */
export function useTrial<T>(order: () => T | null, attempt: (order: T, signal: AbortSignal) => Promise<LineageAnswer>): Trial {
  const rested: ShallowRef<T | null> = shallowRef(order())
  const waiting = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(() => { const now = order(); return now === null ? '' : JSON.stringify(now) }, () => {
    clearTimeout(timer)
    const now = order()
    waiting.value = now !== null
    if (now === null) rested.value = null
    else timer = setTimeout(() => {
      rested.value = now
      waiting.value = false
    }, PAUSE_MS)
  }, { flush: 'sync' })
  onScopeDispose(() => clearTimeout(timer))
  const { data, problem, loading, reload } = useResource(() => rested.value, attempt)
  return { answer: data, problem, busy: computed(() => waiting.value || loading.value), again: reload }
}
