import { answer, etag, service } from './client'
import type { TemplateDiff } from './checklists'
import type { components } from './schema'
import type { Page } from './types'

type Shapes = components['schemas']

export type Policy = Shapes['PolicyRead']
export type TemplateDetail = Shapes['TemplateDetail']
export type TemplateItem = Shapes['TemplateItem']
export type ForecastRun = Shapes['RecomputeRun']
export type Assignee = Shapes['Assignee']

const when = (signal?: AbortSignal): { signal: AbortSignal | null } => ({ signal: signal ?? null })

/** Whom an item of a bureau may be given to. */
export const listPeople = async (lead: string, jurisdiction: string, signal?: AbortSignal): Promise<Assignee[]> =>
  (await answer(service.GET('/api/v1/checklists/people', { params: { query: { lead, jurisdiction, limit: 1000 } }, ...when(signal) }))).items

export const readTemplate = (key: string, version: number, signal?: AbortSignal): Promise<TemplateDetail> =>
  answer(service.GET('/api/v1/checklist-templates/{key}/{version}', { params: { path: { key, version } }, ...when(signal) }))

/** What a version says otherwise than another version, or than another template. */
export const readVersionDiff = (key: string, version: number, base: string, baseVersion: number, signal?: AbortSignal): Promise<TemplateDiff> =>
  answer(service.GET('/api/v1/checklist-templates/{key}/{version}/diff', { params: { path: { key, version }, query: { base, base_version: baseVersion } }, ...when(signal) }))

export const listPolicies = async (signal?: AbortSignal): Promise<Policy[]> =>
  (await answer(service.GET('/api/v1/checklist-policies', { ...when(signal) }))).items

/** Set a jurisdiction's rule; `version` is 0 where there is none yet. */
export const setPolicy = (jurisdiction: string, version: number, body: Shapes['PolicySet']): Promise<Policy> =>
  answer(service.PUT('/api/v1/checklist-policies/{jurisdiction}', { params: { path: { jurisdiction } }, headers: { 'If-Match': etag(version) }, body }))

/** Give the items of a bureau that is no more to another one. */
export const replaceBureau = (body: Shapes['BureauReplacement']): Promise<Shapes['BureauReplaced']> =>
  answer(service.POST('/api/v1/checklists/reassign', { body }))

export const startForecasts = (): Promise<ForecastRun> => answer(service.POST('/api/v1/checklists/recompute'))

export const readForecasts = (id: number): Promise<ForecastRun> =>
  answer(service.GET('/api/v1/checklists/recompute/{run_id}', { params: { path: { run_id: id } } }))

/** The last runs, the newest first. */
export const listForecasts = (signal?: AbortSignal): Promise<Page<ForecastRun>> =>
  answer(service.GET('/api/v1/checklists/recompute', { params: { query: { limit: 8 } }, ...when(signal) }))

export const isForecastFinished = (run: ForecastRun): boolean => run.status === 'done' || run.status === 'failed'
