import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { expect, it } from 'vitest'
import type { MultiPolygon } from 'geojson'
import { NO_FILTERS } from '@/state/filters'
import { parcelFilter, STATE_NOW } from './filter'
import { fontFaces } from './fonts'
import { LAYER_IDS } from './layers'
import { mapStyle, type MapLook } from './style'
import { workStyle } from './style-work'

const GROUND = mapStyle({
  theme: 'light', visible: Object.fromEntries(LAYER_IDS.map((id) => [id, true])) as MapLook['visible'], opacity: {}, state: STATE_NOW, filter: parcelFilter(NO_FILTERS, null),
  filtered: false, matches: [], selection: null, mark: null, control: [], mu: '亩', names: { english: false, counts: {} }, fontFaces: fontFaces(),
})
const SQUARE: MultiPolygon = { type: 'MultiPolygon', coordinates: [[[[113.7, 34.7], [113.8, 34.7], [113.8, 34.8], [113.7, 34.7]]]] }
const OUTCOME = { parts: [{ code: 'A-1', words: '1 亩', geometry: SQUARE }, { code: 'A-2', words: '2 亩', geometry: SQUARE }], path: [[113.7, 34.7], [113.8, 34.8]] }

it.each([['light', null], ['dark', OUTCOME]] as const)('is a valid style on top of the map: %s', (theme, outcome) => {
  const style = workStyle(GROUND, { theme, chosen: [[113.7, 34.7]], outcome })
  expect(validateStyleMin(style).map((error) => error.message)).toEqual([])
  const ids = style.layers.map((layer) => layer.id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.indexOf('chosen')).toBeGreaterThan(ids.indexOf('parcel-edge'))
  expect(ids.indexOf('chosen')).toBeLessThan(ids.indexOf('parcel-label'))
  expect(ids.at(-1)).toBe('outcome-label')
})

it('draws a typed line from its first point on', () => {
  const kinds = (path: [number, number][]) => {
    const drawn = workStyle(GROUND, { theme: 'light', chosen: [], outcome: { parts: [], path } }).sources['outcome-cut']
    return (drawn as unknown as { data: { features: { geometry: { type: string } }[] } }).data.features.map(({ geometry }) => geometry.type)
  }
  expect(kinds([])).toEqual([])
  expect(kinds([[113.7, 34.7]])).toEqual(['MultiPoint'])
  expect(kinds([[113.7, 34.7], [113.8, 34.8]])).toEqual(['LineString', 'MultiPoint'])
})

it('is the map itself where nothing is being done, but for empty layers', () => {
  const style = workStyle(GROUND, { theme: 'light', chosen: [], outcome: null })
  for (const id of ['chosen', 'outcome', 'outcome-words', 'outcome-cut']) expect(style.sources[id]).toMatchObject({ data: { features: [] } })
  expect(style.layers.filter((layer) => GROUND.layers.some((one) => one.id === layer.id))).toEqual(GROUND.layers)
})
