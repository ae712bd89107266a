import { computed, type ComputedRef } from 'vue'
import { listLeadBureaus } from '@/api/places'
import { useResource } from '@/api/resource'
import { usePreferences } from '@/stores/preferences'

/** The bureaus that may lead a track, under the names of the present language. */
export function useLeadBureaus(): { all: ComputedRef<{ code: string, name: string }[]>, nameOf: (code: string) => string } {
  const preferences = usePreferences()
  const list = useResource(() => true, () => listLeadBureaus())
  const all = computed(() => (list.data.value ?? []).map((one) => ({
    code: one.code, name: preferences.language === 'zh' ? one.name : one.name_en,
  })))
  return { all, nameOf: (code) => all.value.find((one) => one.code === code)?.name ?? code }
}
