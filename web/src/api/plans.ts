import type { MultiPolygon } from 'geojson'
import { answer, etag, service } from './client'
import type { components, operations } from './schema'
import type { Code, Page } from './types'
import { upload } from './upload'

type Shapes = components['schemas']

export type Plan = Shapes['PlanRead']
export type PlanDetail = Shapes['PlanDetail']
export type PlanStatus = Shapes['PlanStatus']
export type PlanAction = Shapes['PlanAction']
export type PlanTotals = Shapes['PlanTotals']
export type PlanFinding = Shapes['PlanFinding']
export type PlanProgress = Shapes['PlanProgress']
export type ProgressLine = Shapes['ProgressLine']
export type PlanComparison = Shapes['PlanComparison']
export type Dimension = Shapes['Dimension']
export type Item = Shapes['ItemRead']
export type ItemList = Shapes['ItemList']
export type ItemChange = Shapes['ItemChange']
export type Outside = Shapes['OutsideRead']
export type UnsoldList = Shapes['UnsoldList']
export type SheetTaken = Shapes['SheetTakenRead']
export type Target = Shapes['TargetRead']
export type TargetKind = Shapes['TargetKind']
export type TargetChange = Shapes['TargetChangeRead']
export type Standing = Shapes['TargetStanding']
export type PlanQuery = NonNullable<operations['list_plans']['parameters']['query']>
export type ItemQuery = NonNullable<operations['list_items']['parameters']['query']>
export interface OutlineFeature { id: number, geometry: MultiPolygon, properties: Shapes['OutlineProperties'] }
export interface OutlineSet { complete: boolean, features: OutlineFeature[] }

export const STATUSES: readonly PlanStatus[] = ['draft', 'submitted', 'approved', 'published', 'amended']
export const KINDS: readonly TargetKind[] = ['siting', 'design', 'scheme', 'notice', 'listing', 'sale']
/** What progress can be split by. */
export const DIMENSIONS: readonly Dimension[] = ['class', 'housing_class', 'district', 'quarter', 'month', 'source', 'method']

const of = (id: number): { plan_id: number } => ({ plan_id: id })
const when = (signal?: AbortSignal): { signal: AbortSignal | null } => ({ signal: signal ?? null })

export const listPlans = (query: PlanQuery, signal?: AbortSignal): Promise<Page<Plan>> =>
  answer(service.GET('/api/v1/plans', { params: { query }, ...when(signal) }))

export const beginPlan = (jurisdiction: string, year: number): Promise<PlanDetail> =>
  answer(service.POST('/api/v1/plans', { body: { jurisdiction, year } }))

export const readPlan = (id: number, signal?: AbortSignal): Promise<PlanDetail> =>
  answer(service.GET('/api/v1/plans/{plan_id}', { params: { path: of(id) }, ...when(signal) }))

export const readTotals = (id: number, signal?: AbortSignal): Promise<PlanTotals> =>
  answer(service.GET('/api/v1/plans/{plan_id}/totals', { params: { path: of(id) }, ...when(signal) }))

export type TotalLine = Shapes['TotalLine']

export const declareTotals = (plan: Plan, items: Shapes['TotalsDeclared']['items']): Promise<PlanTotals> =>
  answer(service.PUT('/api/v1/plans/{plan_id}/totals', { params: { path: of(plan.id) }, headers: { 'If-Match': etag(plan.version) }, body: { items } }))

export const readProgress = (id: number, by: Dimension, asOf: string | null, signal?: AbortSignal): Promise<PlanProgress> =>
  answer(service.GET('/api/v1/plans/{plan_id}/progress', { params: { path: of(id), query: { by, as_of: asOf } }, ...when(signal) }))

export const comparePlans = (id: number, before: number, signal?: AbortSignal): Promise<PlanComparison> =>
  answer(service.GET('/api/v1/plans/{plan_id}/comparison', { params: { path: of(id), query: { before } }, ...when(signal) }))

export type Step = 'submit' | 'return' | 'approve' | 'publish'
export interface StepOrder { effective_on: string | null, note: string | null }

const STEPS = {
  submit: '/api/v1/plans/{plan_id}/submit',
  return: '/api/v1/plans/{plan_id}/return',
  approve: '/api/v1/plans/{plan_id}/approve',
  publish: '/api/v1/plans/{plan_id}/publish',
} as const

export const takeStep = (plan: Plan, step: Step, order: StepOrder): Promise<Shapes['StepTaken']> =>
  answer(service.POST(STEPS[step], { params: { path: of(plan.id) }, headers: { 'If-Match': etag(plan.version) }, body: order }))

export const amendPlan = (plan: Plan, note: string | null): Promise<PlanDetail> =>
  answer(service.POST('/api/v1/plans/{plan_id}/amend', { params: { path: of(plan.id) }, headers: { 'If-Match': etag(plan.version) }, body: { note } }))

