import { answer, etag, service } from './client'
import type { Problem } from './problem'
import type { components } from './schema'
import { upload } from './upload'

type Shapes = components['schemas']

export type Lineage = Shapes['LineageRead']
export type LineageNode = Shapes['LineageNode']
export type Operation = Shapes['OperationRead']
/** What a split or merge did, or (tried) would do: new parcels with their areas, and findings. */
export type LineageAnswer = Shapes['LineageAnswer']
export type LineageFinding = Shapes['LineageFinding']
// The client's types forget how long a list is (a bounding box): the answers say it again.
export type SplitOrder = Shapes['SplitOrder']
export type MergeOrder = Shapes['MergeOrder']

export type UndoOrder = Shapes['UndoOrder']
/** What taking an operation back did, or (tried) would do. */
export type UndoAnswer = Shapes['UndoAnswer']

/** The shapes of a file in the CRS that it is in, and what is wrong with it. */
export type FileShapes = Shapes['FileShapesRead']

/** Read the shapes of a file, for a split into parts; nothing of it is kept. `crs` empty: the file tells it. */
export function readShapes(file: File, crs: string, signal?: AbortSignal): Promise<FileShapes> {
  const form = new FormData()
  if (crs !== '') form.set('crs', crs)
  form.set('file', file)
  return upload('/api/v1/imports/shapes', form, () => undefined, signal)
}

/** Where a parcel comes from, and what became of it. */
export const readLineage = (number: string, signal?: AbortSignal): Promise<Lineage> =>
  answer(service.GET('/api/v1/parcels/{number}/lineage', { params: { path: { number } }, signal: signal ?? null }))

const split = (number: string, version: number, order: SplitOrder, dryRun: boolean, signal?: AbortSignal): Promise<LineageAnswer> =>
  answer(service.POST('/api/v1/parcels/{number}/split', {
    params: { path: { number }, header: { 'if-match': etag(version) }, query: { dry_run: dryRun } }, body: order, signal: signal ?? null,
  })) as Promise<LineageAnswer>

const merge = (order: MergeOrder, dryRun: boolean, signal?: AbortSignal): Promise<LineageAnswer> =>
  answer(service.POST('/api/v1/parcels/merge', { params: { query: { dry_run: dryRun } }, body: order, signal: signal ?? null })) as Promise<LineageAnswer>

const undo = (operation: number, order: UndoOrder, dryRun: boolean, signal?: AbortSignal): Promise<UndoAnswer> =>
  answer(service.POST('/api/v1/parcels/lineage/{operation_id}/undo', {
    params: { path: { operation_id: operation }, query: { dry_run: dryRun } }, body: order, signal: signal ?? null,
  }))

/** What would come of an undoing; refused with 409 `lineage-built-on` and `obstacles` where something was built on it. */
export const tryUndo = (operation: number, signal?: AbortSignal): Promise<UndoAnswer> => undo(operation, {}, true, signal)

/** Take a split or merge back. */
export const undoOperation = (operation: number, order: UndoOrder): Promise<UndoAnswer> => undo(operation, order, false)

/** What speaks against an operation that was refused with 409 `lineage-refused`. */
export const findingsOf = (problem: Problem): LineageFinding[] =>
  (problem.code === 'lineage-refused' ? problem.members.findings as LineageFinding[] : [])

/** What would come of a split: parts and findings, nothing is saved. */
export const trySplit = (number: string, version: number, order: SplitOrder, signal?: AbortSignal): Promise<LineageAnswer> =>
  split(number, version, order, true, signal)

/** Split a parcel; refused with 409 and `findings` where one blocks, with 412 when the parcel has changed since `version`. */
export const splitParcel = (number: string, version: number, order: SplitOrder): Promise<LineageAnswer> => split(number, version, order, false)

/** What would come of a merge: the new parcel and findings, nothing is saved. */
export const tryMerge = (order: MergeOrder, signal?: AbortSignal): Promise<LineageAnswer> => merge(order, true, signal)

/** Merge parcels; refused as a split is. */
export const mergeParcels = (order: MergeOrder): Promise<LineageAnswer> => merge(order, false)
