import type { ExpressionSpecification, GeoJSONSourceSpecification, StyleSpecification } from 'maplibre-gl'
import type { MultiPolygon, Point, Polygon } from 'geojson'
import type { StateOf } from './filter'
import { controlLayers, type ControlLook } from './control'
import { TILEJSON, type LayerId } from './layers'
import { GROUND, type Stage, type Theme } from './palette'
import { groundLabels, groundLayers, type PlaceNames, type Toggle } from './style-ground'
import { chosenLayers, parcelLabels, parcelLayers } from './style-parcels'

type LonLat = readonly [lon: number, lat: number]

/** Everything that decides how the map looks. */
export interface MapLook {
  theme: Theme
  visible: Readonly<Record<LayerId, boolean>>
  opacity: Readonly<Partial<Record<LayerId, number>>>
  state: StateOf
  filter: ExpressionSpecification
  filtered: boolean
  /** Far away and filtered: the parcels that match, as points. */
  matches: readonly { id: number, stage: Stage, centre: LonLat }[]
  selection: { geometry: Polygon | MultiPolygon, centre: LonLat } | null
  mark: LonLat | null
  /** How each type of control layer is drawn. */
  control: readonly ControlLook[]
  names: PlaceNames
  /** The word for 亩 on labels. */
  mu: string
  fontFaces: StyleSpecification['font-faces']
}

const point = ([lon, lat]: LonLat): Point => ({ type: 'Point', coordinates: [lon, lat] })

const features = (found: readonly { geometry: Point | Polygon | MultiPolygon, properties?: Record<string, string>, id?: number }[]): GeoJSONSourceSpecification => ({
  type: 'geojson',
  data: { type: 'FeatureCollection', features: found.map(({ properties = {}, ...feature }) => ({ type: 'Feature', properties, ...feature })) },
})

/** The map's style: nothing in it but what `look` says. */
export function mapStyle(look: MapLook): StyleSpecification {
  const ground = GROUND[look.theme]
  const toggle: Toggle = {
    visibility: (id) => (look.visible[id] ? 'visible' : 'none'),
    opacity: (id) => look.opacity[id] ?? 1,
  }
  const parcels = { ...toggle, ground, theme: look.theme, state: look.state, filter: look.filter, filtered: look.filtered, mu: look.mu }
  return {
    version: 8,
    ...(look.fontFaces === undefined ? {} : { 'font-faces': look.fontFaces }),
    sources: {
      backdrop: { type: 'vector', url: TILEJSON.backdrop },
      parcels: { type: 'vector', url: TILEJSON.parcels },
      control: { type: 'vector', url: TILEJSON.control },
      matches: features(look.matches.map(({ id, stage, centre }) => ({ id, geometry: point(centre), properties: { stage } }))),
      selection: features(look.selection === null ? [] : [{ geometry: look.selection.geometry }]),
      'selection-point': features(look.selection === null ? [] : [{ geometry: point(look.selection.centre) }]),
      mark: features(look.mark === null ? [] : [{ geometry: point(look.mark) }]),
    },
    layers: [
      ...groundLayers(ground, toggle),
      ...parcelLayers(parcels),
      ...controlLayers(look.control, look.theme, toggle),
      ...groundLabels(ground, toggle, look.names),
      ...chosenLayers(ground),
      parcelLabels(parcels),
    ],
  }
}
