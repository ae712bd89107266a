import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { describe, expect, it } from 'vitest'
import { publishedStyle } from './published-style'

describe('the published style', () => {
  it.each(['light', 'dark'] as const)('is valid and needs nothing but the tiles: %s', (theme) => {
    const style = publishedStyle(theme)
    expect(validateStyleMin(style)).toEqual([])
    expect(Object.keys(style.sources).sort()).toEqual(['backdrop', 'parcels'])
    expect(style.layers.some((layer) => layer.id === 'parcel')).toBe(true)
    expect(JSON.stringify(style)).not.toContain('pattern')
  })
})
