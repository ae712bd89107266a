import type { MultiPolygon } from 'geojson'
import { checkParcel, checkSurvey, readBoundary, recordSurvey, registerParcel, type Boundary, type Judged, type NewParcel, type SurveyFacts, type SurveyOrder } from '@/api/surveys'

/** Where a boundary comes from, and what becomes of it. */
export interface Source {
  /** No parcel has it yet. */
  first: boolean
  /** What is read anew when it changes. */
  key: () => string | number
  read: (signal: AbortSignal) => Promise<Boundary>
  /** Shapes to snap to in degrees; null: those that were read with the boundary. */
  near: () => readonly MultiPolygon[] | null
  /** A longitude of the place, while nothing is drawn. */
  lon: () => number
  check: (found: Boundary, order: SurveyOrder) => Promise<Judged>
  save: (found: Boundary, order: SurveyOrder & { survey: SurveyFacts }) => Promise<Judged>
}

/** The boundary of a parcel: saved as a new survey. */
export const surveyOf = (code: () => string): Source => ({
  first: false, key: code, read: (signal) => readBoundary(code(), signal), near: () => null, lon: () => 0,
  check: (found, order) => checkSurvey(found.code, found.version, order),
  save: (found, order) => recordSurvey(found.code, found.version, order),
})

/** The boundary of a parcel that isn't there yet, in a system that is chosen: saved with the parcel. */
export const firstOf = (crs: () => number, about: () => NewParcel, place: Pick<Source, 'near' | 'lon'>): Source => ({
  ...place, first: true, key: crs,
  read: () => Promise.resolve({
    code: '', version: 0, crs: crs(), as_delivered: true, geometry: { type: 'MultiPolygon', coordinates: [] }, numbers: null,
    area_legal_m2: null, area_plane_m2: 0, approval: null, neighbours: [],
  }),
  check: (_, order) => checkParcel(about(), order),
  save: (_, order) => registerParcel(about(), order),
})
