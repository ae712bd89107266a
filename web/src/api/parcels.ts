import type { MultiPolygon } from 'geojson'
import { get, send, type Query } from './client'
import type { Page } from './types'

export interface Named { code: string, name: string }

export interface LandUse { scheme: string, code: string, name: string | null }

export interface ParcelSummary {
  id: number
  code: string
  name: string | null
  address: string | null
  cadastral_code: string | null
  lot_number: string | null
  stage: string
  hold: string
  idle: string
  stage_since: string
  jurisdiction: Named
  county_code: string | null
  region: Named | null
  land_use: LandUse | null
  area_m2: number
  area_legal_m2: number | null
  area_plane_m2: number
  area_ellipsoid_m2: number
  bbox: [number, number, number, number]
  centre: [number, number]
  version: number
  updated_at: string
}

/** A planning condition: either end may be open. */
export interface Bound { min: number | null, min_inclusive: boolean, max: number | null, max_inclusive: boolean }
export type BoundName = 'far' | 'density_pct' | 'green_pct' | 'height_m'

export interface Parcel extends ParcelSummary {
  geometry: MultiPolygon
  land_uses: (LandUse & { share: number, max_term_years: number | null })[]
  planning: Record<BoundName, Bound | null>
  survey: {
    source_crs: number
    zone_prefixed: boolean
    document_id: number | null
    source_name: string | null
    point_count: number
    surveyed_on: string | null
  } | null
  registered_on: string | null
  region_overridden: boolean
  created_at: string
  allowed_events: string[]
}

export interface ParcelEvent {
  id: number
  kind: string
  effective_on: string
  recorded_at: string
  actor: string
  /** `null`: the event left it alone. */
  stage: string | null
  hold: string | null
  idle: string | null
  document: { id: number, title: string } | null
  note: string | null
  override_reason: string | null
}

export interface Tally { n: number, area_m2: number, name?: string | null }

/** How many parcels match, in all and by each attribute's values; land uses by `scheme:code`. */
export interface Facets {
  total: number
  area_m2: number
  stage: Record<string, Tally>
  jurisdiction: Record<string, Tally>
  region: Record<string, Tally>
  land_use: Record<string, Tally>
  hold: Record<string, Tally>
  idle: Record<string, Tally>
}

const at = (code: string): string => `/api/v1/parcels/${encodeURIComponent(code)}`

export const listParcels = (query: Query, signal?: AbortSignal): Promise<Page<ParcelSummary>> => get('/api/v1/parcels', query, signal)

export const readFacets = (query: Query, signal?: AbortSignal): Promise<Facets> => get('/api/v1/parcels/facets', query, signal)

/** One parcel by any of its codes, as it stood on a day. */
export const readParcel = (code: string, asOf: string | null, signal?: AbortSignal): Promise<Parcel> => get(at(code), { as_of: asOf }, signal)

export async function readHistory(code: string, signal?: AbortSignal): Promise<ParcelEvent[]> {
  return (await get<Page<ParcelEvent>>(`${at(code)}/history`, {}, signal)).items
}

/** What stands at a point; `crs` is an EPSG code, with easting and northing for a projected one. */
export async function locateParcels(x: number, y: number, crs: number, signal?: AbortSignal): Promise<ParcelSummary[]> {
  return (await get<{ items: ParcelSummary[] }>('/api/v1/parcels/locate', { lon: x, lat: y, crs }, signal)).items
}

export interface EventOrder { kind: string, effective_on: string, document_id: number | null, note: string | null }

/** Record what happened to a parcel; refused with 412 when the parcel has changed since `version`. */
export async function recordEvent(code: string, version: number, order: EventOrder): Promise<Parcel> {
  return (await send<Parcel>('POST', `${at(code)}/events`, { body: order, ifMatch: `"${version}"` })).data
}
