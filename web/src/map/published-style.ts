import type { StyleSpecification } from 'maplibre-gl'
import { NO_FILTERS } from '@/state/filters'
import { parcelFilter, STATE_NOW } from './filter'
import { LAYER_IDS } from './layers'
import type { Theme } from './palette'
import { mapStyle, type MapLook } from './style'

const ALL = Object.fromEntries(LAYER_IDS.map((id) => [id, true])) as MapLook['visible']

/** The style for other map clients: only what tiles and TileJSON bring; hatches, and with them the control layers, are drawn by our page alone. */
export function publishedStyle(theme: Theme): StyleSpecification {
  const { sources, layers, ...rest } = mapStyle({
    theme, visible: ALL, opacity: {}, state: STATE_NOW, filter: parcelFilter(NO_FILTERS, null), filtered: false, matches: [],
    selection: null, mark: null, control: [], mu: '亩', names: { english: false, counts: {} }, fontFaces: undefined,
  })
  const kept = Object.fromEntries(Object.entries(sources).filter(([id, source]) => source.type === 'vector' && id !== 'control'))
  return {
    ...rest,
    name: `供地一张图 · ${theme}`,
    sources: kept,
    layers: layers.filter((layer) => (!('source' in layer) || layer.source in kept) && !('fill-pattern' in (layer.paint ?? {}))),
  }
}
