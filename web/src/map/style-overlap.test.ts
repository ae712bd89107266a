import type { MultiPolygon } from 'geojson'
import type { StyleSpecification } from 'maplibre-gl'
import { describe, expect, it } from 'vitest'
import { CONTROL_PATTERNS } from './control'
import { overlapStyle, type Overlap } from './style-overlap'

const ground: StyleSpecification = {
  version: 8, sources: {}, layers: [{ id: 'ground', type: 'background' }, { id: 'selection', type: 'background' }, { id: 'mark', type: 'background' }],
}
const geometry: MultiPolygon = { type: 'MultiPolygon', coordinates: [[[[113, 34], [113.1, 34], [113.1, 34.1], [113, 34]]]] }
const farmland: Overlap = { look: { key: 'permanent_farmland', colour: 'danger', pattern: 'dense' }, geometry }
const boundary: Overlap = { look: { key: 'urban_growth_boundary', colour: 'accent', pattern: 'outline' }, geometry }

describe('overlapStyle', () => {
  it('leaves the map alone without overlaps', () => { expect(overlapStyle(ground, 'light', [])).toBe(ground) })

  it('draws each type once, the gravest on top, under the outline of the parcel', () => {
    const ids = overlapStyle(ground, 'dark', [farmland, farmland, boundary]).layers.map(({ id }) => id)
    expect(ids).toEqual([
      'ground', 'overlap-urban_growth_boundary-edge',
      'overlap-permanent_farmland', 'overlap-permanent_farmland-hatch', 'overlap-permanent_farmland-edge', 'selection', 'mark',
    ])
  })

  it('hatches with an image that the map has', () => {
    for (const theme of ['light', 'dark'] as const) {
      const hatch = overlapStyle(ground, theme, [farmland]).layers.find(({ id }) => id.endsWith('hatch'))
      expect(hatch?.type === 'fill' && Object.keys(CONTROL_PATTERNS)).toContain(hatch?.type === 'fill' ? hatch.paint?.['fill-pattern'] : '')
    }
  })
})
