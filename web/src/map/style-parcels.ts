import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import { STATE_NOW, STATE_THEN, type StateOf } from './filter'
import { FONT } from './fonts'
import { CODE_ZOOM, LABEL_ZOOM, PARCEL_ZOOM } from './layers'
import { SELECTED, STAGE_FILL, stageOutline, STAGES, type Ground, type Stage, type Theme } from './palette'
import type { Toggle } from './style-ground'

const byStage = (colour: (stage: Stage) => string, otherwise: string, stage = STATE_NOW.stage): ExpressionSpecification =>
  ['match', stage, ...STAGES.flatMap((one) => [one, colour(one)]), otherwise] as unknown as ExpressionSpecification

const parcels = { source: 'parcels', 'source-layer': 'parcels' } as const

export interface ParcelLook extends Toggle {
  theme: Theme
  ground: Ground
  state: StateOf
  /** Which parcels are drawn. */
  filter: ExpressionSpecification
  /** A filter is on: cells count everything, so points of what matches stand in for them. */
  filtered: boolean
  /** The word behind an area figure on a label. */
  mu: string
}

/** Far away and dense: small squares coloured by their leading stage, deeper the more parcels they hold. */
function cellLayers({ theme, ground, visibility, opacity, filtered }: ParcelLook): LayerSpecification[] {
  const cells = { source: 'parcels', 'source-layer': 'cells', maxzoom: PARCEL_ZOOM } as const
  const shown = filtered ? 'none' : visibility('parcels')
  const shade = opacity('parcels')
  return [
    {
      id: 'cells', type: 'fill', ...cells, layout: { visibility: shown },
      paint: {
        'fill-color': byStage((stage) => STAGE_FILL[stage], ground.limit),
        'fill-opacity': ['interpolate', ['linear'], ['get', 'n'], 1, 0.55 * shade, 4, 0.8 * shade, 16, shade],
        'fill-antialias': false,
      },
    },
    {
      id: 'matches', type: 'circle', source: 'matches', maxzoom: PARCEL_ZOOM, layout: { visibility: visibility('parcels') },
      paint: {
        'circle-color': byStage((stage) => STAGE_FILL[stage], ground.limit), 'circle-opacity': shade, 'circle-stroke-width': 1,
        'circle-stroke-color': byStage((stage) => stageOutline(stage, theme), ground.limit),
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 2.5, 12, 5],
      },
    },
  ]
}

/** Of another day, what was not there is not drawn; of today, the filter has seen to that. */
const drawn = (state: StateOf, shade: number, which?: ExpressionSpecification): number | ExpressionSpecification =>
  (state === STATE_NOW ? shade : ['case', which ?? ['!=', STATE_THEN.stage, 'none'], shade, 0])

/** The parcels themselves, patterns for trouble, outlines. */
function shapeLayers({ theme, ground, visibility, opacity, filter, state }: ParcelLook): LayerSpecification[] {
  const inMarket: ExpressionSpecification = ['in', state.stage, ['literal', ['announced', 'listed']]]
  const layout = { visibility: visibility('parcels') }
  const shade = opacity('parcels')
  const pattern = (id: 'hold' | 'idle' | 'reclaimed', which: ExpressionSpecification): LayerSpecification => ({
    id: `parcel-${id}`, type: 'fill', ...parcels, filter: state === STATE_NOW ? ['all', filter, which] : filter, layout,
    paint: { 'fill-pattern': id, 'fill-opacity': drawn(state, shade, which) },
  })
  return [
    {
      id: 'parcel', type: 'fill', ...parcels, filter, layout,
      paint: { 'fill-color': byStage((stage) => STAGE_FILL[stage], ground.limit, state.stage), 'fill-opacity': drawn(state, ground.fillOpacity * shade) },
    },
    pattern('reclaimed', ['==', state.stage, 'reclaimed']),
    pattern('idle', ['!=', state.idle, 'none']),
    pattern('hold', ['!=', state.hold, 'none']),
    {
      id: 'parcel-edge', type: 'line', ...parcels, filter, layout: { ...layout, 'line-join': 'round' },
      paint: {
        'line-color': byStage((stage) => stageOutline(stage, theme), ground.limit, state.stage), 'line-opacity': drawn(state, shade),
        'line-width': ['interpolate', ['linear'], ['zoom'], 10, ['case', inMarket, 0.4, 0.1], 12, ['case', inMarket, 0.9, 0.3], 14, ['case', inMarket, 1.5, 0.6], 17, ['case', inMarket, 1.8, 1]],
      },
    },
    {
      id: 'parcel-hover', type: 'line', ...parcels, filter, layout: { ...layout, 'line-join': 'round' },
      paint: { 'line-color': ground.hover, 'line-width': ['case', ['boolean', ['feature-state', 'hover'], false], 1.5, 0] },
    },
  ]
}

export const parcelLayers = (look: ParcelLook): LayerSpecification[] => [...cellLayers(look), ...shapeLayers(look)]

/** What was chosen, above everything but the words. */
export function chosenLayers(ground: Ground): LayerSpecification[] {
  return [
    { id: 'selection-halo', type: 'line', source: 'selection', layout: { 'line-join': 'round' }, paint: { 'line-color': ground.halo, 'line-width': 6, 'line-opacity': 0.7 } },
    { id: 'selection', type: 'line', source: 'selection', layout: { 'line-join': 'round' }, paint: { 'line-color': SELECTED, 'line-width': 3 } },
    {
      id: 'selection-far', type: 'circle', source: 'selection-point', maxzoom: CODE_ZOOM,
      paint: { 'circle-radius': 9, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-width': 3, 'circle-stroke-color': SELECTED },
    },
    {
      id: 'mark', type: 'circle', source: 'mark',
      paint: { 'circle-radius': 6, 'circle-color': SELECTED, 'circle-stroke-width': 2, 'circle-stroke-color': ground.halo },
    },
  ]
}

/** The code without the district's prefix: ZDRY-103-01 → 103-01. */
const SHORT_CODE: ExpressionSpecification = ['slice', ['get', 'code'], ['+', ['index-of', '-', ['get', 'code']], 1]]

/** Code and area on each parcel, the largest first; never over each other. Points: a shape's label would repeat in every tile. */
export function parcelLabels({ ground, visibility, opacity, filter, mu, state }: ParcelLook): LayerSpecification {
  return {
    id: 'parcel-label', type: 'symbol', source: 'parcels', 'source-layer': 'parcel_label', minzoom: LABEL_ZOOM, filter,
    layout: {
      visibility: visibility('parcels') === 'visible' ? visibility('labels') : 'none',
      'text-field': ['format', SHORT_CODE, { 'font-scale': 1 }, '\n', {}, ['concat', ['number-format', ['get', 'mu'], { 'max-fraction-digits': 1 }], ' ', mu], { 'font-scale': 0.9 }],
      'text-font': [FONT], 'text-size': ['interpolate', ['linear'], ['zoom'], 15, 11, 18, 14], 'text-line-height': 1.3,
      'text-padding': 3, 'text-max-width': 20, 'symbol-sort-key': ['-', 0, ['get', 'mu']],
    },
    paint: { 'text-color': ground.label, 'text-halo-color': ground.halo, 'text-halo-width': 1.6, 'text-opacity': drawn(state, opacity('labels')) },
  }
}