export const listItems = (id: number, query: ItemQuery, signal?: AbortSignal): Promise<ItemList> =>
  answer(service.GET('/api/v1/plans/{plan_id}/items', { params: { path: of(id), query }, ...when(signal) })) as Promise<ItemList>

export const addItem = (id: number, item: ItemChange): Promise<Item> =>
  answer(service.POST('/api/v1/plans/{plan_id}/items', { params: { path: of(id) }, body: item })) as Promise<Item>

export const changeItem = (id: number, item: Item, change: ItemChange): Promise<Item> =>
  answer(service.PATCH('/api/v1/plans/{plan_id}/items/{key}', {
    params: { path: { ...of(id), key: item.key } }, headers: { 'If-Match': etag(item.version) }, body: change,
  })) as Promise<Item>

export const removeItem = (id: number, item: Item): Promise<unknown> =>
  answer(service.DELETE('/api/v1/plans/{plan_id}/items/{key}', {
    params: { path: { ...of(id), key: item.key } }, headers: { 'If-Match': etag(item.version) },
  }))

export const listOutside = (id: number, asOf: string | null, signal?: AbortSignal): Promise<Page<Outside>> =>
  answer(service.GET('/api/v1/plans/{plan_id}/outside', { params: { path: of(id), query: { as_of: asOf, limit: 200 } }, ...when(signal) }))

export const readOutlines = (id: number, bbox: string, asOf: string | null, query: ItemQuery, signal?: AbortSignal): Promise<OutlineSet> =>
  answer(service.GET('/api/v1/plans/{plan_id}/outlines', {
    params: { path: of(id), query: { ...query, bbox, as_of: asOf } }, ...when(signal),
  })) as unknown as Promise<OutlineSet>

export const listUnsold = (id: number, signal?: AbortSignal): Promise<UnsoldList> =>
  answer(service.GET('/api/v1/plans/{plan_id}/carry-over', { params: { path: of(id) }, ...when(signal) }))

export const carryOver = (id: number, keys: string[]): Promise<Shapes['Carried']> =>
  answer(service.POST('/api/v1/plans/{plan_id}/carry-over', { params: { path: of(id) }, body: { keys } }))

/** Take a workbook in; a trial only tells what it would change. */
export function sendSheet(plan: Plan, file: File, trial: boolean): Promise<SheetTaken> {
  const form = new FormData()
  form.set('file', file)
  const how = { method: 'PUT', headers: { 'If-Match': etag(plan.version) } } as const
  return upload(`/api/v1/plans/${plan.id}/sheet?trial=${trial}`, form, () => undefined, undefined, how)
}

export const sheetAddress = (id: number): string => `/api/v1/plans/${id}/sheet`

export async function listTargets(id: number, asOf: string | null, signal?: AbortSignal): Promise<{ items: Target[], lock_days: number }> {
  return answer(service.GET('/api/v1/plans/{plan_id}/targets', { params: { path: of(id), query: { as_of: asOf, limit: 1000 } }, ...when(signal) }))
}

export const setTarget = (id: number, key: string, kind: TargetKind, month: string | null, note: string | null): Promise<Target> =>
  answer(service.PUT('/api/v1/plans/{plan_id}/items/{key}/targets/{kind}', { params: { path: { ...of(id), key, kind } }, body: { month, note } }))

const ofTarget = (id: number, target: Target): { path: { plan_id: number, target_id: number }, header?: never } =>
  ({ path: { plan_id: id, target_id: target.id } })

export async function listTargetChanges(id: number, target: Target, signal?: AbortSignal): Promise<TargetChange[]> {
  return (await answer(service.GET('/api/v1/plans/{plan_id}/targets/{target_id}/changes', { params: ofTarget(id, target), ...when(signal) }))).items
}

export const askTargetChange = (id: number, target: Target, month: string | null, reason: string, note: string | null): Promise<Target> =>
  answer(service.POST('/api/v1/plans/{plan_id}/targets/{target_id}/changes', {
    params: ofTarget(id, target), headers: { 'If-Match': etag(target.version) }, body: { month, reason, note },
  }))

export const decideTargetChange = (id: number, target: Target, approved: boolean, note: string | null): Promise<Target> =>
  answer(service.POST('/api/v1/plans/{plan_id}/targets/{target_id}/decision', {
    params: ofTarget(id, target), headers: { 'If-Match': etag(target.version) }, body: { approved, note },
  }))

export async function listCodes(list: string, signal?: AbortSignal): Promise<Code[]> {
  return (await answer(service.GET('/api/v1/codes/{list}', { params: { path: { list } }, ...when(signal) }))).items
}
