import type { Geometry, LineString, Polygon, Position } from 'geojson'
import { onBeforeUnmount, onMounted, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { asProblem } from '@/api/problem'
import { cutBoundary } from '@/api/surveys'
import type { DrawEvents, Drawing, DrawMode, Shape } from '@/map/drawing'
import type { Theme } from '@/map/palette'
import { drawn } from '@/map/snapping'
import { draftOf, geometryOf, inOrderOf, keyOf, nextName, redrawn, released, ringsOf, withRing, type Draft, type Place, type Vertex } from '@/state/draft'
import { usePreferences } from '@/stores/preferences'
import type { Board } from './useBoundary'

export type Tool = 'edit' | Made
export type Draw = (theme: Theme, events: DrawEvents) => Promise<Drawing>
/** What is drawn at one go: another outline, a hole, a line to cut by. */
export type Made = 'outline' | 'hole' | 'line'
/** What became of a cut: pieces to choose from, or why there are none. */
export interface Cut { pieces: { draft: Draft, area: number }[], chosen: number }

const MODES: Record<Tool, DrawMode> = { edit: 'edit', outline: 'polygon', hole: 'polygon', line: 'line' }
const idOf = ({ part, ring }: Place): string => `${part}.${ring}`
const SNAP_DIGITS = 4

export interface DrawingBoard {
  tool: Ref<Tool>
  snapping: Ref<boolean>
  cut: ShallowRef<Cut | null>
  hint: ShallowRef<'notCut' | 'nothing' | null>
  /** The map can be drawn on. */
  ready: ShallowRef<boolean>
  cutting: ShallowRef<boolean>
  sketch: ShallowRef<{ undo: boolean, redo: boolean } | null>
  keep: (index: number) => void
  /** Takes points in the system of the survey as if they had been drawn. */
  make: (what: Made, points: Position[]) => Promise<void>
  undo: () => void
  redo: () => void
}

/** Holds the map's drawing and the board together: what is drawn changes the draft, and every draft is drawn. */
export function useDrawing(draw: Draw | null, board: Board, ring: Ref<Place>): DrawingBoard {
  const preferences = usePreferences()
  const tool = ref<Tool>(board.first ? 'outline' : 'edit')
  const snapping = ref(true)
  const cut = shallowRef<Cut | null>(null)
  const hint = shallowRef<'notCut' | 'nothing' | null>(null)
  const ready = shallowRef(false)
  const cutting = shallowRef(false)
  const sketch = shallowRef<{ undo: boolean, redo: boolean } | null>(null)
  const theme = (): Theme => (preferences.dark ? 'dark' : 'light')
  let session: Drawing | null = null
  let known = new Map<string, Vertex>()
  let knownIn: Board['plane']['value'] = null
  let around: Geometry[] = []
  let over = false

  const degrees = ({ x, y }: { x: number, y: number }): Position => drawn(board.plane.value?.toDegrees(x, y) ?? [0, 0])
  const fresh = ([lon = 0, lat = 0]: Position): Omit<Vertex, 'name'> => {
    const plane = board.plane.value
    const [x, y] = plane?.fromDegrees(lon, lat) ?? [0, 0]
    return { x: released(x, plane?.geographic ?? true), y: released(y, plane?.geographic ?? true) }
  }
  const line = (points: readonly Vertex[]): Position[] => points.map(degrees)
  const shapesOf = (draft: Draft): Shape[] => ringsOf(draft).map(({ place, ring: points }) => ({
    id: idOf(place), hollow: place.ring > 0, geometry: { type: 'Polygon', coordinates: [line([...points, ...points.slice(0, 1)])] },
  }))
  const namer = (): () => string | null => {
    const first = nextName(board.draft.value)
    let number = first === null ? 0 : Number(/\d+$/.exec(first)?.[0] ?? 1)
    return () => (first === null ? null : `${first.replace(/\d+$/, '')}${number++}`)
  }

  function show(): void {
    if (session === null) return
    for (const { ring: points } of ringsOf(board.draft.value)) for (const vertex of points) known.set(keyOf(degrees(vertex)), vertex)
    session.set(shapesOf(board.draft.value))
    retarget()
  }
  /** While points are dragged a ring must not snap to itself; what cuts it snaps to it. */
  function retarget(): void {
    if (session === null) return
    session.mode(MODES[tool.value])
    snap()
    if (tool.value === 'edit') session.choose(idOf(ring.value))
    sketch.value = null
  }
  function snap(): void {
    const own = tool.value === 'hole' || tool.value === 'line' ? shapesOf(board.draft.value).map(({ geometry }) => geometry) : []
    session?.snapTo(snapping.value ? [...around, ...own] : [])
  }
  /** Other neighbours may come while something is being drawn: what was snapped to stays known. */
  function takeNeighbours(): void {
    const plane = board.plane.value
    if (plane === null) return
    if (plane !== knownIn) known = new Map()
    knownIn = plane
    around = board.around.value.map((geometry) => {
      const own = draftOf(geometry, null)
      const exact = plane.geographic ? own : own.map((part) => part.map((points) => points.map(({ x, y }) => ({ x: Number(x.toFixed(SNAP_DIGITS)), y: Number(y.toFixed(SNAP_DIGITS)), name: null }))))
      for (const { ring: points } of ringsOf(exact)) for (const vertex of points) known.set(keyOf(degrees(vertex)), vertex)
      return { type: 'MultiPolygon', coordinates: exact.map((part) => part.map((points) => line([...points, ...points.slice(0, 1)]))) }
    })
    snap()
  }

  function changed(shapes: Shape[], id: string, how: 'drawn' | 'edited'): void {
    const shape = shapes.find((one) => one.id === id)
    if (shape === undefined) return
    const { geometry } = shape
    // The library is still at work on this very shape.
    setTimeout(() => {
      if (how === 'drawn') void finished(geometry)
      else if (geometry.type === 'Polygon') edited(geometry.coordinates[0] ?? [], id)
    })
  }
  function edited(points: Position[], id: string): void {
    const found = ringsOf(board.draft.value).find(({ place }) => idOf(place) === id)
    if (found === undefined) return
    ring.value = found.place
    // Of points that several rings share, this ring's own come first.
    const own = new Map([...known, ...found.ring.map((vertex) => [keyOf(degrees(vertex)), vertex] as const)])
    board.apply(withRing(board.draft.value, found.place, redrawn(points, found.ring, own, fresh, namer())))
  }
  async function finished(geometry: Polygon | LineString): Promise<void> {
    const used = tool.value
    const points = geometry.type === 'Polygon' ? (geometry.coordinates[0] ?? []).slice(0, -1) : geometry.coordinates
    tool.value = 'edit'
    await make(used === 'edit' ? 'line' : used, points.map((point) => known.get(keyOf(point)) ?? fresh(point)).map(({ x, y }) => [x, y]))
  }
  async function make(what: Made, points: Position[]): Promise<void> {
    hint.value = cut.value = null
    if (what === 'line') return divide({ type: 'LineString', coordinates: points }, 2)
    if (what === 'hole') return divide({ type: 'Polygon', coordinates: [[...points, ...points.slice(0, 1)]] }, 1)
    const name = namer()
    ring.value = { part: 0, ring: 0 }
    board.apply([[points.map(([x = 0, y = 0]) => ({ x, y, name: name() }))]])
  }
  async function divide(by: Polygon | LineString, least: number): Promise<void> {
    const found = board.boundary.data.value
    if (found === null) return
    const before = board.draft.value
    const names = new Map(before.flat(2).map(({ x, y, name }) => [keyOf([x, y]), name]))
    cutting.value = true
    try {
      const pieces = (await cutBoundary(geometryOf(before), by, `EPSG:${found.crs}`)).map(({ geometry, area_plane_m2: area }) => {
        const name = namer()
        const piece = inOrderOf(draftOf(geometry, null), before).map((part) => part.map((points) => points.map((vertex) => ({ ...vertex, name: names.get(keyOf([vertex.x, vertex.y])) ?? name() }))))
        board.measured(piece, area)
        return { area, draft: piece }
      })
      const largest = pieces[0]
      ring.value = { part: 0, ring: 0 }
      if (largest === undefined || pieces.length < least) {
        hint.value = largest === undefined ? 'nothing' : 'notCut'
        show()
      } else {
        board.apply(largest.draft)
        if (pieces.length > 1) cut.value = { pieces, chosen: 0 }
      }
    } catch (thrown) {
      board.problem.value = asProblem(thrown)
      show()
    }
    cutting.value = false
  }

  async function begin(): Promise<void> {
    if (draw === null || board.plane.value === null) return
    if (session === null) {
      const made = await draw(theme(), { changed, steps: (undo, redo) => { sketch.value = session?.sketching() === true ? { undo, redo } : null } })
      if (over) { made.stop(); return }
      session = made
      ready.value = true
    }
    show()
  }
  onMounted(() => {
    watch(board.around, takeNeighbours, { immediate: true })
    watch(board.boundary.data, () => void begin(), { immediate: true })
    watch(board.draft, (now, before) => { if (board.first && (now.length === 0) !== (before.length === 0)) tool.value = now.length === 0 ? 'outline' : 'edit' })
    watch(board.draft, show)
    watch([tool, snapping, ring], retarget)
    watch(() => preferences.dark, () => session?.theme(theme()))
  })
  onBeforeUnmount(() => {
    over = true
    session?.stop()
    session = null
  })

  return {
    tool, snapping, cut, hint, ready, cutting, sketch, make,
    keep(index) {
      const piece = cut.value?.pieces[index]
      if (cut.value === null || piece === undefined) return
      board.instead(piece.draft)
      cut.value = { ...cut.value, chosen: index }
    },
    undo() {
      cut.value = null
      if (session?.sketching() === true) session.undo()
      else board.undo()
    },
    redo() {
      if (session?.sketching() === true) session.redo()
      else board.redo()
    },
  }
}
