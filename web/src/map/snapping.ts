import type { Geometry, Position } from 'geojson'

/** Digits after the point of degrees while drawing: a micrometre, far below the 0.1 mm that counts. */
export const DEGREE_DIGITS = 11
const FACTOR = 10 ** DEGREE_DIGITS
export const drawn = (position: Position): Position => position.slice(0, 2).map((value) => Math.round(value * FACTOR) / FACTOR)

/** Every line of a geometry: rings of polygons and line strings. */
export function linesOf(geometry: Geometry): Position[][] {
  switch (geometry.type) {
    case 'LineString': return [geometry.coordinates]
    case 'Polygon':
    case 'MultiLineString': return geometry.coordinates
    case 'MultiPolygon': return geometry.coordinates.flat()
    case 'GeometryCollection': return geometry.geometries.flatMap(linesOf)
    default: return []
  }
}

/**
 * Where a point near neighbours belongs: on their nearest vertex within reach, else on their nearest edge; null when
 * none is near. `reach` is in degrees of longitude and latitude, so that it can be the same length on the screen.
 */
export function snapped([x = 0, y = 0]: Position, lines: readonly Position[][], reach: readonly [lon: number, lat: number]): Position | null {
  const away = ([lon = 0, lat = 0]: Position): number => Math.hypot((lon - x) / reach[0], (lat - y) / reach[1])
  let vertex: Position | null = null
  let edge: Position | null = null
  let toVertex = 1
  let toEdge = 1
  for (const line of lines) {
    for (const [index, end] of line.entries()) {
      const far = away(end)
      if (far <= toVertex) [vertex, toVertex] = [end, far]
      const begin = line[index - 1]
      if (begin === undefined) continue
      const foot = footOn(begin, end, [x, y], reach)
      const beside = away(foot)
      if (beside <= toEdge) [edge, toEdge] = [foot, beside]
    }
  }
  return vertex ?? edge
}

function footOn([ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position, [x, y]: readonly [number, number], [rx, ry]: readonly [number, number]): Position {
  const [dx, dy] = [(bx - ax) / rx, (by - ay) / ry]
  const length = dx * dx + dy * dy
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, (((x - ax) / rx) * dx + ((y - ay) / ry) * dy) / length))
  return [ax + share * (bx - ax), ay + share * (by - ay)]
}
