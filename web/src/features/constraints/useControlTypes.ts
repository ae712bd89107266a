import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { listControlTypes, type ControlType } from '@/api/constraints'
import { useResource, type Resource } from '@/api/resource'

export interface ControlTypes {
  resource: Resource<ControlType[]>
  byKey: ComputedRef<ReadonlyMap<string, ControlType>>
  /** The name of a type in the present language; its key while it is unknown. */
  nameOf: (key: string) => string
  procedureOf: (key: string) => string
}

/** The types of control layers, once `wanted`. */
export function useControlTypes(wanted: () => boolean = () => true): ControlTypes {
  const { locale } = useI18n()
  const resource = useResource(() => (wanted() ? 'control-types' : null), (_, signal) => listControlTypes(signal))
  const byKey = computed(() => new Map((resource.data.value ?? []).map((one) => [one.key, one])))
  const english = (): boolean => locale.value === 'en'
  return {
    resource,
    byKey,
    nameOf: (key) => { const one = byKey.value.get(key); return one === undefined ? key : english() ? one.name_en : one.name },
    procedureOf: (key) => { const one = byKey.value.get(key); return one === undefined ? '' : english() ? one.procedure_en : one.procedure },
  }
}
