import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import type { StyleSpecification } from 'maplibre-gl'
import { describe, expect, it } from 'vitest'
import { READINESS, READINESS_LOOK, readinessStyle } from './style-readiness'

const ground: StyleSpecification = { version: 8, 'font-faces': { 'Noto Sans SC': '/a.woff2' }, sources: {}, layers: [{ id: 'ground', type: 'background' }, { id: 'selection', type: 'background' }] }

describe('readinessStyle', () => {
  it('draws land, points and shapes under the outline of the chosen parcel', () => {
    expect(readinessStyle(ground, 'dark', 1).layers.map(({ id }) => id)).toEqual(['ground', 'readiness', 'readiness-edge', 'readiness-point', 'readiness-shape', 'selection'])
  })

  it('is a valid style', () => {
    for (const theme of ['light', 'dark'] as const) expect(validateStyleMin(readinessStyle(ground, theme, 0.5))).toEqual([])
  })

  it('says every state by a colour and a shape of its own', () => {
    expect(new Set(READINESS.map((one) => READINESS_LOOK[one].fill)).size).toBe(4)
    expect(new Set(READINESS.map((one) => READINESS_LOOK[one].shape)).size).toBe(4)
  })
})
