import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** Filters that live in the address: each a text, empty where the address has none. */
export function useQueryFields(): (name: string) => WritableComputedRef<string> {
  const route = useRoute()
  const router = useRouter()
  return (name) => computed({
    get: () => { const value = route.query[name]; return typeof value === 'string' ? value : '' },
    set: (value) => { void router.replace({ query: { ...route.query, [name]: value === '' ? undefined : value } }) },
  })
}
