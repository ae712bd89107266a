/** The service's shapes by the names that the app uses for them; their truth is the OpenAPI document. */
import type { components } from './schema'

type Shapes = components['schemas']

export type Role = Shapes['Role']
export type Permission = Shapes['Permission']
export type Session = Shapes['SessionRead']
export type User = Shapes['UserRead']
export type ApiKey = Shapes['KeyRead']
export type Jurisdiction = Shapes['JurisdictionRead']
export type Region = Shapes['RegionRead']
export type Code = Shapes['CodeRead']
export type Import = Shapes['ImportRead']
export type ImportStatus = Import['status']
export type ImportFinding = Shapes['FindingRead']
export type AuditEntry = Shapes['AuditEntryRead']
export type AuditVerification = Shapes['AuditVerification']

/** A list, page by page. */
export interface Page<T> { items: T[], next?: string | null }

export const ROLES: readonly Role[] = ['administrator', 'planner', 'registrar', 'listing_officer', 'track_officer', 'approver', 'viewer']

/** Characters a password needs at least. */
export const SHORTEST_PASSWORD = 12
