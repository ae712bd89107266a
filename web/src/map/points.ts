/** Points that a person types or pastes: in degrees or metres of CGCS2000, either axis first; told by magnitude, never guessed. */
import type { Position } from 'geojson'
import { planeOf, systemsAt } from '@/map/plane'

export type PointSystem = '4490' | '4526' | '4547'
export type Point = [east: number, north: number]

export type PointsProblem = { kind: 'row' | 'zone' | 'mixed', row: number } | { kind: 'few' }
/** With a problem, `points` are those of the rows before it. */
export interface Points { points: Point[], system: PointSystem | null, problem: PointsProblem | null }

const within = (value: number, [low, high]: readonly [number, number]): boolean => value >= low && value <= high
// China: the ranges of the two axes never meet (service/geo/crs.py).
const NORTH = [1.8e6, 6e6] as const
const EAST = [1e5, 9e5] as const
const EAST_ZONED = [1.3e7, 4.6e7] as const
const LON = [73, 136] as const
const LAT = [3, 54] as const
const ZONE = 38

/** The system of a pair, easting first; null: no point in China. */
function systemOf([east, north]: Point): PointSystem | 'zone' | null {
  if (within(east, LON) && within(north, LAT)) return '4490'
  if (!within(north, NORTH)) return null
  if (within(east, EAST)) return '4547'
  if (!within(east, EAST_ZONED)) return null
  return Math.floor(east / 1e6) === ZONE ? '4526' : 'zone'
}

/** The two coordinates of a row: before them may stand a point number and a ring number, behind them a height. */
function pairOf(row: string): [number, number] | null {
  let words = row.trim().split(/[\s,，;；、]+/u).filter((word) => word !== '')
  while (words.length > 2 && (!Number.isFinite(Number(words[0])) || /^\d{1,4}$/.test(words[0] ?? ''))) words = words.slice(1)
  const [a, b] = words.map(Number)
  return a !== undefined && b !== undefined && Number.isFinite(a) && Number.isFinite(b) ? [a, b] : null
}

/** Reads a point a line; the first row that is no use is named. */
export function readPoints(text: string): Points {
  const points: Point[] = []
  let system: PointSystem | null = null
  const wrong = (problem: PointsProblem): Points => ({ points, system, problem })
  for (const [at, row] of text.split(/\r?\n/).entries()) {
    if (row.trim() === '') continue
    const pair = pairOf(row)
    if (pair === null) return wrong({ kind: 'row', row: at + 1 })
    const [a, b] = pair
    const point: Point = systemOf([a, b]) === null ? [b, a] : [a, b]
    const found = systemOf(point)
    if (found === null) return wrong({ kind: 'row', row: at + 1 })
    if (found === 'zone') return wrong({ kind: 'zone', row: at + 1 })
    if (system !== null && system !== found) return wrong({ kind: 'mixed', row: at + 1 })
    system = found
    points.push(point)
  }
  return new Set(points.map(String)).size < 2 ? { points, system, problem: { kind: 'few' } } : { points, system, problem: null }
}

/** Where typed points lie, degrees: also of a line that is not finished. */
export const placesOf = ({ points, system }: Points): Position[] => (system === null ? [] : points.map(([x, y]) => planeOf(Number(system)).toDegrees(x, y)))

const ZONED = 4526
const METRE_DIGITS = 4
const DEGREE_DIGITS = 9
/** A line on the map as a person would type it: in metres with the number of the zone, or degrees outside zone 38. */
export function writtenOf(places: readonly Position[]): string {
  const inZone = places.every(([lon = 0]) => systemsAt(lon)[1] === ZONED)
  const [plane, digits] = inZone ? [planeOf(ZONED), METRE_DIGITS] as const : [planeOf(4490), DEGREE_DIGITS] as const
  return places.map(([lon = 0, lat = 0], at) => {
    const [east, north] = plane.fromDegrees(lon, lat)
    return `J${at + 1},${north.toFixed(digits)},${east.toFixed(digits)}`
  }).join('\n')
}

/** Length of a line on the plane of its place, m. */
export function lengthOf(places: readonly Position[]): number {
  const plane = planeOf(systemsAt(places[0]?.[0] ?? 0)[0])
  const metres = places.map(([lon = 0, lat = 0]) => plane.fromDegrees(lon, lat))
  return metres.reduce((sum, [x, y], at) => { const [a, b] = metres[at - 1] ?? [x, y]; return sum + Math.hypot(x - a, y - b) }, 0)
}
