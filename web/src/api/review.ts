import type { FeatureCollection, MultiPolygon, Polygon } from 'geojson'
import { answer, etag, service } from './client'
import type { components } from './schema'
import type { Import, Page } from './types'

type Shapes = components['schemas']

export type Column = Shapes['ColumnRead']
export type OverrideOrder = Shapes['OverrideOrder']
/** A parcel whose boundary would move though others are concerned by it (`parcels` of the refusal). */
export interface Concerned { row: number | null, code: string }
export type Assignment = Shapes['ColumnAssign']
export type FieldName = NonNullable<Column['field']>
export type StagedRow = Shapes['StagedRead']
export type RowAction = StagedRow['action']
/** A shape with a fault may come as the one polygon that it is. */
export interface RowShapes { before: Polygon | MultiPolygon | null, after: Polygon | MultiPolygon | null }
export type Outlines = FeatureCollection<MultiPolygon, { row: number, code: string | null, action: RowAction }> & { complete: boolean }

export const ACTIONS: readonly RowAction[] = ['added', 'geometry', 'attributes', 'same', 'missing']

const at = (item: Import) => ({ path: { import_id: item.id }, header: { 'if-match': etag(item.version) } })

export async function readMapping(id: number, signal: AbortSignal): Promise<Column[]> {
  return (await answer(service.GET('/api/v1/imports/{import_id}/mapping', { params: { path: { import_id: id } }, signal }))).columns
}

/** Say what the columns fill; the file is checked and compared again. */
export const correctMapping = (item: Import, columns: Assignment[]): Promise<Import> =>
  answer(service.PUT('/api/v1/imports/{import_id}/mapping', { params: at(item), body: { columns } }))

export const saveMap = (item: Import, name: string, shared: boolean): Promise<unknown> =>
  answer(service.POST('/api/v1/field-maps', { body: { import_id: item.id, name, shared } }))

/** Staged rows; `missing`: parcels that the file does not name. */
export const listRows = (id: number, action: RowAction, signal: AbortSignal): Promise<Page<StagedRow>> =>
  answer(service.GET('/api/v1/imports/{import_id}/rows', { params: { path: { import_id: id }, query: { action, limit: 100 } }, signal }))

/** Where a row's parcel stands now, and where the file puts it. */
export const readShapes = (id: number, row: number, signal: AbortSignal): Promise<RowShapes> =>
  answer(service.GET('/api/v1/imports/{import_id}/rows/{row}/shapes', { params: { path: { import_id: id, row } }, signal })) as Promise<RowShapes>

export const readOutlines = (id: number, bbox: string, signal: AbortSignal): Promise<Outlines> =>
  answer(service.GET('/api/v1/imports/{import_id}/outlines', { params: { path: { import_id: id }, query: { bbox } }, signal })) as unknown as Promise<Outlines>

/** `order`: an approver's word, where boundaries move that concern others. */
export const publishImport = (item: Import, order?: OverrideOrder): Promise<Import> =>
  answer(service.POST('/api/v1/imports/{import_id}/publication', { params: at(item), ...(order === undefined ? {} : { body: order }) }))

/** `order`: an approver's word, where boundaries go back that concern others. */
export const undoImport = (item: Import, order?: OverrideOrder): Promise<Import> =>
  answer(service.POST('/api/v1/imports/{import_id}/undo', { params: at(item), ...(order === undefined ? {} : { body: order }) }))

export const discardImport = (item: Import): Promise<Import> =>
  answer(service.DELETE('/api/v1/imports/{import_id}/staging', { params: at(item) }))

export type Offer = Omit<Shapes['OfferRead'], 'before' | 'after'> & RowShapes

export type Move = Shapes['MoveRead']
/** Repairs for a finding; `cured`: those before it put it right. */
export interface FindingOffers { offers: Offer[], cured: boolean }

export type RepairChoice = Shapes['RepairChoice']
/** As many findings as are repaired at once. */
export const MOST_REPAIRS = 50

/** Repairs by finding: what would become of the shapes. */
export async function readOffers(id: number, findings: readonly number[], signal: AbortSignal): Promise<Map<number, FindingOffers>> {
  const found = await answer(service.GET('/api/v1/imports/{import_id}/offers', { params: { path: { import_id: id }, query: { finding: [...findings] } }, signal }))
  return new Map(found.items.map(({ finding_id, offers, cured }) => [finding_id, { offers: offers as unknown as Offer[], cured }]))
}

/** Carry repairs out, all or none; the file is checked and compared again. */
export const chooseRepairs = (item: Import, repairs: RepairChoice[]): Promise<Import> =>
  answer(service.POST('/api/v1/imports/{import_id}/repairs', { params: at(item), body: { repairs } }))
