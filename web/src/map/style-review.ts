import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'
import type { Feature, MultiPolygon, Polygon } from 'geojson'
import type { RowAction } from '@/api/review'
import { SELECTED, type Theme } from './palette'

/** What each kind of change looks like: never by colour alone, the line differs too. */
export const REVIEW_LINE: Record<RowAction, { light: string, dark: string, dash: readonly number[] | null, width: number }> = {
  added: { light: '#1b6e3a', dark: '#7fcf9b', dash: null, width: 2.5 },
  geometry: { light: '#8a5a00', dark: '#e9b95a', dash: [4, 1.5], width: 2.5 },
  attributes: { light: '#1a5fb4', dark: '#7fb0ee', dash: [1.5, 1], width: 2 },
  same: { light: '#5c6066', dark: '#a9b0b8', dash: null, width: 0.8 },
  missing: { light: '#b3261e', dark: '#f2938c', dash: [1, 2.5], width: 2.5 },
}
/** Drawn in this order: what changes lies above what stays. */
const ORDER: readonly RowAction[] = ['same', 'missing', 'attributes', 'geometry', 'added']

export interface ReviewLook {
  theme: Theme
  outlines: readonly Feature<MultiPolygon>[]
  before: Polygon | MultiPolygon | null
  after: Polygon | MultiPolygon | null
}

const collection = (features: readonly Feature[]): { type: 'FeatureCollection', features: Feature[] } => ({ type: 'FeatureCollection', features: [...features] })
const one = (geometry: Polygon | MultiPolygon | null): readonly Feature[] => (geometry === null ? [] : [{ type: 'Feature', properties: {}, geometry }])

function lines(action: RowAction, theme: Theme): LayerSpecification[] {
  const { dash, width, ...colours } = REVIEW_LINE[action]
  const filter: ['==', ['get', string], string] = ['==', ['get', 'action'], action]
  return [
    { id: `review-${action}-fill`, type: 'fill', source: 'review', filter, paint: { 'fill-color': colours[theme], 'fill-opacity': action === 'same' ? 0.04 : 0.16 } },
    {
      id: `review-${action}`, type: 'line', source: 'review', filter, layout: { 'line-join': 'round' },
      paint: { 'line-color': colours[theme], 'line-width': width, ...(dash === null ? {} : { 'line-dasharray': [...dash] }) },
    },
  ]
}

/** The map's style with the rows of an import upon it, and the chosen one before (dashed) and after (solid). */
export function reviewStyle(style: StyleSpecification, look: ReviewLook): StyleSpecification {
  const ink = look.theme === 'dark' ? '#e6e8eb' : '#1f2328'
  return {
    ...style,
    sources: {
      ...style.sources,
      review: { type: 'geojson', data: collection(look.outlines) },
      'review-before': { type: 'geojson', data: collection(one(look.before)) },
      'review-after': { type: 'geojson', data: collection(one(look.after)) },
    },
    layers: [
      ...style.layers,
      ...ORDER.flatMap((action) => lines(action, look.theme)),
      { id: 'review-after-halo', type: 'line', source: 'review-after', layout: { 'line-join': 'round' }, paint: { 'line-color': look.theme === 'dark' ? '#e6e8eb' : '#ffffff', 'line-width': 5, 'line-opacity': 0.7 } },
      { id: 'review-after', type: 'line', source: 'review-after', layout: { 'line-join': 'round' }, paint: { 'line-color': SELECTED, 'line-width': 3 } },
      { id: 'review-before', type: 'line', source: 'review-before', layout: { 'line-join': 'round' }, paint: { 'line-color': ink, 'line-width': 2, 'line-dasharray': [2, 1.5] } },
    ],
  }
}
