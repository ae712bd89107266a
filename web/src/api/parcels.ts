import type { MultiPolygon } from 'geojson'
import { answer, etag, service } from './client'
import type { components, operations } from './schema'
import type { Page } from './types'

type Shapes = components['schemas']

export type Named = Shapes['Named']
export type LandUse = Shapes['UseRead']
export type GivenLandUse = Shapes['GivenUseRead']
export type ParcelSummary = Shapes['ParcelSummary']
export type Parcel = Shapes['ParcelRead'] & { geometry: MultiPolygon }
/** A planning condition: either end may be open. */
export type Bound = Shapes['BoundRead']
export type BoundName = keyof Shapes['PlanningRead']
export type ParcelEvent = Shapes['EventRead']
export type EventKind = Shapes['EventKind']
export type EventOrder = Shapes['EventCreate']
/** How many parcels match, in all and by each attribute's values; land uses by `scheme:code`. */
export type Facets = Shapes['FacetsRead']
export type Tally = Shapes['Count'] & { name?: string | null }
/** Filters, order and page of the list. */
export type ParcelQuery = NonNullable<operations['list_parcels']['parameters']['query']>
export type FacetQuery = NonNullable<operations['count_parcels']['parameters']['query']>

// The client's types forget how long a list is (a bounding box, a point): the shapes say it again.

export const listParcels = (query: ParcelQuery, signal?: AbortSignal): Promise<Page<ParcelSummary>> =>
  answer(service.GET('/api/v1/parcels', { params: { query }, signal: signal ?? null })) as Promise<Page<ParcelSummary>>

export const readFacets = (query: FacetQuery, signal?: AbortSignal): Promise<Facets> =>
  answer(service.GET('/api/v1/parcels/facets', { params: { query }, signal: signal ?? null }))

/** How a parcel stood on a day. */
export interface DayState { stage: string, hold: string, idle: string }
type StatesQuery = NonNullable<operations['read_states']['parameters']['query']>

/** The states of the parcels in a box on a day, by id; who isn't there was not there that day. */
export async function readStates(query: StatesQuery, signal?: AbortSignal): Promise<ReadonlyMap<number, DayState>> {
  const { states } = await answer(service.GET('/api/v1/parcels/states', { params: { query }, signal: signal ?? null }))
  const found = new Map<number, DayState>()
  for (const { ids, stage, hold, idle } of states) {
    const state = { stage, hold, idle }
    let id = 0
    for (const step of ids) {
      id += step
      found.set(id, state)
    }
  }
  return found
}

/** One parcel by any of its codes, as it stood on a day. */
export const readParcel = (number: string, asOf: string | null, signal?: AbortSignal): Promise<Parcel> =>
  answer(service.GET('/api/v1/parcels/{number}', {
    params: { path: { number }, query: { as_of: asOf } }, signal: signal ?? null,
  })) as Promise<Parcel>

/** The codes of the parcels that a number stands for, split and merged ones too. */
export async function resolveNumber(number: string, signal?: AbortSignal): Promise<string[]> {
  const found = await answer(service.POST('/api/v1/parcels/status', { body: { codes: [number] }, signal: signal ?? null }))
  return found.items.map((item) => item.code)
}

/** What happened to a parcel, and how often its boundary was surveyed. */
export type History = Shapes['HistoryRead']

export const readHistory = (number: string, signal?: AbortSignal): Promise<History> =>
  answer(service.GET('/api/v1/parcels/{number}/history', { params: { path: { number } }, signal: signal ?? null }))

/** A point in degrees (`null`: nowhere on Earth) and what stands there. */
export interface Here { point: [lon: number, lat: number] | null, items: ParcelSummary[] }

/** What stands at a point; `crs` is an EPSG code, with easting and northing for a projected one. */
export const locateParcels = (x: number, y: number, crs: number, signal?: AbortSignal): Promise<Here> =>
  answer(service.GET('/api/v1/parcels/locate', {
    params: { query: { lon: x, lat: y, crs: String(crs) } }, signal: signal ?? null,
  })) as Promise<Here>

/** Record what happened to a parcel; refused with 412 when the parcel has changed since `version`. */
export const recordEvent = (number: string, version: number, order: EventOrder): Promise<Parcel> =>
  answer(service.POST('/api/v1/parcels/{number}/events', {
    params: { path: { number }, header: { 'if-match': etag(version) } }, body: order,
  })) as Promise<Parcel>
