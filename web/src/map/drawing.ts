/** Drawing on the map. Loaded only when somebody starts to draw: the library is not part of the first load. */
import type { Geometry, LineString, Polygon, Position } from 'geojson'
import type { Map as GlMap } from 'maplibre-gl'
import {
  TerraDraw, TerraDrawLineStringMode, TerraDrawModeUndoRedo, TerraDrawPolygonMode, TerraDrawSelectMode,
  type GeoJSONStoreFeatures, type SnapToCustom,
} from 'terra-draw'
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter'
import { History } from '@/state/history'
import { drawingStyles } from './drawing-style'
import { DRAWING_PREFIX } from './layers'
import type { Theme } from './palette'
import { DEGREE_DIGITS, drawn, linesOf, snapped } from './snapping'

/** `rest` shows what is drawn; `edit` moves, inserts and (by right click) deletes vertices. */
export type DrawMode = 'rest' | 'polygon' | 'line' | 'edit'
/** A ring or a line in degrees; a `hollow` ring is drawn without fill. A polygon has one ring: holes are shapes of their own. */
export interface Shape { id: string, geometry: Polygon | LineString, hollow?: boolean }

export interface DrawEvents {
  /** A shape was finished (`drawn`) or its vertices changed (`edited`): everything that is drawn now. */
  changed: (shapes: Shape[], id: string, how: 'drawn' | 'edited') => void
  /** Undo and redo became possible or impossible. */
  steps: (undo: boolean, redo: boolean) => void
}

export interface Drawing {
  mode: (mode: DrawMode) => void
  shapes: () => Shape[]
  /** Replaces what is drawn; the steps before can no longer be taken back. */
  set: (shapes: readonly Shape[]) => void
  /** Shows the vertices of one shape. */
  choose: (id: string) => void
  /** What vertices snap to; an empty list lets them fall freely. */
  snapTo: (neighbours: readonly Geometry[]) => void
  theme: (theme: Theme) => void
  /** True while a shape is being drawn that is not finished. */
  sketching: () => boolean
  /** Takes back the last vertex of an unfinished shape, else the last finished step. */
  undo: () => void
  redo: () => void
  /** Ends the session; what was drawn is forgotten. */
  stop: () => void
}

const SNAP_PIXELS = 12
const LIBRARY_MODE: Record<DrawMode, string> = { rest: 'static', polygon: 'polygon', line: 'linestring', edit: 'select' }

function toStore({ id, geometry, hollow = false }: Shape): GeoJSONStoreFeatures {
  const properties = { mode: geometry.type === 'Polygon' ? 'polygon' : 'linestring', hollow }
  return geometry.type === 'Polygon'
    ? { type: 'Feature', id, properties, geometry: { type: 'Polygon', coordinates: [(geometry.coordinates[0] ?? []).map(drawn)] } }
    : { type: 'Feature', id, properties, geometry: { type: 'LineString', coordinates: geometry.coordinates.map(drawn) } }
}

function fromStore({ id, geometry, properties }: GeoJSONStoreFeatures): Shape[] {
  if (geometry.type === 'Point' || properties.currentlyDrawing === true) return []
  return [{ id: String(id), geometry, ...(properties.hollow === true ? { hollow: true } : {}) }]
}

/** Starts a drawing session on a map whose style stands. */
export function startDrawing(map: GlMap, theme: Theme, events: DrawEvents): Drawing {
  let lines: Position[][] = []
  const toCustom: SnapToCustom = ({ lng, lat, containerX, containerY }, { unproject }) => {
    const aside = unproject(containerX + SNAP_PIXELS, containerY + SNAP_PIXELS)
    return snapped([lng, lat], lines, [Math.abs(aside.lng - lng), Math.abs(aside.lat - lat)]) ?? undefined
  }
  const snapping = { toCustom }
  const look = drawingStyles(theme)
  const vertices = { selfIntersectable: true, coordinates: { draggable: true, deletable: true, midpoints: { draggable: true }, snappable: snapping } }
  const draw = new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, prefixId: DRAWING_PREFIX, coordinatePrecision: DEGREE_DIGITS }),
    idStrategy: { isValidId: (id) => typeof id === 'string', getId: () => crypto.randomUUID() },
    tracked: false,
    undoRedo: { modeLevel: new TerraDrawModeUndoRedo() },
    modes: [
      new TerraDrawPolygonMode({ styles: look.polygon, snapping }),
      new TerraDrawLineStringMode({ styles: look.line, snapping }),
      new TerraDrawSelectMode({ styles: look.edit, flags: { polygon: { feature: vertices }, linestring: { feature: vertices } }, keyEvents: null, dragEventThrottle: 1 }),
    ],
  })
  draw.start()

  const shapes = (): Shape[] => draw.getSnapshot().flatMap(fromStore)
  const sketching = (): boolean => draw.getModeState() === 'drawing'
  let history = new History<Shape[]>([])
  const tellSteps = (): void => events.steps(sketching() ? draw.canUndo() : history.canUndo, sketching() ? draw.canRedo() : history.canRedo)
  function show(next: readonly Shape[]): void {
    const mode = draw.getMode()
    if (mode === 'select') draw.setMode('static')
    draw.removeFeatures(shapes().map(({ id }) => id))
    draw.addFeatures(next.map(toStore))
    if (mode === 'select') draw.setMode(mode)
  }
  function step(to: Shape[]): void {
    show(to)
    tellSteps()
    events.changed(to, to[0]?.id ?? '', 'edited')
  }
  draw.on('finish', (id, { action }) => {
    const now = shapes()
    history.push(now)
    tellSteps()
    events.changed(now, String(id), action === 'draw' ? 'drawn' : 'edited')
  })
  draw.on('history', tellSteps)

  return {
    mode(mode) {
      draw.setMode(LIBRARY_MODE[mode])
      tellSteps()
    },
    shapes,
    set(next) {
      show(next)
      history = new History(shapes())
      tellSteps()
    },
    choose(id) {
      if (draw.getMode() === 'select' && draw.hasFeature(id)) draw.selectFeature(id)
    },
    snapTo(neighbours) {
      lines = neighbours.flatMap(linesOf).map((line) => line.map(drawn))
    },
    theme(next) {
      const styles = drawingStyles(next)
      draw.updateModeOptions<typeof TerraDrawPolygonMode>('polygon', { styles: styles.polygon })
      draw.updateModeOptions<typeof TerraDrawLineStringMode>('linestring', { styles: styles.line })
      draw.updateModeOptions<typeof TerraDrawSelectMode>('select', { styles: styles.edit })
    },
    sketching,
    undo() {
      if (sketching()) draw.undo()
      else if (history.canUndo) step(history.undo())
    },
    redo() {
      if (sketching()) draw.redo()
      else if (history.canRedo) step(history.redo())
    },
    stop: () => draw.stop(),
  }
}
