import type { ExpressionSpecification, GeoJSONSourceSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'
import type { Feature, MultiPolygon, Position } from 'geojson'
import { FONT } from './fonts'
import { insideOf } from './inside'
import { CODE_ZOOM } from './layers'
import { GROUND, SELECTED, type Theme } from './palette'

/** What would come of what somebody is at: new parcels with their words, and the points of a line that is being typed, degrees. */
export interface Outcome {
  parts: readonly { code: string, words: string, geometry: MultiPolygon }[]
  path: readonly Position[]
}

/** What somebody is at, on top of the map. */
export interface WorkLook {
  theme: Theme
  /** The middles of the parcels that are chosen to do something with all of them: while shapes are too small to see. */
  chosen: readonly (readonly [lon: number, lat: number])[]
  outcome: Outcome | null
}

const source = (features: Feature[]): GeoJSONSourceSpecification => ({ type: 'geojson', data: { type: 'FeatureCollection', features } })

/** Chosen parcels are told by their state on the map, whatever the filter says. */
function chosenLayers(theme: Theme): LayerSpecification[] {
  const parcels = { source: 'parcels', 'source-layer': 'parcels' } as const
  const picked: ExpressionSpecification = ['boolean', ['feature-state', 'chosen'], false]
  return [
    { id: 'chosen', type: 'fill', ...parcels, paint: { 'fill-color': SELECTED, 'fill-opacity': ['case', picked, 0.28, 0] } },
    { id: 'chosen-edge', type: 'line', ...parcels, layout: { 'line-join': 'round' }, paint: { 'line-color': SELECTED, 'line-width': ['case', picked, 2, 0] } },
    {
      id: 'chosen-far', type: 'circle', source: 'chosen', maxzoom: CODE_ZOOM,
      paint: { 'circle-radius': 5, 'circle-color': SELECTED, 'circle-opacity': 0.7, 'circle-stroke-width': 1.5, 'circle-stroke-color': GROUND[theme].halo },
    },
  ]
}

/** A line that is typed, point by point: from its second point on it is a line. */
function pathOf(points: readonly Position[]): Feature[] {
  const coordinates = [...points]
  const dots: Feature[] = points.length === 0 ? [] : [{ type: 'Feature', properties: {}, geometry: { type: 'MultiPoint', coordinates } }]
  return points.length < 2 ? dots : [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates } }, ...dots]
}

/** Parts in two tones side by side, their borders solid, the typed line dashed, the words above all other words. */
function outcomeLayers(theme: Theme): LayerSpecification[] {
  const { halo, hover, label } = GROUND[theme]
  return [
    { id: 'outcome', type: 'fill', source: 'outcome', paint: { 'fill-color': ['case', ['get', 'odd'], SELECTED, halo], 'fill-opacity': ['case', ['get', 'odd'], 0.3, 0.55] } },
    { id: 'outcome-halo', type: 'line', source: 'outcome', layout: { 'line-join': 'round' }, paint: { 'line-color': halo, 'line-width': 5, 'line-opacity': 0.8 } },
    { id: 'outcome-edge', type: 'line', source: 'outcome', layout: { 'line-join': 'round' }, paint: { 'line-color': SELECTED, 'line-width': 2.5 } },
    { id: 'outcome-cut', type: 'line', source: 'outcome-cut', layout: { 'line-join': 'round' }, paint: { 'line-color': hover, 'line-width': 1.5, 'line-dasharray': [3, 2] } },
    {
      id: 'outcome-point', type: 'circle', source: 'outcome-cut', filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': 3.5, 'circle-color': hover, 'circle-stroke-width': 1.5, 'circle-stroke-color': halo },
    },
    {
      id: 'outcome-label', type: 'symbol', source: 'outcome-words',
      layout: {
        'text-field': ['format', ['get', 'code'], { 'font-scale': 1 }, '\n', {}, ['get', 'words'], { 'font-scale': 0.9 }],
        'text-font': [FONT], 'text-size': 13, 'text-line-height': 1.3, 'text-max-width': 20, 'text-allow-overlap': true,
      },
      paint: { 'text-color': label, 'text-halo-color': halo, 'text-halo-width': 2 },
    },
  ]
}

/** The map's style with what somebody is at upon it: chosen parcels above the fills, the outcome above all. */
export function workStyle(style: StyleSpecification, { theme, chosen, outcome }: WorkLook): StyleSpecification {
  const above = style.layers.findIndex((layer) => layer.id === 'parcel-hover')
  return {
    ...style,
    sources: {
      ...style.sources,
      chosen: source(chosen.map((coordinates) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [...coordinates] } }))),
      outcome: source((outcome?.parts ?? []).map(({ geometry }, at) => ({ type: 'Feature', geometry, properties: { odd: at % 2 === 1 } }))),
      // Points: the words of a shape would stand in every tile that it reaches into.
      'outcome-words': source((outcome?.parts ?? []).map(({ code, words, geometry }) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: insideOf(geometry) }, properties: { code, words } }))),
      'outcome-cut': source(pathOf(outcome?.path ?? [])),
    },
    layers: [...style.layers.slice(0, above), ...chosenLayers(theme), ...style.layers.slice(above), ...outcomeLayers(theme)],
  }
}
