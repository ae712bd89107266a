import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { describe, expect, it } from 'vitest'
import { NO_FILTERS } from '@/state/filters'
import { parcelFilter, STATE_NOW, STATE_THEN } from './filter'
import { FONT, fontFaces } from './fonts'
import { LAYER_IDS } from './layers'
import { STAGE_FILL } from './palette'
import { mapStyle, type MapLook } from './style'

const ALL_ON = Object.fromEntries(LAYER_IDS.map((id) => [id, true])) as MapLook['visible']
const LOOK: MapLook = {
  theme: 'light', visible: ALL_ON, opacity: {}, state: STATE_NOW, filter: parcelFilter(NO_FILTERS, null), filtered: false, matches: [],
  selection: null, mark: null, control: [{ key: 'a', colour: 'danger', pattern: 'dense' }, { key: 'b', colour: 'accent', pattern: 'outline' }], mu: '亩', names: { english: false, counts: {} }, fontFaces: fontFaces(),
}
const THEN: MapLook = { ...LOOK, state: STATE_THEN, filter: ['all'] }
const layerOf = (look: MapLook, id: string) => mapStyle(look).layers.find((layer) => layer.id === id)

describe('the style', () => {
  it.each([
    ['plain', LOOK],
    ['dark, with counts, in English', { ...LOOK, theme: 'dark', names: { english: true, counts: { 白沙镇: 132, 圃田乡: 9 } } }],
    ['without types of control layers', { ...LOOK, control: [] }],
    ['without font files', { ...LOOK, fontFaces: undefined }],
    ['everything off and faint', { ...LOOK, visible: Object.fromEntries(LAYER_IDS.map((id) => [id, false])) as MapLook['visible'], opacity: { parcels: 0, roads: 0.5 } }],
    ['of another day', THEN],
    ['filtered and chosen', {
      ...LOOK, filtered: true, filter: parcelFilter({ stages: ['listed'], hold: 'suspended', idle: 'none' }, [7, 8]),
      matches: [{ id: 7, stage: 'listed', centre: [113.7, 34.7] }], mark: [113.7, 34.7],
      selection: { geometry: { type: 'Polygon', coordinates: [[[113.7, 34.7], [113.8, 34.7], [113.8, 34.8], [113.7, 34.7]]] }, centre: [113.75, 34.72] },
    }],
  ] satisfies [string, MapLook][])('is valid: %s', (_, look) => {
    expect(validateStyleMin(mapStyle(look)).map((error) => error.message)).toEqual([])
  })

  it('asks nobody else for anything', () => {
    const style = JSON.stringify(mapStyle(LOOK))
    expect(style).not.toMatch(/https?:/)
    expect(style).not.toContain('glyphs')
  })

  it('writes its labels with the font that comes along', () => {
    const fonts = mapStyle(LOOK).layers.flatMap((layer) => (layer.type === 'symbol' ? [layer.layout?.['text-font']] : []))
    expect(fonts.length).toBeGreaterThan(4)
    for (const font of fonts) expect(font).toEqual([FONT])
    expect(LOOK.fontFaces?.[FONT]).toHaveLength(101)
  })

  it('paints a stage in its colour and hides what is switched off', () => {
    expect(JSON.stringify(layerOf(LOOK, 'parcel')?.paint)).toContain(`"listed","${STAGE_FILL.listed}"`)
    const off = { ...LOOK, visible: { ...ALL_ON, parcels: false } }
    for (const id of ['cells', 'parcel', 'parcel-edge', 'parcel-hold', 'parcel-label']) expect(layerOf(off, id)?.layout?.visibility).toBe('none')
    expect(layerOf(off, 'road')?.layout?.visibility).toBe('visible')
  })

  it('shows points instead of cells under a filter: cells count everything', () => {
    expect(layerOf({ ...LOOK, filtered: true }, 'cells')?.layout?.visibility).toBe('none')
    expect(layerOf(LOOK, 'cells')?.layout?.visibility).toBe('visible')
  })

  it('names every layer once', () => {
    const ids = mapStyle(LOOK).layers.map((layer) => layer.id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

it('colours another day by the state of each feature, so that no day needs another style or tile', () => {
  const paint = JSON.stringify(layerOf(THEN, 'parcel')?.paint)
  expect(paint).toContain('["match",["coalesce",["feature-state","stage"],"none"]')
  expect(paint).toContain('"fill-opacity":["case",["!=",["coalesce",["feature-state","stage"],"none"],"none"],0.92,0]')
  for (const layer of mapStyle(THEN).layers) if ('filter' in layer) expect(JSON.stringify(layer.filter)).not.toContain('feature-state')
})

describe('the tile filter', () => {
  it('lets everything through by default', () => expect(parcelFilter(NO_FILTERS, null)).toEqual(['all']))

  it('keeps nothing when the service found nothing', () => {
    expect(parcelFilter(NO_FILTERS, [])).toEqual(['all', ['in', ['id'], ['literal', []]]])
  })
})
