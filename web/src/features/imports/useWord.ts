import { computed, reactive, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { asProblem, type Problem } from '@/api/problem'
import type { Concerned, OverrideOrder } from '@/api/review'
import type { Import } from '@/api/types'
import { useSession } from '@/stores/session'
import type { OverrideDraft } from '@/ui/override'

export interface Word {
  draft: OverrideDraft
  sending: Ref<boolean>
  problem: ShallowRef<Problem | null>
  /** As the service refused it the first time; null: nothing was asked yet. */
  refused: ShallowRef<Problem | null>
  concerned: ComputedRef<Concerned[]>
  /** Why it can't be sent yet; empty when it can. */
  obstacle: ComputedRef<string>
  send: () => Promise<void>
}

/**
 * An act on an import that moves boundaries, sent once; where others are concerned by one of them, the service says so
 * and it is sent again with an approver's word. Afterwards, `acted` is told and the sheet closes.
 */
export function useWord(open: Ref<boolean>, act: (order?: OverrideOrder) => Promise<Import>, acted: (item: Import) => void): Word {
  const { t } = useI18n()
  const session = useSession()
  const draft = reactive<OverrideDraft>({ reason: '', documentId: null })
  const sending = ref(false)
  const problem = shallowRef<Problem | null>(null)
  const refused = shallowRef<Problem | null>(null)
  watch(open, () => {
    problem.value = null
    refused.value = null
    Object.assign(draft, { reason: '', documentId: null })
  })
  const concerned = computed(() => (refused.value?.members.parcels ?? []) as Concerned[])
  const obstacle = computed(() => {
    if (refused.value === null) return ''
    if (!session.can('parcel:override')) return t('lineage.obstacle.approver')
    if (draft.reason.trim() === '') return t('legal.override.needReason')
    return draft.documentId === null ? t('legal.override.needDocument') : ''
  })

  async function send(): Promise<void> {
    if (sending.value || obstacle.value !== '') return
    sending.value = true
    problem.value = null
    try {
      acted(await act(draft.documentId === null ? undefined : { override_reason: draft.reason.trim(), document_id: draft.documentId }))
      open.value = false
    } catch (thrown) {
      const met = asProblem(thrown)
      if (met.code === 'import-needs-approval') refused.value = met
      else problem.value = met
    }
    sending.value = false
  }
  return { draft, sending, problem, refused, concerned, obstacle, send }
}
