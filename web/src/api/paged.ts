import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { follow } from './client'
import { asProblem, type Problem } from './problem'
import { useResource, type Resource } from './resource'
import type { Page } from './types'

export interface PagedList<T> extends Resource<T[]> {
  next: ComputedRef<string | null>
  more: () => Promise<void>
  loadingMore: Ref<boolean>
  moreProblem: ShallowRef<Problem | null>
}

/** A list read page by page through its `next` links: starts again whenever `key` changes. */
export function usePagedList<K, T>(key: () => K | null, first: (key: K, signal: AbortSignal) => Promise<Page<T>>): PagedList<T> {
  const page = useResource(key, first)
  const following = shallowRef<Page<T>[]>([])
  const loadingMore = ref(false)
  const moreProblem = shallowRef<Problem | null>(null)

  watch(page.data, () => {
    following.value = []
    moreProblem.value = null
  })
  const data = computed(() => (page.data.value === null ? null : [page.data.value, ...following.value].flatMap((one) => one.items)))
  const next = computed(() => (following.value.at(-1) ?? page.data.value)?.next ?? null)

  async function more(): Promise<void> {
    if (next.value === null || loadingMore.value) return
    const start = page.data.value
    loadingMore.value = true
    try {
      const loaded = await follow<Page<T>>(next.value)
      if (page.data.value === start) following.value = [...following.value, loaded]
      moreProblem.value = null
    } catch (thrown) {
      moreProblem.value = asProblem(thrown)
    }
    loadingMore.value = false
  }

  return { ...page, data, next, more, loadingMore, moreProblem }
}
