import { get } from './client'
import type { AuditEntry, AuditVerification, Page } from './types'

export interface AuditFilter { actor: string, action: string, subject_type: string, subject_id: string, from: string, to: string }

export const listAudit = (filter: AuditFilter, signal?: AbortSignal): Promise<Page<AuditEntry>> =>
  get('/api/v1/audit', { ...filter, limit: 50 }, signal)

export const verifyAudit = (signal?: AbortSignal): Promise<AuditVerification> => get('/api/v1/audit/verification', {}, signal)
