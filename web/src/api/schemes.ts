import { answer, etag, service } from './client'
import type { Override } from './rules'
import type { components, operations } from './schema'
import type { Page } from './types'

type Shapes = components['schemas']

export type Scheme = Shapes['SchemeRead']
export type SchemeDetail = Shapes['SchemeDetail']
export type SchemeStatus = Shapes['SchemeStatus']
export type SchemeAction = Shapes['SchemeAction']
export type SchemeFindings = Shapes['SchemeFindings']
export type SchemeTerms = Shapes['SchemeTerms']
export type SchemeChange = Shapes['SchemeChange']
export type SchemeParcel = Shapes['SchemeParcelRead']
export type Evidence = Shapes['SchemeEvidenceRead']
export type EvidenceKind = Shapes['EvidenceKind']
export type Method = Shapes['Method']
export type Level = Shapes['Level']
export type SchemeQuery = NonNullable<operations['list_schemes']['parameters']['query']>
/** What a person can do with a scheme, besides changing a draft. */
export type SchemeStep = Exclude<SchemeAction, 'edit' | 'spend'>

export const STATUSES: readonly SchemeStatus[] = ['draft', 'submitted', 'approved', 'withdrawn', 'spent']
export const METHODS: readonly Method[] = ['listing', 'auction', 'tender', 'agreement', 'allocation']
export const LEVELS: readonly Level[] = ['district', 'city']
/** The five of clean land first. */
export const EVIDENCE: readonly EvidenceKind[] = ['title', 'compensation', 'disputes', 'planning', 'site', 'archaeology', 'soil_survey', 'soil_review', 'conversion', 'expropriation']
/** What planning conditions state. */
export const CONDITIONS = ['position', 'extent', 'use', 'density', 'height', 'far', 'green_ratio', 'facilities', 'control_lines', 'setbacks', 'underground'] as const
/** Classes of use, in the plan's order. */
export const USES = ['residential', 'commercial', 'industrial', 'public', 'transport', 'water', 'special'] as const

const of = (scheme: { id: number }): { scheme_id: number } => ({ scheme_id: scheme.id })
const seen = (scheme: Scheme): { 'If-Match': string } => ({ 'If-Match': etag(scheme.version) })

export const listSchemes = (query: SchemeQuery, signal?: AbortSignal): Promise<Page<Scheme>> =>
  answer(service.GET('/api/v1/schemes', { params: { query }, signal: signal ?? null }))

export const beginScheme = (body: Shapes['SchemeCreate']): Promise<SchemeDetail> => answer(service.POST('/api/v1/schemes', { body }))

export const readScheme = (id: number, signal?: AbortSignal): Promise<SchemeDetail> =>
  answer(service.GET('/api/v1/schemes/{scheme_id}', { params: { path: of({ id }) }, signal: signal ?? null }))

/** What stands against a scheme on a day; null: today. */
export const readSchemeFindings = (id: number, on: string | null, signal?: AbortSignal): Promise<SchemeFindings> =>
  answer(service.GET('/api/v1/schemes/{scheme_id}/findings', { params: { path: of({ id }), query: { on } }, signal: signal ?? null }))

export const changeScheme = (scheme: Scheme, body: SchemeChange): Promise<SchemeDetail> =>
  answer(service.PATCH('/api/v1/schemes/{scheme_id}', { params: { path: of(scheme) }, headers: seen(scheme), body }))

export const setSchemeParcels = (scheme: Scheme, items: Shapes['SchemeParcelSet'][]): Promise<SchemeDetail> =>
  answer(service.PUT('/api/v1/schemes/{scheme_id}/parcels', { params: { path: of(scheme) }, headers: seen(scheme), body: { items } }))

export const setSchemeUses = (scheme: Scheme, items: Shapes['SchemeUseSet'][]): Promise<SchemeDetail> =>
  answer(service.PUT('/api/v1/schemes/{scheme_id}/uses', { params: { path: of(scheme) }, headers: seen(scheme), body: { items } }))

export const putEvidence = (scheme: Scheme, body: Shapes['EvidenceSet']): Promise<SchemeDetail> =>
  answer(service.PUT('/api/v1/schemes/{scheme_id}/evidence', { params: { path: of(scheme) }, headers: seen(scheme), body }))

export const removeEvidence = (scheme: Scheme, evidence: Evidence): Promise<SchemeDetail> =>
  answer(service.DELETE('/api/v1/schemes/{scheme_id}/evidence/{evidence_id}', {
    params: { path: { ...of(scheme), evidence_id: evidence.id } }, headers: seen(scheme),
  }))

export interface SchemeStepOrder { effective_on: string | null, document_id: number | null, note: string | null, number: string | null, override: Override | null }

const STEPS = {
  submit: '/api/v1/schemes/{scheme_id}/submit',
  return: '/api/v1/schemes/{scheme_id}/return',
  endorse: '/api/v1/schemes/{scheme_id}/endorse',
  approve: '/api/v1/schemes/{scheme_id}/approve',
  withdraw: '/api/v1/schemes/{scheme_id}/withdraw',
} as const

export const takeSchemeStep = (scheme: Scheme, step: SchemeStep, body: SchemeStepOrder): Promise<Shapes['SchemeStepTaken']> =>
  answer(service.POST(STEPS[step], { params: { path: of(scheme) }, headers: seen(scheme), body }))
