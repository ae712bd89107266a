/** A boundary being edited: rings of exact coordinates in the system it was surveyed in. What the map shows is a copy. */
import type { MultiPolygon, Position } from 'geojson'

export interface Vertex { readonly x: number, readonly y: number, readonly name: string | null }
/** Open: the first point is not repeated. */
export type Ring = readonly Vertex[]
/** Polygons, each its shell and then its holes. */
export type Draft = readonly (readonly Ring[])[]
export interface Place { part: number, ring: number }

const METRE_DIGITS = 3
const DEGREE_DIGITS = 9
/** Where a pointer let go: to a millimetre, or a tenth of it in degrees. A typed coordinate is never rounded. */
export const released = (value: number, geographic: boolean): number => Number(value.toFixed(geographic ? DEGREE_DIGITS : METRE_DIGITS))

export function draftOf(geometry: MultiPolygon, numbers: readonly (readonly string[])[] | null): Draft {
  let ring = 0
  return geometry.coordinates.map((part) => part.map((closed) => {
    const names = numbers?.[ring++]
    return closed.slice(0, -1).map(([x = 0, y = 0], index) => ({ x, y, name: names?.[index] ?? null }))
  }))
}

const closed = (ring: Ring): Position[] => [...ring, ...ring.slice(0, 1)].map(({ x, y }) => [x, y])
export const geometryOf = (draft: Draft): MultiPolygon => ({ type: 'MultiPolygon', coordinates: draft.map((part) => part.map(closed)) })

/** The numbers of all points, ring by ring; null where the survey has none. */
export function numbersOf(draft: Draft): string[][] | null {
  const names = draft.flat().map((ring) => ring.flatMap(({ name }) => (name === null ? [] : [name])))
  return draft.flat().every((ring, index) => names[index]?.length === ring.length) ? names : null
}

/** Every ring with its place, in the order in which findings count them. */
export const ringsOf = (draft: Draft): { place: Place, ring: Ring }[] =>
  draft.flatMap((part, p) => part.map((ring, r) => ({ place: { part: p, ring: r }, ring })))

/** The next free number like those there are (J12 → J13); J1 of nothing, null where points have none. */
export function nextName(draft: Draft): string | null {
  if (draft.length === 0) return 'J1'
  const names = draft.flat(2).flatMap(({ name }) => (name === null ? [] : [name]))
  if (names.length === 0) return null
  const prefix = /^\D*/.exec(names[0] ?? '')?.[0] ?? ''
  const numbers = names.map((name) => Number(name.slice(prefix.length))).filter(Number.isInteger)
  return `${prefix}${Math.max(0, ...numbers) + 1}`
}

const at = <T>(list: readonly T[], index: number, change: (item: T) => T): T[] => list.map((item, i) => (i === index ? change(item) : item))

export const withRing = (draft: Draft, { part, ring }: Place, next: Ring): Draft => at(draft, part, (rings) => at(rings, ring, () => next))
const ringAt = (draft: Draft, { part, ring }: Place): Ring => draft[part]?.[ring] ?? []

export const moved = (draft: Draft, place: Place, index: number, x: number, y: number): Draft =>
  withRing(draft, place, at(ringAt(draft, place), index, ({ name }) => ({ x, y, name })))

/** A point between the two that it is joined to. */
export const neighboursOf = (ring: Ring, index: number, point: { x: number, y: number }): { x: number, y: number }[] =>
  [ring.at(index - 1), point, ring[(index + 1) % ring.length]].flatMap((one) => one ?? [])

/** A new point in the middle of the edge after `index`. */
export function inserted(draft: Draft, place: Place, index: number, geographic: boolean): Draft {
  const ring = ringAt(draft, place)
  const [one, two] = [ring[index], ring[(index + 1) % ring.length]]
  if (one === undefined || two === undefined) return draft
  const middle = { x: released((one.x + two.x) / 2, geographic), y: released((one.y + two.y) / 2, geographic), name: nextName(draft) }
  return withRing(draft, place, [...ring.slice(0, index + 1), middle, ...ring.slice(index + 1)])
}

