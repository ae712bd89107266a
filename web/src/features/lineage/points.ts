/** Points that a person types or pastes: in degrees or metres of CGCS2000, either axis first; told by magnitude, never guessed. */

export type PointSystem = '4490' | '4526' | '4547'
export type Point = [east: number, north: number]

export type PointsProblem = { kind: 'row' | 'zone' | 'mixed', row: number } | { kind: 'few' }
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
  const wrong = (problem: PointsProblem): Points => ({ points: [], system: null, problem })
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
