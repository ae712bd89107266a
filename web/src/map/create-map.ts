import { AttributionControl, Map as GlMap, Point, ScaleControl, setWorkerUrl, type MapGeoJSONFeature, type StyleSpecification } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import 'maplibre-gl/dist/maplibre-gl.css'
import type { DayState } from '@/api/parcels'
import type { Position } from '@/state/url'
import { CONTROL_PATTERNS } from './control'
import type { DrawEvents, Drawing } from './drawing'
import { DRAWING_PREFIX } from './layers'
import type { Theme } from './palette'
import { PATTERNS, PIXEL_RATIO } from './patterns'

setWorkerUrl(workerUrl)

export type Box = readonly [west: number, south: number, east: number, north: number]
export interface LonLat { lon: number, lat: number }
/** A parcel under the pointer; its code is known only near (from z14). */
export interface Hit { id: number, code: string | null, name: string | null }
/** What the map shows; `summed`: so far away that some parcels are summed up in cells. */
export interface View { position: Position, box: Box, summed: boolean }

export interface MapEvents {
  moved: (view: View) => void
  /** Asked what stands at a point; `summed`: a cell stands there for many; `adding`: with Ctrl or Shift, to what is chosen. */
  asked: (at: LonLat, hits: Hit[], summed: boolean, adding: boolean) => void
  hovered: (id: number | null) => void
  pointed: (at: LonLat | null) => void
  /** Some of the map could not be read. */
  failed: () => void
  /** All that was asked for first is there, or could not be read. */
  drawn: () => void
}

export interface MapHandle {
  show: (style: StyleSpecification) => void
  /** Shows a box whole, above a sheet that covers that share of the height; `closest` limits the zoom. */
  fit: (box: Box, closest: number, covered: number) => void
  go: (position: Position) => void
  zoomBy: (steps: number) => void
  /** Asks what stands in the middle of the map: identify without a pointer. */
  askCentre: (adding: boolean) => void
  highlight: (id: number | null) => void
  /** Marks the parcels that are chosen, by id. */
  choose: (ids: readonly number[]) => void
  /** Colours the parcels as they stood on another day, without reading a tile; `null`: as they stand. */
  showDay: (states: ReadonlyMap<number, DayState> | null) => void
  /** Reads the parcels' tiles again; unchanged ones cost only a 304. */
  refresh: () => void
  /** Starts drawing; until it stops, a click asks nothing of the map. Loads the library for it. */
  draw: (theme: Theme, events: DrawEvents) => Promise<Drawing>
  name: (label: string) => void
  remove: () => void
}

/** MapLibre draws with WebGL2 only, and says nothing when it is missing. */
export const canDraw = (): boolean => document.createElement('canvas').getContext('webgl2') !== null

const MOTION_MS = 150
const PARCELS = { source: 'parcels', sourceLayer: 'parcels' } as const
const LABELS = { source: 'parcels', sourceLayer: 'parcel_label' } as const
const NOT_THERE = { stage: null, hold: null, idle: null }
const PADDING = 40
/** A hand that moves less than this while it clicks does not drag. */
const STEADY_PX = 4

function hitsOf(features: MapGeoJSONFeature[]): Hit[] {
  const found = new Map<number, Hit>()
  for (const { id, properties } of features) {
    if (typeof id !== 'number') continue
    const { code, name } = properties as { code?: string, name?: string }
    found.set(id, { id, code: code ?? null, name: name ?? null })
  }
  return [...found.values()]
}

/** A new style keeps what is being drawn, which is no part of it. */
function keepDrawing(before: StyleSpecification | undefined, next: StyleSpecification): StyleSpecification {
  const ours = (id: string): boolean => id.startsWith(DRAWING_PREFIX)
  if (before?.layers.some(({ id }) => ours(id)) !== true) return next
  const sources = Object.fromEntries(Object.entries(before.sources).filter(([id]) => ours(id)))
  return { ...next, sources: { ...next.sources, ...sources }, layers: [...next.layers, ...before.layers.filter(({ id }) => ours(id))] }
}

