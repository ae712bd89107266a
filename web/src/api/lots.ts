import { answer, etag, service } from './client'
import type { components, operations } from './schema'
import type { Page } from './types'

type Shapes = components['schemas']

export type Lot = Shapes['LotRead']
export type LotDetail = Shapes['LotDetail']
export type LotStage = Shapes['LotStage']
export type LotEvent = Shapes['LotEventRead']
export type LotEventKind = Shapes['LotEventKind']
export type LotOrder = Shapes['LotEventOrder']
export type LotAct = LotOrder['kind']
export type EventTaken = Shapes['EventTaken']
export type Bidder = Shapes['BidderRead']
export type BidderTaken = Shapes['BidderTaken']
export type Bids = Shapes['Bids']
export type DepositEnd = Shapes['DepositEnd']
export type CalendarEntry = Shapes['CalendarEntry']
export type Method = Lot['method']
export type LotQuery = NonNullable<operations['list_lots']['parameters']['query']>
export type CountQuery = NonNullable<operations['count_lots']['parameters']['query']>

export const METHODS: readonly Method[] = ['listing', 'auction', 'tender', 'agreement', 'allocation']
export const STAGES: readonly LotStage[] = ['draft', 'announced', 'open', 'publicised', 'awarded', 'sold', 'concluded', 'failed', 'terminated', 'void']

const of = (id: number): { lot_id: number } => ({ lot_id: id })
const when = (signal?: AbortSignal): { signal: AbortSignal | null } => ({ signal: signal ?? null })
const match = (row: { version: number }): { 'If-Match': string } => ({ 'If-Match': etag(row.version) })

export const listLots = (query: LotQuery, signal?: AbortSignal): Promise<Page<Lot>> =>
  answer(service.GET('/api/v1/lots', { params: { query }, ...when(signal) }))

export async function countLots(query: CountQuery, signal?: AbortSignal): Promise<Partial<Record<LotStage, number>>> {
  return (await answer(service.GET('/api/v1/lots/counts', { params: { query }, ...when(signal) }))).counts
}

export async function readCalendar(first: string, last: string, signal?: AbortSignal): Promise<CalendarEntry[]> {
  return (await answer(service.GET('/api/v1/lots/calendar', { params: { query: { first, last } }, ...when(signal) }))).items
}

export const readLot = (id: number, asOf: string | null, signal?: AbortSignal): Promise<LotDetail> =>
  answer(service.GET('/api/v1/lots/{lot_id}', { params: { path: of(id), query: { as_of: asOf } }, ...when(signal) }))

export async function readLotEvents(id: number, asOf: string | null, signal?: AbortSignal): Promise<LotEvent[]> {
  return (await answer(service.GET('/api/v1/lots/{lot_id}/events', { params: { path: of(id), query: { as_of: asOf } }, ...when(signal) }))).items
}

/** Record an event, or only hear what the law says of it (`trial`). */
export const takeLotEvent = (lot: { id: number, version: number }, body: LotOrder, signal?: AbortSignal): Promise<EventTaken> =>
  answer(service.POST('/api/v1/lots/{lot_id}/events', { params: { path: of(lot.id) }, headers: match(lot), body, ...when(signal) }))

export const changeLot = (lot: Lot, body: Shapes['LotChange']): Promise<LotDetail> =>
  answer(service.PATCH('/api/v1/lots/{lot_id}', { params: { path: of(lot.id) }, headers: match(lot), body }))

export const dropLot = (lot: Lot): Promise<unknown> =>
  answer(service.DELETE('/api/v1/lots/{lot_id}', { params: { path: of(lot.id) }, headers: match(lot) }))

export async function readBidders(id: number, signal?: AbortSignal): Promise<Bidder[]> {
  return (await answer(service.GET('/api/v1/lots/{lot_id}/bidders', { params: { path: of(id) }, ...when(signal) }))).items
}

export const addBidder = (id: number, body: Shapes['BidderCreate']): Promise<BidderTaken> =>
  answer(service.POST('/api/v1/lots/{lot_id}/bidders', { params: { path: of(id) }, body }))

export const changeBidder = (id: number, bidder: Bidder, body: Shapes['BidderChange']): Promise<BidderTaken> =>
  answer(service.PATCH('/api/v1/lots/{lot_id}/bidders/{bidder_id}', {
    params: { path: { ...of(id), bidder_id: bidder.id } }, headers: match(bidder), body,
  }))

export const readBids = (id: number, signal?: AbortSignal): Promise<Bids> =>
  answer(service.GET('/api/v1/lots/{lot_id}/bids', { params: { path: of(id) }, ...when(signal) }))

export const makeBid = (id: number, body: Shapes['BidCreate']): Promise<unknown> =>
  answer(service.POST('/api/v1/lots/{lot_id}/bids', { params: { path: of(id) }, body }))
