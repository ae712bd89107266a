import type { LocationQuery } from 'vue-router'
import type { AuditFilter } from '@/api/audit'
import { ACTIONS, SUBJECTS } from './acts'

export const FIELDS = ['actor', 'action', 'subject_type', 'subject_id', 'from', 'to'] as const

/** The filter that the address asks for; absent, or no code that there is, is empty. */
export function filterOf(query: LocationQuery): AuditFilter {
  const text = (name: string): string => { const value = query[name]; return typeof value === 'string' ? value : '' }
  const known = <T extends string>(name: string, codes: readonly T[]): T | '' => codes.find((code) => code === text(name)) ?? ''
  return {
    actor: text('actor'), action: known('action', ACTIONS), subject_type: known('subject_type', SUBJECTS), subject_id: text('subject_id'), from: text('from'), to: text('to'),
  }
}

/** The address of a filter: only what is set. */
export function queryOf(filter: AuditFilter): Record<string, string> {
  const query: Record<string, string> = {}
  for (const name of FIELDS) {
    const value = filter[name].trim()
    if (value !== '') query[name] = value
  }
  return query
}
