import { answer, follow, service } from './client'
import type { components, operations } from './schema'
import type { Import, Page } from './types'
import { upload } from './upload'

type Shapes = components['schemas']

export type ControlType = Shapes['ControlTypeRead']
export type ControlLayer = Shapes['ControlLayerRead']
/** What one version of a control layer means for one parcel. */
export type Constraint = Shapes['ConstraintRead']
export type ParcelConstraints = Shapes['ParcelConstraints']
export type Rule = Shapes['Rule']
export type OverlayRun = Shapes['RunRead']
export type ConstraintQuery = NonNullable<operations['list_constraints']['parameters']['query']>

export const RULES: readonly Rule[] = ['forbidden', 'needs_procedure', 'allowed']

export async function listControlTypes(signal?: AbortSignal): Promise<ControlType[]> {
  return (await answer(service.GET('/api/v1/control-types', { signal: signal ?? null }))).items
}

/** Layers, the newest version first. */
export const listControlLayers = (inForce: boolean, signal?: AbortSignal): Promise<Page<ControlLayer>> =>
  answer(service.GET('/api/v1/control-layers', { params: { query: { in_force: inForce, limit: 200 } }, signal: signal ?? null }))

export const readConstraints = (number: string, signal?: AbortSignal): Promise<ParcelConstraints> =>
  answer(service.GET('/api/v1/parcels/{number}/constraints', { params: { path: { number } }, signal: signal ?? null }))

/** Compare a parcel with the layers in force, now. */
export const checkConstraints = (number: string): Promise<ParcelConstraints> =>
  answer(service.POST('/api/v1/parcels/{number}/constraints', { params: { path: { number } } }))

export const listConstraints = (query: ConstraintQuery, signal?: AbortSignal): Promise<Page<Constraint>> =>
  answer(service.GET('/api/v1/constraints', { params: { query }, signal: signal ?? null }))

/** Everything that is known of some parcels. */
export async function listConstraintsOf(codes: readonly string[], signal: AbortSignal): Promise<Constraint[]> {
  let page = await listConstraints({ parcel: [...codes], limit: 1000 }, signal)
  const items = [...page.items]
  while (typeof page.next === 'string' && !signal.aborted) {
    page = await follow<Page<Constraint>>(page.next)
    items.push(...page.items)
  }
  return items
}

/** Compare many parcels; `codes` null: all that the person may see. */
export const startRun = (codes: string[] | null): Promise<OverlayRun> =>
  answer(service.POST('/api/v1/constraints/runs', { body: { codes } }))

export const readRun = (id: number): Promise<OverlayRun> =>
  answer(service.GET('/api/v1/constraints/runs/{run_id}', { params: { path: { run_id: id } } }))

export interface LayerOrder {
  file: File, jurisdiction: string, type: string, name: string, source: string, datedOn: string, crs: string
}

export function startLayerImport(order: LayerOrder, onProgress: (share: number) => void, signal?: AbortSignal): Promise<Import> {
  const form = new FormData()
  form.set('jurisdiction', order.jurisdiction)
  form.set('type', order.type)
  form.set('name', order.name)
  form.set('source', order.source)
  form.set('dated_on', order.datedOn)
  if (order.crs !== '') form.set('crs', order.crs)
  form.set('file', order.file)
  return upload('/api/v1/control-layers', form, onProgress, signal)
}
