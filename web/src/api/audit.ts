import { answer, service } from './client'
import type { AuditEntry, AuditVerification, Page } from './types'

export interface AuditFilter { actor: string, action: string, subject_type: string, subject_id: string, from: string, to: string }

const asked = (value: string): string | null => (value === '' ? null : value)

export function listAudit(filter: AuditFilter, signal: AbortSignal): Promise<Page<AuditEntry>> {
  const { actor, action, subject_type, subject_id, from, to } = filter
  const query = {
    actor: asked(actor), action: asked(action), subject_type: asked(subject_type), subject_id: asked(subject_id), from: asked(from), to: asked(to),
  }
  return answer(service.GET('/api/v1/audit', { params: { query }, signal }))
}

export const verifyAudit = (signal: AbortSignal): Promise<AuditVerification> =>
  answer(service.GET('/api/v1/audit/verification', { signal }))
