import { answer, etag, service } from './client'
import type { Checklist, Item, ItemTaken } from './checklists'
import type { components } from './schema'

type Shapes = components['schemas']

const of = (id: number): { checklist_id: number } => ({ checklist_id: id })
const on = (id: number, item: Item): { params: { path: { checklist_id: number, key: string } }, headers: { 'If-Match': string } } =>
  ({ params: { path: { ...of(id), key: item.key } }, headers: { 'If-Match': etag(item.version) } })
const match = (row: { id: number, version: number }): { params: { path: { checklist_id: number } }, headers: { 'If-Match': string } } =>
  ({ params: { path: of(row.id) }, headers: { 'If-Match': etag(row.version) } })

export const openChecklist = (body: Shapes['ChecklistCreate']): Promise<Checklist> => answer(service.POST('/api/v1/checklists', { body }))

export const changeChecklist = (checklist: Checklist, body: Shapes['ChecklistChange']): Promise<Checklist> =>
  answer(service.PATCH('/api/v1/checklists/{checklist_id}', { ...match(checklist), body }))

export const moveTemplate = (checklist: Checklist, version: number): Promise<Checklist> =>
  answer(service.POST('/api/v1/checklists/{checklist_id}/template', { ...match(checklist), body: { version } }))

export const closeChecklist = (checklist: Checklist, reason: string): Promise<Checklist> =>
  answer(service.POST('/api/v1/checklists/{checklist_id}/close', { ...match(checklist), body: { reason } }))

export const takeItem = (id: number, item: Item, body: Shapes['ItemEventOrder']): Promise<ItemTaken> =>
  answer(service.POST('/api/v1/checklists/{checklist_id}/items/{key}/events', { ...on(id, item), body }))

export const planItem = (id: number, item: Item, body: Shapes['ChecklistItemChange']): Promise<ItemTaken> =>
  answer(service.PATCH('/api/v1/checklists/{checklist_id}/items/{key}', { ...on(id, item), body }))

export const addEvidence = (id: number, item: Item, body: Shapes['ProofCreate']): Promise<ItemTaken> =>
  answer(service.POST('/api/v1/checklists/{checklist_id}/items/{key}/documents', { ...on(id, item), body }))

export const withdrawEvidence = (id: number, item: Item, proof: number): Promise<ItemTaken> =>
  answer(service.DELETE('/api/v1/checklists/{checklist_id}/items/{key}/documents/{proof_id}', { params: { path: { ...of(id), key: item.key, proof_id: proof } }, headers: { 'If-Match': etag(item.version) } }))

export const comment = (id: number, key: string, text: string): Promise<unknown> =>
  answer(service.POST('/api/v1/checklists/{checklist_id}/items/{key}/comments', { params: { path: { ...of(id), key } }, body: { text } }))
