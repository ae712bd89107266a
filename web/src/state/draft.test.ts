import { describe, expect, it } from 'vitest'
import type { Position } from 'geojson'
import { areaOf, draftOf, geometryOf, inOrderOf, inserted, keyOf, moved, neighboursOf, nextName, numbersOf, redrawn, removed, ringsOf, same, withoutRing, type Draft, type Vertex } from './draft'

const square: Position[] = [[0, 0], [0, 10.0001], [10, 10], [10, 0], [0, 0]]
const hole: Position[] = [[4, 4], [6, 4], [6, 6], [4, 6], [4, 4]]
const draft = draftOf({ type: 'MultiPolygon', coordinates: [[square, hole]] }, [['J1', 'J2', 'J3', 'J4'], ['J5', 'J6', 'J7', 'J8']])
const shell = { part: 0, ring: 0 }
const plain = (x: number, y: number): Position => [x, y]

describe('a draft', () => {
  it('gives back exactly what it was made of', () => {
    expect(geometryOf(draft)).toEqual({ type: 'MultiPolygon', coordinates: [[square, hole]] })
    expect(numbersOf(draft)).toEqual([['J1', 'J2', 'J3', 'J4'], ['J5', 'J6', 'J7', 'J8']])
    expect(numbersOf(draftOf({ type: 'MultiPolygon', coordinates: [[square]] }, null))).toBeNull()
    expect(ringsOf(draft).map(({ place }) => place)).toEqual([shell, { part: 0, ring: 1 }])
  })
  it('moves one point and leaves the others alone', () => {
    const next = moved(draft, shell, 1, 0.00012, 11)
    expect(next[0]?.[0]?.[1]).toEqual({ x: 0.00012, y: 11, name: 'J2' })
    expect(next[0]?.[0]?.[0]).toBe(draft[0]?.[0]?.[0])
    expect(next[0]?.[1]).toBe(draft[0]?.[1])
    expect([same(draft, next), same(draft, moved(next, shell, 1, 0, 10.0001))]).toEqual([false, true])
  })
  it('inserts points with the next number, also after the last one', () => {
    expect(inserted(draft, shell, 3, false)[0]?.[0]?.at(-1)).toEqual({ x: 5, y: 0, name: 'J9' })
    expect(nextName(draftOf({ type: 'MultiPolygon', coordinates: [[square]] }, null))).toBeNull()
    expect(nextName([])).toBe('J1')
  })
  it('joins a point to the two beside it', () => {
    expect(neighboursOf(draft[0]?.[0] ?? [], 0, { x: 1, y: 2 })).toMatchObject([{ x: 10, y: 0 }, { x: 1, y: 2 }, { x: 0, y: 10.0001 }])
    expect(neighboursOf(draft[0]?.[0] ?? [], 3, { x: 1, y: 2 })).toMatchObject([{ x: 10, y: 10 }, { x: 1, y: 2 }, { x: 0, y: 0 }])
  })
  it('removes points down to a triangle, and holes', () => {
    const three = removed(draft, shell, 0)
    expect(three[0]?.[0]?.map(({ name }) => name)).toEqual(['J2', 'J3', 'J4'])
    expect(removed(three, shell, 0)).toBe(three)
    expect(withoutRing(draft, { part: 0, ring: 1 })[0]).toHaveLength(1)
    expect(withoutRing(draft, shell)).toBe(draft)
  })
  it('measures shells less their holes', () => {
    expect(areaOf(draft, plain)).toBeCloseTo(100.0005 - 4, 6)
  })
})

describe('a ring that the map drew', () => {
  const ring = draft[0]?.[0] ?? []
  const degrees = ({ x, y }: Vertex): Position => [x / 1000, y / 1000]
  const known = new Map(ring.map((vertex) => [keyOf(degrees(vertex)), vertex]))
  const fresh = ([lon = 0, lat = 0]: Position): Omit<Vertex, 'name'> => ({ x: Math.round(lon * 1e6) / 1e3, y: Math.round(lat * 1e6) / 1e3 })
  const read = (points: Position[]): readonly Vertex[] => redrawn([...points, ...points.slice(0, 1)], ring, known, fresh, () => 'J9')

  it('keeps untouched points to the last digit, and the number of the moved one', () => {
    const [a, b, , d] = ring.map(degrees) as [Position, Position, Position, Position]
    const next = read([a, b, [0.0111111, 0.0122222], d])
    expect([next[0], next[1], next[3]]).toEqual([ring[0], ring[1], ring[3]])
    expect(next[2]).toEqual({ x: 11.111, y: 12.222, name: 'J3' })
  })
  it('keeps its direction and first point when the map turned it round', () => {
    const points = ring.map(degrees).reverse()
    expect(read(points)).toEqual(ring)
    expect(read([...points.slice(2), ...points.slice(0, 2)])).toEqual(ring)
  })
  it('numbers a new point, and forgets the number of a deleted one', () => {
    const points = ring.map(degrees)
    expect(read([...points.slice(0, 2), [0.005, 0.012], ...points.slice(2)]).map(({ name }) => name)).toEqual(['J1', 'J2', 'J9', 'J3', 'J4'])
    expect(read(points.slice(1)).map(({ name }) => name)).toEqual(['J2', 'J3', 'J4'])
  })
  it('takes the coordinates of a neighbour it snapped to', () => {
    const neighbour: Vertex = { x: 10.00007, y: 10.00003, name: null }
    const points = ring.map(degrees)
    points[2] = [0.01000007, 0.01000003]
    const next = redrawn([...points, points[0] ?? []], ring, new Map([...known, [keyOf(points[2]), neighbour]]), fresh, () => 'J9')
    expect(next[2]).toEqual({ x: 10.00007, y: 10.00003, name: 'J3' })
  })
})

it('keeps direction and first point of a ring that was cut', () => {
  const cut = draftOf({ type: 'MultiPolygon', coordinates: [[[[5, 0], [5, 10], [0, 10.0001], [0, 0], [5, 0]], [[1, 1], [2, 1], [2, 2], [1, 1]]]] }, null)
  const [shape] = inOrderOf(cut, draft)
  expect(shape?.[0]?.map(({ x, y }) => [x, y])).toEqual([[0, 0], [0, 10.0001], [5, 10], [5, 0]])
  expect(shape?.[1]).toBe(cut[0]?.[1])
})

it('is the same draft only with the same coordinates', () => {
  const other: Draft = draftOf(geometryOf(draft), null)
  expect(same(draft, other)).toBe(true)
})