/** Without a point; a ring keeps three. */
export function removed(draft: Draft, place: Place, index: number): Draft {
  const ring = ringAt(draft, place)
  return ring.length <= 3 ? draft : withRing(draft, place, ring.filter((_, i) => i !== index))
}

/** Without a hole, or without a part if another is left. */
export function withoutRing(draft: Draft, { part, ring }: Place): Draft {
  if (ring > 0) return at(draft, part, (rings) => rings.filter((_, i) => i !== ring))
  return draft.length > 1 ? draft.filter((_, i) => i !== part) : draft
}

export const same = (a: Draft, b: Draft): boolean => a === b || JSON.stringify(geometryOf(a)) === JSON.stringify(geometryOf(b))

/** Twice the signed area on the plane. */
const turn = (points: readonly Position[]): number =>
  points.reduce((sum, [x = 0, y = 0], i) => {
    const [nx = 0, ny = 0] = points[(i + 1) % points.length] ?? []
    const [ox = 0, oy = 0] = points[0] ?? []
    return sum + (x - ox) * (ny - oy) - (nx - ox) * (y - oy)
  }, 0)

/** Area on the plane that `project` leads to, in m²: shells less their holes. */
export const areaOf = (draft: Draft, project: (x: number, y: number) => Position): number =>
  ringsOf(draft).reduce((sum, { place, ring }) => sum + (place.ring === 0 ? 1 : -1) * Math.abs(turn(ring.map(({ x, y }) => project(x, y)))) / 2, 0)

/**
 * The ring that the map drew, in exact coordinates: points that the map was given are what they were, others are where
 * the pointer let go. The map may have turned the ring round; it keeps its own direction and first point.
 */
export function redrawn(drawn: readonly Position[], before: Ring, known: ReadonlyMap<string, Vertex>, fresh: (position: Position) => Omit<Vertex, 'name'>, name: () => string | null): Ring {
  const open = drawn.slice(0, -1)
  const was = [...before]
  const names = new Set(was)
  const ring = open.map((position): Vertex => {
    const met = known.get(keyOf(position))
    if (met !== undefined) return names.has(met) ? met : { x: met.x, y: met.y, name: null }
    return { ...fresh(position), name: null }
  })
  const turned = was.length > 2 && turnOf(ring) !== turnOf(was)
  const ordered = turned ? [...ring].reverse() : ring
  const kept = was.find((vertex) => ordered.includes(vertex))
  const start = kept === undefined ? 0 : (ordered.indexOf(kept) - was.indexOf(kept) + ordered.length) % ordered.length
  const result = was.length === ordered.length ? [...ordered.slice(start), ...ordered.slice(0, start)] : startingWith(ordered, kept)
  // A moved point keeps its number; a new one gets the next.
  const free = was.filter((vertex) => !result.includes(vertex)).map((vertex) => vertex.name)
  return result.map((vertex) => (was.includes(vertex) ? vertex : { ...vertex, name: free.shift() ?? name() }))
}

const turnOf = (ring: Ring): number => Math.sign(turn(ring.map(({ x, y }) => [x, y])))

/** A draft that was cut, each ring in the direction and from the first point of the ring it was cut from. */
export function inOrderOf(next: Draft, before: Draft): Draft {
  const rings = ringsOf(before).map(({ ring }) => ({ ring, keys: ring.map(({ x, y }) => keyOf([x, y])) }))
  return next.map((part) => part.map((ring) => {
    const keys = ring.map(({ x, y }) => keyOf([x, y]))
    const old = rings.find((one) => one.keys.some((key) => keys.includes(key)))
    if (old === undefined) return ring
    const directed = turnOf(ring) === turnOf(old.ring) ? ring : [...ring].reverse()
    const first = old.keys.find((key) => keys.includes(key))
    return startingWith(directed, directed.find(({ x, y }) => keyOf([x, y]) === first))
  }))
}

function startingWith(ring: readonly Vertex[], first: Vertex | undefined): Vertex[] {
  const index = first === undefined ? 0 : ring.indexOf(first)
  return [...ring.slice(index), ...ring.slice(0, index)]
}

export const keyOf = ([lon = 0, lat = 0]: Position): string => `${lon},${lat}`
