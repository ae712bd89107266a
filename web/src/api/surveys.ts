import type { LineString, MultiPolygon, Polygon } from 'geojson'
import { answer, etag, service } from './client'
import type { Problem } from './problem'
import type { components } from './schema'

type Shapes = components['schemas']

/** A boundary as it was delivered, in its own system, with the shapes around it; nothing is rounded. */
export type Boundary = Omit<Shapes['BoundaryRead'], 'geometry' | 'neighbours'> & { geometry: MultiPolygon, neighbours: { code: string, geometry: MultiPolygon }[] }
export type SurveyFinding = Shapes['SurveyFinding']
export type SurveyFacts = Shapes['SurveyFacts']
/** Findings, areas before and after; of a dry run nothing is saved. */
export type SurveyAnswer = Shapes['SurveyAnswer']
export type SurveyKept = Shapes['SurveyKept']
export interface SurveyOrder { geometry: MultiPolygon, crs: string, numbers: string[][] | null, survey?: SurveyFacts }
/** A parcel that isn't there yet, but for its boundary. */
export type NewParcel = Pick<Shapes['ParcelOrder'], 'code' | 'jurisdiction' | 'name' | 'address' | 'land_use'>
/** What was found about a boundary and what it makes, whether of a parcel that stands or of a new one. */
export type Judged = Pick<SurveyAnswer, 'findings' | 'after' | 'parcel'>
export interface Piece { geometry: MultiPolygon, area_plane_m2: number }

export const readBoundary = (number: string, signal?: AbortSignal): Promise<Boundary> =>
  answer(service.GET('/api/v1/parcels/{number}/boundary', { params: { path: { number } }, signal: signal ?? null })) as unknown as Promise<Boundary>

// GeoJSON's types have no index signature: the description of the interface calls them objects.
const asObject = (geometry: MultiPolygon | Polygon | LineString): Record<string, unknown> => ({ ...geometry })

const send = (number: string, version: number, order: SurveyOrder, dryRun: boolean): Promise<SurveyAnswer> =>
  answer(service.POST('/api/v1/parcels/{number}/surveys', {
    params: { path: { number }, header: { 'if-match': etag(version) }, query: { dry_run: dryRun } }, body: { ...order, geometry: asObject(order.geometry) },
  })) as Promise<SurveyAnswer>

/** What an import would find in a boundary; nothing is saved. */
export const checkSurvey = (number: string, version: number, order: SurveyOrder): Promise<SurveyAnswer> => send(number, version, order, true)

/** Record a new survey; refused with 422 and `findings`, with 412 when the parcel has changed since `version`. */
export const recordSurvey = (number: string, version: number, order: SurveyOrder): Promise<SurveyAnswer> => send(number, version, order, false)

const register = (about: NewParcel, { survey, ...order }: SurveyOrder, dryRun: boolean): Promise<Judged> => {
  const facts = survey === undefined ? null : { surveyed_on: survey.surveyed_on, surveyor: survey.surveyor, reason: survey.reason, document_id: survey.document_id ?? null, area_legal_m2: survey.area_legal_m2 ?? null }
  return answer(service.POST('/api/v1/parcels', { params: { query: { dry_run: dryRun } }, body: { ...about, ...order, geometry: asObject(order.geometry), survey: facts } })) as Promise<Judged>
}

/** What would be found about a new parcel; nothing is saved. */
export const checkParcel = (about: NewParcel, order: SurveyOrder): Promise<Judged> => register(about, order, true)

/** Register a parcel with its first survey; refused as a new survey is, and for a code that another parcel has. */
export const registerParcel = (about: NewParcel, order: SurveyOrder): Promise<Judged> => register(about, order, false)

/** The shapes of the parcels in a box, degrees, not rounded. */
export async function readBoundaries(box: readonly [number, number, number, number], signal?: AbortSignal): Promise<MultiPolygon[]> {
  const bbox = box.map((edge) => edge.toFixed(7)).join(',')
  const { neighbours } = await answer(service.GET('/api/v1/parcels/boundaries', { params: { query: { bbox } }, signal: signal ?? null }))
  return neighbours.map(({ geometry }) => geometry as unknown as MultiPolygon)
}

/** What a survey was refused for. */
export const findingsOf = (problem: Problem): SurveyFinding[] | null =>
  (problem.code === 'survey-refused' ? problem.members.findings as SurveyFinding[] : null)

/** The pieces of a boundary that a line or a polygon leaves, the largest first. */
export async function cutBoundary(geometry: MultiPolygon, by: Polygon | LineString, crs: string): Promise<Piece[]> {
  const cut = await answer(service.POST('/api/v1/parcels/cut', { body: { geometry: asObject(geometry), by: asObject(by), crs } }))
  return cut.pieces as unknown as Piece[]
}
