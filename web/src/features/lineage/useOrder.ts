import { computed, reactive, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { LineageFinding } from '@/api/lineage'
import { useSession } from '@/stores/session'
import { standing } from './outcome'

/** What every split or merge is told: since when, by which document, why. */
export interface Told { effectiveOn: string | null, documentId: number | null, note: string, reason: string }

export interface Order {
  told: Told
  /** What the service takes of it with the order itself. */
  body: ComputedRef<{ effective_on: string, document_id: number | null, note: string | null, override_reason: string | null }>
  approver: ComputedRef<boolean>
  today: ComputedRef<string>
  /** Why it can't be done yet, as far as date and findings go; empty when it can. */
  obstacle: (findings: readonly LineageFinding[]) => string
  isTouched: () => boolean
}

export function useOrder(): Order {
  const { t } = useI18n()
  const session = useSession()
  const today = computed(() => session.current?.today ?? '')
  const approver = computed(() => session.can('parcel:override'))
  const told = reactive<Told>({ effectiveOn: today.value, documentId: null, note: '', reason: '' })

  function obstacle(findings: readonly LineageFinding[]): string {
    if (told.effectiveOn === null) return t('map.act.needDate')
    if (told.effectiveOn > today.value) return t('map.act.future', { today: today.value })
    const left = standing(findings, { reason: told.reason, approver: approver.value, document: told.documentId !== null })
    const [first] = left
    if (first === undefined) return ''
    const all = (waiver: LineageFinding['waiver']): boolean => left.every((one) => one.waiver === waiver)
    if (left.some((one) => one.waiver === 'none')) return t('lineage.obstacle.none')
    if (!approver.value && !all('reason')) return t('lineage.obstacle.approver')
    if (told.reason.trim() === '') return t('lineage.obstacle.reason')
    return t('lineage.obstacle.document')
  }
  return {
    told, approver, today, obstacle,
    body: computed(() => ({
      effective_on: told.effectiveOn ?? '', document_id: told.documentId, note: told.note.trim() || null, override_reason: told.reason.trim() || null,
    })),
    isTouched: () => told.note !== '' || told.reason !== '' || told.documentId !== null || told.effectiveOn !== today.value,
  }
}
