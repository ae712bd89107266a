import { computed, watch, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { listParcels, type ParcelSummary } from '@/api/parcels'
import { useResource } from '@/api/resource'
import { count } from '@/format/figures'
import { MOST_CHOSEN } from '@/state/url'
import { useAnnouncer } from '@/stores/announcer'
import type { MapStateHandle } from './useMapState'

export interface Chosen {
  codes: ComputedRef<readonly string[]>
  /** Those that the service knows, in the order they were chosen, as they are now. */
  parcels: ComputedRef<ParcelSummary[]>
  ids: ComputedRef<number[]>
  set: (codes: readonly string[], on: boolean) => void
  toggle: (code: string) => void
  clear: () => void
  reload: () => void
}

/** The parcels that are chosen to do something with all of them; the address keeps their codes. */
export function useChosen({ state, change }: MapStateHandle): Chosen {
  const { t } = useI18n()
  const announcer = useAnnouncer()
  const codes = computed(() => state.value.chosen)
  const found = useResource(
    () => (codes.value.length === 0 ? null : { code: [...codes.value], as_of: state.value.asOf, limit: MOST_CHOSEN }),
    async (query, signal) => ({ asked: query.code, items: (await listParcels(query, signal)).items }),
  )
  const parcels = computed(() => {
    const byCode = new Map((found.data.value?.items ?? []).map((one) => [one.code, one]))
    return codes.value.flatMap((code) => byCode.get(code) ?? [])
  })

  function write(next: readonly string[]): void {
    change({ chosen: next })
    announcer.announce(t('chosen.now', { n: count(next.length) }))
  }
  function set(some: readonly string[], on: boolean): void {
    write(on ? [...new Set([...codes.value, ...some])].slice(0, MOST_CHOSEN) : codes.value.filter((code) => !some.includes(code)))
  }
  // What is split, merged, or not there on this day is chosen no more.
  watch(found.data, (now) => {
    if (now === null) return
    const gone = new Set(now.asked.filter((code) => !now.items.some((one) => one.code === code)))
    if (codes.value.some((code) => gone.has(code))) change({ chosen: codes.value.filter((code) => !gone.has(code)) })
  })

  return {
    codes, parcels, ids: computed(() => parcels.value.map((one) => one.id)), set, toggle: (code) => set([code], !codes.value.includes(code)), clear: () => write([]), reload: found.reload,
  }
}
