import { defineStore } from 'pinia'
import { computed } from 'vue'
import { listJurisdictions } from '@/api/places'
import { useResource } from '@/api/resource'
import { usePreferences } from './preferences'
import { useSession } from './session'

/** The jurisdictions, read once per session, under the names of the present language. */
export const usePlaces = defineStore('places', () => {
  const session = useSession()
  const preferences = usePreferences()
  const resource = useResource(() => session.user?.username ?? null, () => listJurisdictions())

  const all = computed(() => (resource.data.value ?? []).map((one) => ({
    code: one.code, name: preferences.language === 'zh' ? one.name : one.name_en,
  })))
  /** Those the signed-in person may work in. */
  const mine = computed(() => {
    const codes = session.user?.jurisdictions ?? null
    return all.value.filter((one) => codes === null || codes.includes(one.code))
  })
  const nameOf = (code: string): string => all.value.find((one) => one.code === code)?.name ?? code

  return { problem: resource.problem, reload: resource.reload, all, mine, nameOf }
})
