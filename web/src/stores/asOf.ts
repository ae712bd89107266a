import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useSession } from './session'

const DATE = /^\d{4}-\d{2}-\d{2}$/

/** The day the desk looks at: `as_of` of the address; null stands for today and is not written. */
export function useAsOf(): { asOf: WritableComputedRef<string | null>, today: () => string } {
  const route = useRoute()
  const router = useRouter()
  const session = useSession()
  const today = (): string => session.current?.today ?? new Date().toISOString().slice(0, 10)
  const asOf = computed<string | null>({
    get: () => {
      const value = route.query.as_of
      return typeof value === 'string' && DATE.test(value) && value !== today() ? value : null
    },
    set: (value) => {
      const rest = { ...route.query }
      delete rest.as_of
      void router.replace({ query: value === null || value === today() ? rest : { ...rest, as_of: value }, hash: route.hash })
    },
  })
  return { asOf, today }
}
