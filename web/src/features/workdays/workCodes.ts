import { computed, type ComputedRef } from 'vue'
import { listRegions } from '@/api/places'
import { useResource } from '@/api/resource'
import { listWorkCodes } from '@/api/workdays'
import { usePreferences } from '@/stores/preferences'

interface Choice { code: string, name: string }
export interface WorkCodes {
  kinds: ComputedRef<Choice[]>, exempt: ComputedRef<Choice[]>, regions: ComputedRef<Choice[]>
  names: (list: 'kinds' | 'exempt' | 'regions', codes: readonly string[]) => string[]
}

/** Kinds of works, spared classes and regions, under the names of the present language. */
export function useWorkCodes(): WorkCodes {
  const preferences = usePreferences()
  const named = (all: { code: string, name: string, name_en: string }[] | null): Choice[] =>
    (all ?? []).map((one) => ({ code: one.code, name: preferences.language === 'zh' ? one.name : one.name_en }))
  const kindList = useResource(() => true, () => listWorkCodes('work_kind'))
  const classList = useResource(() => true, () => listWorkCodes('exempt_class'))
  const regionList = useResource(() => true, () => listRegions())
  const found = {
    kinds: computed(() => named(kindList.data.value)),
    exempt: computed(() => named(classList.data.value)),
    regions: computed(() => named(regionList.data.value)),
  }
  return { ...found, names: (list, codes) => codes.map((code) => found[list].value.find((one) => one.code === code)?.name ?? code) }
}
