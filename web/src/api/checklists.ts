import { answer, service } from './client'
import type { components, operations } from './schema'
import type { Page } from './types'
import { upload } from './upload'

type Shapes = components['schemas']
type Query<Name extends keyof operations> = NonNullable<operations[Name]['parameters']['query']>

export type Checklist = Shapes['ChecklistRead']
export type ChecklistSummary = Shapes['ChecklistSummary']
export type Item = Checklist['items'][number]
export type ItemState = Item['state']
export type ItemAction = Item['allowed'][number]
export type ItemTaken = Shapes['ItemTaken']
export type Evidence = Item['evidence'][number]
export type Readiness = ChecklistSummary['readiness']
export type Track = Shapes['TrackRead']
export type Fact = Shapes['FactRead']
export type Badge = Shapes['Badge']
export type Basis = Item['basis']
export type Schedule = Shapes['ScheduleRead']
export type Scheduled = Shapes['ScheduledItem']
export type Blocked = Shapes['BlockedRead']
export type Saving = Shapes['Saving']
export type SaleToStart = Shapes['SaleToStart']
export type WhatIf = Shapes['WhatIf']
export type Matrix = Shapes['Matrix']
export type MatrixRow = Shapes['MatrixRow']
export type MatrixCell = Shapes['MatrixCell']
export type Statistics = Shapes['Statistics']
export type Inbox = Shapes['Inbox']
export type InboxItem = Shapes['InboxItem']
export type Notification = Shapes['NotificationRead']
export type Notifications = Shapes['Notifications']
export type ChecklistEvent = Shapes['ChecklistEventRead']
export type TemplateDiff = Shapes['TemplateDiffRead']
export type Template = Shapes['TemplateRead']
export type StatusSheet = Shapes['StatusSheetTaken']
export type MatrixQuery = Query<'read_matrix'>

export const ITEM_STATES: readonly ItemState[] = ['cannot_start', 'ready', 'in_progress', 'submitted', 'returned', 'done', 'waived', 'not_applicable']
export const READINESS: readonly Readiness[] = ['ready', 'on_time', 'late', 'blocked']

const of = (id: number): { checklist_id: number } => ({ checklist_id: id })
const when = (signal?: AbortSignal): { signal: AbortSignal | null } => ({ signal: signal ?? null })

export const readChecklist = (id: number, signal?: AbortSignal): Promise<Checklist> =>
  answer(service.GET('/api/v1/checklists/{checklist_id}', { params: { path: of(id) }, ...when(signal) }))

/** The running checklist of a parcel, or the last one; a problem 404 where it has none. */
export const readParcelChecklist = (code: string, signal?: AbortSignal): Promise<Checklist> =>
  answer(service.GET('/api/v1/parcels/{number}/checklist', { params: { path: { number: code } }, ...when(signal) }))

export const listChecklists = (query: Query<'list_checklists'>, signal?: AbortSignal): Promise<Page<ChecklistSummary>> =>
  answer(service.GET('/api/v1/checklists', { params: { query }, ...when(signal) }))

export const readMatrix = (query: MatrixQuery, signal?: AbortSignal): Promise<Matrix> =>
  answer(service.GET('/api/v1/checklists/matrix', { params: { query }, ...when(signal) }))

export const readStatistics = (jurisdiction: string[] | null, signal?: AbortSignal): Promise<Statistics> =>
  answer(service.GET('/api/v1/checklists/statistics', { params: { query: { jurisdiction } }, ...when(signal) }))

export const readInbox = (query: Query<'read_inbox'>, signal?: AbortSignal): Promise<Inbox> =>
  answer(service.GET('/api/v1/checklists/inbox', { params: { query }, ...when(signal) }))

export const readSchedule = (id: number, signal?: AbortSignal): Promise<Schedule> =>
  answer(service.GET('/api/v1/checklists/{checklist_id}/schedule', { params: { path: of(id) }, ...when(signal) }))

/** Other durations and starts, tried; nothing is saved. */
export const trySchedule = (id: number, body: WhatIf, signal?: AbortSignal): Promise<Schedule> =>
  answer(service.POST('/api/v1/checklists/{checklist_id}/schedule', { params: { path: of(id) }, body, ...when(signal) }))

export const readHistory = (id: number, item: string | null, signal?: AbortSignal): Promise<Page<ChecklistEvent>> =>
  answer(service.GET('/api/v1/checklists/{checklist_id}/history', { params: { path: of(id), query: { item, limit: 100 } }, ...when(signal) }))

export const readTemplateDiff = (id: number, version: number, signal?: AbortSignal): Promise<TemplateDiff> =>
  answer(service.GET('/api/v1/checklists/{checklist_id}/template-diff', { params: { path: of(id), query: { version } }, ...when(signal) }))

export const listTemplates = async (signal?: AbortSignal): Promise<Template[]> =>
  (await answer(service.GET('/api/v1/checklist-templates', { ...when(signal) }))).items

export const readNotifications = (query: Query<'list_notifications'>, signal?: AbortSignal): Promise<Notifications> =>
  answer(service.GET('/api/v1/notifications', { params: { query }, ...when(signal) }))

export const markRead = (body: Shapes['NotificationsSeen']): Promise<Shapes['Unread']> => answer(service.POST('/api/v1/notifications/read', { body }))

/** Hear what a sheet of states would do, or have it done. */
export function takeStatusSheet(file: File, trial: boolean, onProgress: (share: number) => void): Promise<StatusSheet> {
  const form = new FormData()
  form.set('file', file)
  return upload(`/api/v1/checklists/status-import?trial=${String(trial)}`, form, onProgress)
}

/** The address of the sheet that another bureau fills in. */
export const statusSheetAddress = (lead: string): string => `/api/v1/checklists/status-sheet${lead === '' ? '' : `?lead=${encodeURIComponent(lead)}`}`


/** The address of the week's summary. */
export const weeklyAddress = (format: 'xlsx' | 'pdf', jurisdiction: string, language: string): string =>
  `/api/v1/checklists/weekly.${format}?lang=${language}${jurisdiction === '' ? '' : `&jurisdiction=${encodeURIComponent(jurisdiction)}`}`
