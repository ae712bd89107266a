import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { asProblem, type Problem } from './problem'

export interface Resource<T> {
  data: ShallowRef<T | null>
  problem: ShallowRef<Problem | null>
  loading: Ref<boolean>
  reload: () => void
}

/**
 * Server data bound to what it depends on: loads at once and whenever `key` changes, aborts what was overtaken,
 * and keeps showing the last data while the next is on its way. A key of `null` loads nothing.
 */
export function useResource<K, T>(key: () => K | null, load: (key: K, signal: AbortSignal) => Promise<T>): Resource<T> {
  const data = shallowRef<T | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const loading = ref(false)
  let running: AbortController | null = null

  async function run(): Promise<void> {
    running?.abort()
    const current = key()
    if (current === null) {
      running = null
      data.value = null
      problem.value = null
      loading.value = false
      return
    }
    const controller = new AbortController()
    running = controller
    loading.value = true
    try {
      const loaded = await load(current, controller.signal)
      if (running !== controller) return
      data.value = loaded
      problem.value = null
    } catch (thrown) {
      if (running !== controller) return
      problem.value = asProblem(thrown)
    }
    loading.value = false
  }

  watch(() => JSON.stringify(key()), () => void run(), { immediate: true })
  onScopeDispose(() => {
    running?.abort()
    running = null
  })
  return { data, problem, loading, reload: () => void run() }
}
