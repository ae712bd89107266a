import type { FilterSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'
import type { Feature, MultiPolygon } from 'geojson'
import { CONTROL_COLOUR, controlPattern, type ControlLook } from './control'
import type { Theme } from './palette'

/** The land of a parcel that a control layer speaks of. */
export interface Overlap { look: ControlLook, geometry: MultiPolygon }

const SOURCE = 'overlap'
/** Under a hatch, so that its colour is told on whatever the parcel's own is. */
const GROUND: Record<Theme, string> = { light: '#ffffff', dark: '#16191d' }

function drawn({ key, colour, pattern }: ControlLook, theme: Theme): LayerSpecification[] {
  const filter: FilterSpecification = ['==', ['get', 'type'], key]
  const ink = CONTROL_COLOUR[theme][colour]
  const inside: LayerSpecification[] = pattern === 'outline'
    ? []
    : [
        { id: `overlap-${key}`, type: 'fill', source: SOURCE, filter, paint: { 'fill-color': GROUND[theme], 'fill-opacity': 0.45 } },
        { id: `overlap-${key}-hatch`, type: 'fill', source: SOURCE, filter, paint: { 'fill-pattern': controlPattern(theme, colour, pattern) } },
      ]
  return [
    ...inside,
    { id: `overlap-${key}-edge`, type: 'line', source: SOURCE, filter, layout: { 'line-join': 'round' }, paint: { 'line-color': ink, 'line-width': 2.5 } },
  ]
}

/** The map's style with the overlapped pieces of the chosen parcel under its outline; the first, the gravest, on top. */
export function overlapStyle(style: StyleSpecification, theme: Theme, overlaps: readonly Overlap[]): StyleSpecification {
  if (overlaps.length === 0) return style
  const features: Feature[] = overlaps.map(({ look, geometry }) => ({ type: 'Feature', properties: { type: look.key }, geometry }))
  const looks = [...new Map(overlaps.map(({ look }) => [look.key, look])).values()].reverse()
  const above = style.layers.findIndex(({ id }) => id === 'selection-halo' || id === 'selection')
  const at = above === -1 ? style.layers.length : above
  return {
    ...style,
    sources: { ...style.sources, [SOURCE]: { type: 'geojson', data: { type: 'FeatureCollection', features } } },
    layers: [...style.layers.slice(0, at), ...looks.flatMap((look) => drawn(look, theme)), ...style.layers.slice(at)],
  }
}
