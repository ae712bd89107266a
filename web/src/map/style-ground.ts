import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import { FONT } from './fonts'
import type { Ground } from './palette'
import { LABEL_ZOOM, PARCEL_ZOOM, type LayerId } from './layers'

const layer = { source: 'backdrop' } as const
const ranked = (rank: number): ExpressionSpecification => ['==', ['get', 'rank'], rank]

/** Road width in px by zoom, for ranks 1 (expressway) to 4 (local street). */
const roadWidth = (extra: number): ExpressionSpecification => [
  'interpolate', ['exponential', 1.6], ['zoom'],
  9, ['match', ['get', 'rank'], 1, 1 + extra, 0.4],
  12, ['match', ['get', 'rank'], 1, 2.4 + extra, 2, 1.4 + extra, 0.7],
  15, ['match', ['get', 'rank'], 1, 9 + extra, 2, 7 + extra, 3, 5 + extra, 3 + extra],
  18, ['match', ['get', 'rank'], 1, 34 + extra, 2, 28 + extra, 3, 20 + extra, 14 + extra],
]

export interface Toggle {
  /** `visible` or `none` for a layer of the tree. */
  visibility: (id: LayerId) => 'visible' | 'none'
  opacity: (id: LayerId) => number
}

export interface PlaceNames {
  english: boolean
  /** Parcels found in a township, by its (Chinese) name: shown while parcels are too small to see. */
  counts: Readonly<Record<string, number>>
}

/** The bureau's own quiet base map: land, green, water, streets. */
export function groundLayers(ground: Ground, { visibility, opacity }: Toggle): LayerSpecification[] {
  return [
    { id: 'background', type: 'background', paint: { 'background-color': ground.outside } },
    { id: 'land', type: 'fill', ...layer, 'source-layer': 'township', paint: { 'fill-color': ground.land, 'fill-antialias': false } },
    {
      id: 'green', type: 'fill', ...layer, 'source-layer': 'green', minzoom: 10,
      layout: { visibility: visibility('green') },
      paint: { 'fill-color': ground.green, 'fill-opacity': opacity('green') },
    },
    {
      id: 'water', type: 'fill', ...layer, 'source-layer': 'water',
      layout: { visibility: visibility('water') },
      paint: { 'fill-color': ground.water, 'fill-opacity': opacity('water') },
    },
    {
      id: 'road-edge', type: 'line', ...layer, 'source-layer': 'road', minzoom: 12,
      layout: { visibility: visibility('roads'), 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': ground.roadEdge, 'line-width': roadWidth(1.2), 'line-opacity': opacity('roads') },
    },
    {
      id: 'road', type: 'line', ...layer, 'source-layer': 'road', minzoom: 9,
      layout: { visibility: visibility('roads'), 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': ['step', ['zoom'], ground.roadEdge, 12, ground.road],
        'line-width': roadWidth(0), 'line-opacity': opacity('roads'),
      },
    },
  ]
}

/** Limits and names: above the parcels' fills, so that they stay readable. */
export function groundLabels(ground: Ground, { visibility, opacity }: Toggle, names: PlaceNames): LayerSpecification[] {
  const counts = Object.entries(names.counts)
  const count: ExpressionSpecification | string = counts.length === 0
    ? ''
    : ['match', ['get', 'name'], ...counts.flatMap(([name, n]) => [name, String(n)]), ''] as unknown as ExpressionSpecification
  const name: ExpressionSpecification = names.english ? ['coalesce', ['get', 'name_en'], ['get', 'name']] : ['get', 'name']
  const paint = (colour: string) => ({ 'text-color': colour, 'text-halo-color': ground.halo, 'text-halo-width': 1.5 })
  const township = (id: string, zooms: { minzoom?: number, maxzoom: number }, text: ExpressionSpecification): LayerSpecification => ({
    id, type: 'symbol', ...layer, 'source-layer': 'township_label', ...zooms,
    layout: {
      visibility: visibility('townships'), 'text-font': [FONT], 'text-line-height': 1.25, 'text-field': text,
      'text-size': ['interpolate', ['linear'], ['zoom'], 9, 11, 14, 15], 'text-padding': 8,
    },
    paint: { ...paint(ground.label), 'text-halo-width': 2, 'text-opacity': opacity('townships') },
  })
  return [
    {
      id: 'township-limit', type: 'line', ...layer, 'source-layer': 'township',
      layout: { visibility: visibility('townships'), 'line-join': 'round' },
      paint: {
        'line-color': ground.limit, 'line-opacity': opacity('townships'), 'line-dasharray': [4, 2, 1, 2],
        'line-width': ['interpolate', ['linear'], ['zoom'], 9, 0.8, 15, 1.6],
      },
    },
    ...[1, 2, 3].map((rank): LayerSpecification => ({
      id: `road-name-${rank}`, type: 'symbol', ...layer, 'source-layer': 'road', minzoom: 12 + rank * 0.75, filter: ranked(rank),
      layout: {
        visibility: visibility('roads'), 'symbol-placement': 'line', 'symbol-spacing': 420, 'text-field': ['get', 'name'],
        'text-font': [FONT], 'text-size': rank === 1 ? 12 : 11, 'text-letter-spacing': 0.15, 'text-max-angle': 30, 'text-padding': 12,
      },
      paint: { ...paint(ground.roadLabel), 'text-opacity': opacity('roads') },
    })),
    {
      id: 'water-name', type: 'symbol', ...layer, 'source-layer': 'water', minzoom: 12,
      layout: {
        visibility: visibility('water'), 'text-field': ['get', 'name'], 'text-font': [FONT], 'text-size': 12,
        'text-letter-spacing': 0.2, 'text-padding': 60,
      },
      paint: { ...paint(ground.waterLabel), 'text-halo-color': ground.water },
    },
    township('township-name-far', { maxzoom: PARCEL_ZOOM }, ['format', name, {}, '\n', {}, count, { 'font-scale': 0.9 }]),
    township('township-name', { minzoom: PARCEL_ZOOM, maxzoom: LABEL_ZOOM }, name),
  ]
}
