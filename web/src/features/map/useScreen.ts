import { onScopeDispose, reactive, ref, watch, type Ref } from 'vue'

/** Whether the screen is a phone's: one sheet at a time. */
export function usePhone(): Ref<boolean> {
  const query = matchMedia('(max-width: 768px)')
  const phone = ref(query.matches)
  const follow = (): void => { phone.value = query.matches }
  query.addEventListener('change', follow)
  onScopeDispose(() => query.removeEventListener('change', follow))
  return phone
}

export interface Sizes { layers: number, panel: number, list: number }
const DEFAULT: Sizes = { layers: 248, panel: 372, list: 300 }
const STORED = 'map-sizes'

/** How wide the panels were left, px. */
export function useSizes(): Sizes {
  let stored: Partial<Sizes> = {}
  try {
    stored = JSON.parse(localStorage.getItem(STORED) ?? '{}') as Partial<Sizes>
  } catch {
    localStorage.removeItem(STORED)
  }
  const sizes = reactive({ ...DEFAULT, ...stored })
  watch(sizes, (now) => localStorage.setItem(STORED, JSON.stringify(now)))
  return sizes
}
