import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { isFinished, listExports, type Export } from '@/api/exports'

const STORED = 'exports-put-away'
const PERIOD_MS = 2000

const readStored = (): number => Number(localStorage.getItem(STORED) ?? '0') || 0

/** One's exports in the background, as the service lists them; watched while one is being written. */
export const useExports = defineStore('exports', () => {
  const items = shallowRef<Export[]>([])
  /** Finished exports up to this number were put away. */
  const putAway = ref(readStored())
  let timer: ReturnType<typeof setTimeout> | undefined

  const list = computed(() => items.value.filter((one) => one.status !== 'expired' && (one.id > putAway.value || !isFinished(one))))
  const running = computed(() => items.value.filter((one) => !isFinished(one)).length)
  watch(putAway, (number) => localStorage.setItem(STORED, String(number)))

  async function refresh(): Promise<void> {
    clearTimeout(timer)
    try {
      items.value = (await listExports()).items
    } catch {
      // Looked at again with the next export or visit; what is known stays on show.
      return
    }
    if (running.value > 0) timer = setTimeout(() => void refresh(), PERIOD_MS)
  }

  function follow(item: Export): void {
    items.value = [item, ...items.value]
    void refresh()
  }

  return {
    list, running, follow, refresh: () => void refresh(), stop: () => clearTimeout(timer),
    dismissAll: () => { putAway.value = Math.max(putAway.value, ...items.value.map((one) => one.id)) },
  }
})