/** Draws the map into `container`; `start` is a position, or the box that has to be seen. */
export function createMap(container: HTMLElement, style: StyleSpecification, start: Position | Box, events: MapEvents): MapHandle {
  const map = new GlMap({
    container, style, ...('zoom' in start ? { center: [start.lon, start.lat], zoom: start.zoom } : { bounds: [...start], fitBoundsOptions: { padding: PADDING } }),
    minZoom: 7, maxZoom: 20, maxPitch: 0, dragRotate: false, pitchWithRotate: false, renderWorldCopies: false, fadeDuration: MOTION_MS,
    attributionControl: false, boxZoom: { boxZoomEnd: (_, from, to) => { boxed(from, to) } },
    // The worker knows no page to be relative to.
    transformRequest: (url) => ({ url: new URL(url, location.href).href }),
  })
  map.keyboard.disableRotation()
  map.touchZoomRotate.disableRotation()
  map.addControl(new AttributionControl({ compact: false }), 'bottom-right')
  map.addControl(new ScaleControl({ maxWidth: 120, unit: 'metric' }), 'bottom-left')

  const busy = (): void => { delete container.dataset.mapIdle }
  let shown: View = { position: { zoom: 0, lat: 0, lon: 0 }, box: [0, 0, 0, 0], summed: false }
  function view(): View {
    const { lng, lat } = map.getCenter()
    const bounds = map.getBounds()
    const summed = map.isSourceLoaded('parcels') ? map.querySourceFeatures('parcels', { sourceLayer: 'cells' }).length > 0 : shown.summed
    shown = { position: { zoom: map.getZoom(), lat, lon: lng }, box: [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()], summed }
    return shown
  }
  const at = (point: { x: number, y: number }, layer: string): MapGeoJSONFeature[] =>
    (map.getLayer(layer) === undefined ? [] : map.queryRenderedFeatures([point.x, point.y], { layers: [layer] }))
  const under = (point: { x: number, y: number }): Hit[] => hitsOf(at(point, 'parcel')).filter(({ id }) => day === null || day.has(id))
  const ask = (point: { x: number, y: number }, { lng, lat }: { lng: number, lat: number }, adding: boolean): void =>
    events.asked({ lon: lng, lat }, under(point), at(point, 'cells').length > 0, adding)

  // The library takes a press with Shift for the beginning of a box, and keeps the click to itself.
  function boxed(from: Point, to: Point): void {
    if (from.dist(to) >= STEADY_PX) map.fitScreenCoordinates(from, to, 0, { linear: true, duration: MOTION_MS })
    else if (!drawing) ask(to, map.unproject(to), true)
  }
  map.on('boxzoomcancel', ({ originalEvent: event }) => {
    if (!(event instanceof MouseEvent)) return
    const { left, top } = map.getCanvas().getBoundingClientRect()
    const point = new Point(event.clientX - left, event.clientY - top)
    boxed(point, point)
  })

  let hovered: number | null = null
  function highlight(id: number | null): void {
    if (id === hovered || map.getSource(PARCELS.source) === undefined) return
    if (hovered !== null) map.setFeatureState({ ...PARCELS, id: hovered }, { hover: false })
    if (id !== null) map.setFeatureState({ ...PARCELS, id }, { hover: true })
    hovered = id
  }

  let chosen: readonly number[] = []
  function mark(ids: readonly number[], on: boolean): void {
    if (map.getSource(PARCELS.source) !== undefined) for (const id of ids) map.setFeatureState({ ...PARCELS, id }, { chosen: on })
  }

  let day: ReadonlyMap<number, DayState> | null = null
  function colour(before: ReadonlyMap<number, DayState> | null): void {
    if (map.getSource(PARCELS.source) === undefined) return
    for (const layer of [PARCELS, LABELS]) {
      for (const id of before?.keys() ?? []) if (day?.has(id) !== true) map.setFeatureState({ ...layer, id }, NOT_THERE)
      for (const [id, state] of day ?? []) if (before?.get(id) !== state) map.setFeatureState({ ...layer, id }, state)
    }
  }

  let drawing = false
  // Until the first style stands there is nothing to take a difference from.
  let styled = false
  let waiting: StyleSpecification | null = null
  map.on('style.load', () => {
    styled = true
    if (waiting !== null) map.setStyle(waiting, { transformStyle: keepDrawing })
    waiting = null
    mark(chosen, true)
    colour(null)
    for (const [id, image] of Object.entries({ ...PATTERNS, ...CONTROL_PATTERNS })) if (!map.hasImage(id)) map.addImage(id, image, { pixelRatio: PIXEL_RATIO })
  })
  map.on('idle', () => {
    container.dataset.mapIdle = 'true'
    const before = shown.summed
    if (view().summed !== before) events.moved(shown)
  })
  void map.once('idle', () => { events.drawn() })
  map.on('movestart', busy)
  map.on('moveend', () => events.moved(view()))
  map.on('load', () => events.moved(view()))
  map.on('error', (event) => {
    // What a request could not bring is told to the person; the rest is for whoever reads the console.
    if ('tile' in event || 'status' in event.error) events.failed()
    else console.error(event.error)
  })
  map.on('click', ({ point, lngLat, originalEvent: { ctrlKey, metaKey, shiftKey } }) => {
    if (!drawing) ask(point, lngLat, ctrlKey || metaKey || shiftKey)
  })
  map.on('mousemove', ({ point, lngLat }) => {
    events.pointed({ lon: lngLat.lng, lat: lngLat.lat })
    if (drawing) return
    const id = under(point)[0]?.id ?? null
    if (id !== hovered) {
      highlight(id)
      events.hovered(id)
      map.getCanvas().style.cursor = id === null ? '' : 'pointer'
    }
  })
  map.on('mouseout', () => {
    highlight(null)
    events.hovered(null)
    events.pointed(null)
  })

  return {
    show(next) {
      busy()
      if (styled) map.setStyle(next, { transformStyle: keepDrawing })
      else waiting = next
      map.triggerRepaint()
    },
    fit: (box, closest, covered) => map.fitBounds([...box], {
      padding: { top: PADDING, right: PADDING, left: PADDING, bottom: PADDING + covered * container.clientHeight },
      maxZoom: closest, duration: MOTION_MS,
    }),
    go: ({ zoom, lat, lon }) => map.easeTo({ center: [lon, lat], zoom, duration: MOTION_MS }),
    zoomBy: (steps) => map.easeTo({ zoom: map.getZoom() + steps, duration: MOTION_MS }),
    askCentre(adding) {
      if (!drawing) ask(map.project(map.getCenter()), map.getCenter(), adding)
    },
    highlight,
    choose(ids) {
      mark(chosen.filter((id) => !ids.includes(id)), false)
      mark(ids, true)
      chosen = ids
    },
    showDay(states) {
      const before = day
      day = states
      colour(before)
    },
    refresh() {
      busy()
      map.refreshTiles('parcels')
      map.triggerRepaint()
    },
    async draw(theme, drawEvents) {
      const { startDrawing } = await import('./drawing')
      if (!styled) await map.once('style.load')
      const session = startDrawing(map, theme, drawEvents)
      drawing = true
      highlight(null)
      return {
        ...session,
        stop() {
          drawing = false
          session.stop()
        },
      }
    },
    name(label) {
      map.getCanvas().setAttribute('aria-label', label)
    },
    remove: () => map.remove(),
  }
}
