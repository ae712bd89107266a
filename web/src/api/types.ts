/** Wire shapes shared by the whole app. */

export type Role = 'administrator' | 'planner' | 'registrar' | 'listing_officer' | 'track_officer' | 'approver' | 'viewer'

export type Permission =
  | 'parcel:read' | 'parcel:write' | 'parcel:stage' | 'import:run' | 'import:read' | 'document:read' | 'document:write'
  | 'audit:read' | 'user:manage' | 'apikey:manage' | 'layer:read' | 'code:read' | 'region:read'

export interface Page<T> { items: T[], next: string | null }

export interface Session {
  user: {
    username: string
    display_name: string
    role: Role
    lead_bureau: string | null
    jurisdictions: string[] | null
  }
  permissions: Permission[]
  csrf_token: string
  expires_at: string
  today: string
  demo: boolean
}

export interface User {
  username: string
  display_name: string
  role: Role
  lead_bureau: string | null
  jurisdictions: string[] | null
  is_active: boolean
  locked_until: string | null
  last_login_at: string | null
  created_at: string
  version: number
}

export interface Jurisdiction { code: string, name: string, name_en: string, bbox: [number, number, number, number] }

export interface ApiKey {
  id: number
  name: string
  prefix: string
  scopes: string[]
  jurisdictions: string[] | null
  expires_on: string | null
  created_at: string
  created_by: string
  last_used_at: string | null
  revoked_at: string | null
}

export type ImportStatus = 'queued' | 'running' | 'published' | 'refused' | 'failed'

export interface Import {
  id: number
  file_name: string
  format: string | null
  status: ImportStatus
  stage: 'reading' | 'checking' | 'publishing' | null
  done: number
  total: number | null
  rows: number | null
  published: number | null
  errors: number
  warnings: number
  jurisdiction: string
  source_crs: number | string | null
  encoding: string | null
  created_by: string
  created_at: string
  finished_at: string | null
  document_id: number | null
  problem: string | null
}

export interface ImportFinding {
  id: number
  row: number | null
  field: string | null
  code: string
  severity: 'error' | 'warning'
  message: string
  message_en: string
  value: string | null
  lon: number | null
  lat: number | null
}

export interface AuditEntry {
  seq: number
  recorded_at: string
  actor: string
  actor_kind: 'user' | 'api_key' | 'job' | 'system' | 'anonymous'
  action: string
  subject_type: string
  subject_id: string
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  request_id: string | null
  hash: string
}

export interface AuditVerification { ok: boolean, entries: number, head_hash: string, problems: { seq: number, kind: string }[] }

export const ROLES: readonly Role[] = ['administrator', 'planner', 'registrar', 'listing_officer', 'track_officer', 'approver', 'viewer']

/** Characters a password needs at least. */
export const SHORTEST_PASSWORD = 12
