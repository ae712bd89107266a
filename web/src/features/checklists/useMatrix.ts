import { computed, shallowRef, watch, ref, type ComputedRef } from 'vue'
import { follow } from '@/api/client'
import { readMatrix, type Matrix, type MatrixQuery, type MatrixRow } from '@/api/checklists'
import type { PagedList } from '@/api/paged'
import { asProblem, type Problem } from '@/api/problem'
import { useResource, type Resource } from '@/api/resource'

export interface MatrixList { page: Resource<Matrix>, rows: PagedList<MatrixRow>, matrix: ComputedRef<Matrix | null> }

/** The table of parcels by tracks, page by page. */
export function useMatrix(query: () => MatrixQuery): MatrixList {
  const page = useResource(query, (asked, signal) => readMatrix({ ...asked, limit: 200 }, signal))
  const following = shallowRef<Matrix[]>([])
  const loadingMore = ref(false)
  const moreProblem = shallowRef<Problem | null>(null)
  watch(page.data, () => { following.value = []; moreProblem.value = null })
  const data = computed(() => (page.data.value === null ? null : [page.data.value, ...following.value].flatMap((one) => one.rows)))
  const next = computed(() => (following.value.at(-1) ?? page.data.value)?.next ?? null)

  async function more(): Promise<void> {
    if (next.value === null || loadingMore.value) return
    const start = page.data.value
    loadingMore.value = true
    try {
      const loaded = await follow<Matrix>(next.value)
      if (page.data.value === start) following.value = [...following.value, loaded]
      moreProblem.value = null
    } catch (thrown) {
      moreProblem.value = asProblem(thrown)
    }
    loadingMore.value = false
  }
  return { page, matrix: computed(() => page.data.value), rows: { ...page, data, next, more, loadingMore, moreProblem } }
}
