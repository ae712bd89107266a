import { computed, ref, shallowRef, watch, type ComputedRef } from 'vue'
import { asProblem } from '@/api/problem'

const PERIOD_MS = 2000
const MOST = 20

export interface Watched<T> {
  list: ComputedRef<T[]>
  running: ComputedRef<number>
  follow: (item: T) => void
  dismiss: (id: number) => void
  refresh: () => void
  stop: () => void
}

function remembered(stored: string): number[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(stored) ?? '[]')
    return Array.isArray(value) ? value.filter((one): one is number => Number.isInteger(one)) : []
  } catch {
    return []
  }
}

/** Long work started in this browser: watched until it is put away, across reloads. `stored` names it in the browser. */
export function useWatched<T extends { id: number }>(stored: string, read: (id: number) => Promise<T>, isFinished: (item: T) => boolean): Watched<T> {
  const watched = ref<number[]>(remembered(stored))
  const items = shallowRef<ReadonlyMap<number, T>>(new Map())
  let timer: ReturnType<typeof setTimeout> | undefined

  const list = computed(() => watched.value.map((id) => items.value.get(id)).filter((one) => one !== undefined))
  const running = computed(() => list.value.filter((one) => !isFinished(one)).length)

  watch(watched, (ids) => localStorage.setItem(stored, JSON.stringify(ids)), { deep: true })

  async function look(id: number): Promise<void> {
    try {
      items.value = new Map(items.value).set(id, await read(id))
    } catch (thrown) {
      // Gone, or not ours any more: nothing left to watch. Anything else is tried again.
      if ([403, 404].includes(asProblem(thrown).status)) dismiss(id)
    }
  }

  async function refresh(): Promise<void> {
    clearTimeout(timer)
    const open = watched.value.filter((id) => { const item = items.value.get(id); return item === undefined || !isFinished(item) })
    await Promise.all(open.map(look))
    if (open.length > 0) timer = setTimeout(() => void refresh(), PERIOD_MS)
  }

  function follow(item: T): void {
    items.value = new Map(items.value).set(item.id, item)
    if (!watched.value.includes(item.id)) watched.value = [item.id, ...watched.value].slice(0, MOST)
    void refresh()
  }

  function dismiss(id: number): void {
    watched.value = watched.value.filter((one) => one !== id)
  }

  return { list, running, follow, dismiss, refresh: () => void refresh(), stop: () => clearTimeout(timer) }
}
