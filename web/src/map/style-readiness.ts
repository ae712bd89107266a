import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'
import { FONT } from './fonts'
import { TILEJSON } from './layers'
import { GROUND, mix, type Theme } from './palette'

export const READINESS = ['ready', 'on_time', 'late', 'blocked'] as const
export type Readiness = typeof READINESS[number]

/** Colours of readiness, the darker the worse, and the shape that says the same without colour. */
export const READINESS_LOOK: Record<Readiness, { fill: string, shape: string }> = {
  ready: { fill: '#8fcb9b', shape: '●' }, on_time: { fill: '#4f8cd6', shape: '◆' }, late: { fill: '#e08e0b', shape: '▲' }, blocked: { fill: '#b3261e', shape: '■' },
}

const by = (colour: (one: Readiness) => string, otherwise: string): ExpressionSpecification =>
  ['match', ['get', 'readiness'], ...READINESS.flatMap((one) => [one, colour(one)]), otherwise] as unknown as ExpressionSpecification

/** The map's style with the parcels of running checklists coloured by readiness, under the outline of the chosen one. */
export function readinessStyle(style: StyleSpecification, theme: Theme, opacity: number): StyleSpecification {
  const ground = GROUND[theme]
  const edge = by((one) => mix(READINESS_LOOK[one].fill, theme === 'dark' ? '#ffffff' : '#1f2328', 0.45), ground.limit)
  const fill = by((one) => READINESS_LOOK[one].fill, ground.limit)
  const [land, point] = [{ source: 'readiness', 'source-layer': 'readiness' }, { source: 'readiness', 'source-layer': 'readiness_point' }]
  const layers: LayerSpecification[] = [
    { id: 'readiness', type: 'fill', ...land, paint: { 'fill-color': fill, 'fill-opacity': 0.9 * opacity } },
    { id: 'readiness-edge', type: 'line', ...land, layout: { 'line-join': 'round' }, paint: { 'line-color': edge, 'line-width': 2, 'line-opacity': opacity } },
    {
      id: 'readiness-point', type: 'circle', ...point,
      paint: {
        'circle-color': fill, 'circle-stroke-color': edge, 'circle-stroke-width': 1.5, 'circle-opacity': opacity, 'circle-stroke-opacity': opacity,
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 4, 12, 7, 15, 9],
      },
    },
    {
      id: 'readiness-shape', type: 'symbol', ...point,
      layout: { 'text-field': by((one) => READINESS_LOOK[one].shape, ''), 'text-font': [FONT], 'text-size': ['interpolate', ['linear'], ['zoom'], 8, 6, 12, 10], 'text-allow-overlap': true },
      paint: { 'text-color': by((one) => (one === 'ready' || one === 'late' ? '#1f2328' : '#ffffff'), '#1f2328'), 'text-opacity': opacity },
    },
  ]
  const above = style.layers.findIndex(({ id }) => id === 'selection-halo' || id === 'selection')
  const at = above === -1 ? style.layers.length : above
  return {
    ...style,
    sources: { ...style.sources, readiness: { type: 'vector', url: TILEJSON.readiness } },
    layers: [...style.layers.slice(0, at), ...layers, ...style.layers.slice(at)],
  }
}
