import { answer, etag, service } from './client'
import type { components, operations } from './schema'
import type { Page } from './types'

type Shapes = components['schemas']

export type Notice = Shapes['NoticeRead']
export type NoticeDetail = Shapes['NoticeDetail']
export type NoticePublished = Shapes['NoticePublished']
export type NoticeOrder = Shapes['NoticePublish']
export type TradingCentre = Shapes['TradingCentre']
export type Terms = Shapes['Terms']
export type NoticeQuery = NonNullable<operations['list_notices']['parameters']['query']>

const of = (id: number): { notice_id: number } => ({ notice_id: id })
const when = (signal?: AbortSignal): { signal: AbortSignal | null } => ({ signal: signal ?? null })
const match = (notice: Notice): { 'If-Match': string } => ({ 'If-Match': etag(notice.version) })

export const listNotices = (query: NoticeQuery, signal?: AbortSignal): Promise<Page<Notice>> =>
  answer(service.GET('/api/v1/notices', { params: { query }, ...when(signal) }))

export const readNotice = (id: number, signal?: AbortSignal): Promise<NoticeDetail> =>
  answer(service.GET('/api/v1/notices/{notice_id}', { params: { path: of(id) }, ...when(signal) }))

export const draftNotice = (body: Shapes['NoticeCreate']): Promise<NoticeDetail> =>
  answer(service.POST('/api/v1/notices', { body }))

export const draftLot = (notice: Notice, body: Shapes['LotCreate']): Promise<Shapes['LotDetail']> =>
  answer(service.POST('/api/v1/notices/{notice_id}/lots', { params: { path: of(notice.id) }, headers: match(notice), body }))

/** Publish a draft with its lots, or only hear what the law says of it (`trial`). */
export const publishNotice = (notice: Notice, body: NoticeOrder, signal?: AbortSignal): Promise<NoticePublished> =>
  answer(service.POST('/api/v1/notices/{notice_id}/publication', { params: { path: of(notice.id) }, headers: match(notice), body, ...when(signal) }))

export async function listCentres(signal?: AbortSignal): Promise<TradingCentre[]> {
  return (await answer(service.GET('/api/v1/trading-centres', when(signal)))).items
}
