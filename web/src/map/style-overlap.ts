import type { FilterSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'
import type { Feature, MultiPolygon } from 'geojson'
import { CONTROL_COLOUR, controlPattern, type ControlLook } from './control'
import type { Theme } from './palette'

/** The land of a parcel that a control layer speaks of. */
export interface Overlap { look: ControlLook, geometry: MultiPolygon }

const SOURCE = 'overlap'

function drawn({ key, colour, pattern }: ControlLook, theme: Theme): LayerSpecification[] {
  const filter: FilterSpecification = ['==', ['get', 'type'], key]
  const ink = CONTROL_COLOUR[theme][colour]
  const hatch: LayerSpecification[] = pattern === 'outline'
    ? []
    : [{ id: `overlap-${key}-hatch`, type: 'fill', source: SOURCE, filter, paint: { 'fill-pattern': controlPattern(theme, colour, pattern) } }]
  return [
    { id: `overlap-${key}`, type: 'fill', source: SOURCE, filter, paint: { 'fill-color': ink, 'fill-opacity': 0.22 } },
    ...hatch,
    { id: `overlap-${key}-edge`, type: 'line', source: SOURCE, filter, layout: { 'line-join': 'round' }, paint: { 'line-color': ink, 'line-width': 2.5 } },
  ]
}

/** The map's style with the overlapped pieces of the chosen parcel in it, under its outline, each as its type is drawn. */
export function overlapStyle(style: StyleSpecification, theme: Theme, overlaps: readonly Overlap[]): StyleSpecification {
  if (overlaps.length === 0) return style
  const features: Feature[] = overlaps.map(({ look, geometry }) => ({ type: 'Feature', properties: { type: look.key }, geometry }))
  const looks = [...new Map(overlaps.map(({ look }) => [look.key, look])).values()]
  const above = style.layers.findIndex(({ id }) => id === 'selection-halo' || id === 'selection')
  const at = above === -1 ? style.layers.length : above
  return {
    ...style,
    sources: { ...style.sources, [SOURCE]: { type: 'geojson', data: { type: 'FeatureCollection', features } } },
    layers: [...style.layers.slice(0, at), ...looks.flatMap((look) => drawn(look, theme)), ...style.layers.slice(at)],
  }
}
