import { computed, reactive, type ComputedRef } from 'vue'
import type { LegalFinding, Override } from '@/api/rules'
import { useSession } from '@/stores/session'

export interface OverrideDraft { reason: string, documentId: number | null }

export interface Overriding {
  draft: OverrideDraft
  /** Something blocks, nobody is barred from answering for it, and this person may. */
  offered: ComputedRef<boolean>
  /** What to send with the order; null: nothing is set aside. */
  order: ComputedRef<Override | null>
  /** Key of the words that say why the act can't be sent, below `legal.override`; empty when it can. */
  obstacle: ComputedRef<'' | 'hard' | 'approver' | 'needReason' | 'needDocument'>
  clear: () => void
}

/** An approver's word for an act that findings block (`findingsOf` a refusal, or those of a dry run). */
export function useOverride(findings: () => readonly LegalFinding[]): Overriding {
  const session = useSession()
  const draft = reactive<OverrideDraft>({ reason: '', documentId: null })
  const blocking = computed(() => findings().filter((one) => one.severity === 'block'))
  const hard = computed(() => blocking.value.some((one) => one.hard))
  const offered = computed(() => blocking.value.length > 0 && !hard.value && session.can('law:override'))
  const obstacle = computed(() => {
    if (blocking.value.length === 0) return ''
    if (hard.value) return 'hard'
    if (!offered.value) return 'approver'
    if (draft.reason.trim() === '') return 'needReason'
    return draft.documentId === null ? 'needDocument' : ''
  })
  const order = computed(() => (offered.value && obstacle.value === '' && draft.documentId !== null
    ? { reason: draft.reason.trim(), document_id: draft.documentId }
    : null))
  return { draft, offered, order, obstacle, clear: () => { Object.assign(draft, { reason: '', documentId: null }) } }
}
