import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { asProblem, type Problem } from '@/api/problem'
import type { SchemeDetail } from '@/api/schemes'
import { useAnnouncer } from '@/stores/announcer'

export interface Save {
  sending: Ref<boolean>
  problem: ShallowRef<Problem | null>
  /** Send a change; true when it was taken. */
  save: (send: () => Promise<SchemeDetail>) => Promise<boolean>
}

/** A change of a draft on its way; `done` gets the scheme as it is then. */
export function useSave(done: (scheme: SchemeDetail) => void): Save {
  const { t } = useI18n()
  const announcer = useAnnouncer()
  const sending = ref(false)
  const problem = shallowRef<Problem | null>(null)

  async function save(send: () => Promise<SchemeDetail>): Promise<boolean> {
    if (sending.value) return false
    sending.value = true
    problem.value = null
    try {
      done(await send())
      announcer.announce(t('schemes.page.done'))
      return true
    } catch (thrown) {
      problem.value = asProblem(thrown)
      return false
    } finally {
      sending.value = false
    }
  }
  return { sending, problem, save }
}
