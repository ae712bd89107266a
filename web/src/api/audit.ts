import { answer, service } from './client'
import type { operations } from './schema'
import type { AuditEntry, AuditVerification, Page } from './types'

type Asked = Required<NonNullable<operations['list_entries']['parameters']['query']>>
export type AuditAction = NonNullable<Asked['action']>
export type AuditSubject = NonNullable<Asked['subject_type']>
export interface AuditFilter { actor: string, action: AuditAction | '', subject_type: AuditSubject | '', subject_id: string, from: string, to: string }

const asked = <T extends string>(value: T | ''): T | null => (value === '' ? null : value)

export function listAudit(filter: AuditFilter, signal: AbortSignal): Promise<Page<AuditEntry>> {
  const { actor, action, subject_type, subject_id, from, to } = filter
  const query = {
    actor: asked(actor), action: asked(action), subject_type: asked(subject_type), subject_id: asked(subject_id), from: asked(from), to: asked(to),
  }
  return answer(service.GET('/api/v1/audit', { params: { query }, signal }))
}

export const verifyAudit = (signal: AbortSignal): Promise<AuditVerification> =>
  answer(service.GET('/api/v1/audit/verification', { signal }))
