import type { MultiPolygon, Position } from 'geojson'

/** Twice the area of a ring, without its sign; small figures, for degrees are reckoned from the first point. */
function doubleArea(ring: readonly Position[]): number {
  const [x0 = 0, y0 = 0] = ring[0] ?? []
  return Math.abs(ring.reduce((sum, [x = 0, y = 0], at) => {
    const [nextX = 0, nextY = 0] = ring[(at + 1) % ring.length] ?? []
    return sum + (x - x0) * (nextY - y0) - (nextX - x0) * (y - y0)
  }, 0))
}

/** A point inside the largest part of a shape, for its words: in the middle of the widest stretch half way up. */
export function insideOf({ coordinates }: MultiPolygon): Position {
  const [largest = []] = [...coordinates].sort((a, b) => doubleArea(b[0] ?? []) - doubleArea(a[0] ?? []))
  const heights = (largest[0] ?? []).map((point) => point[1] ?? 0)
  // Off the middle by a hair, so that no vertex lies on it.
  const y = Math.min(...heights) + (Math.max(...heights) - Math.min(...heights)) * 0.5000137
  const crossings = largest.flatMap((ring) => ring.slice(1).flatMap(([bx = 0, by = 0], at) => {
    const [ax = 0, ay = 0] = ring[at] ?? []
    return (ay > y) === (by > y) ? [] : [ax + ((y - ay) / (by - ay)) * (bx - ax)]
  })).sort((a, b) => a - b)
  let widest = [0, 0] as [number, number]
  for (let at = 0; at + 1 < crossings.length; at += 2) {
    const [from, to] = [crossings[at] ?? 0, crossings[at + 1] ?? 0]
    if (to - from > widest[1] - widest[0]) widest = [from, to]
  }
  return [(widest[0] + widest[1]) / 2, y]
}
