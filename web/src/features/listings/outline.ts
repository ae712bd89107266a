import type { MultiPolygon, Position } from 'geojson'

export interface Outline {
  /** One path a shape, in pixels of the box. */
  paths: string[]
  /** A round length and how long it is in the box. */
  bar: { metres: number, pixels: number }
}

const DEGREE_M = 111_320

/** Boundaries (degrees) drawn into a box, north up and true to shape: over a plot the Earth is flat enough. */
export function outline(shapes: readonly MultiPolygon[], width: number, height: number): Outline | null {
  const points = shapes.flatMap((shape) => shape.coordinates.flat(2))
  if (points.length === 0) return null
  const [lons, lats] = [points.map((one) => one[0] ?? 0), points.map((one) => one[1] ?? 0)]
  const [west, east, south, north] = [Math.min(...lons), Math.max(...lons), Math.min(...lats), Math.max(...lats)]
  const across = Math.cos(((south + north) / 2) * Math.PI / 180) * DEGREE_M
  const [wide, high] = [(east - west) * across, (north - south) * DEGREE_M]
  const scale = Math.min(width / wide, height / high)
  const [left, top] = [(width - wide * scale) / 2, (height - high * scale) / 2]
  const at = ([lon = 0, lat = 0]: Position): string =>
    `${(left + (lon - west) * across * scale).toFixed(1)} ${(top + (north - lat) * DEGREE_M * scale).toFixed(1)}`
  const metres = roundBelow(width / 3 / scale)
  return {
    paths: shapes.map((shape) => shape.coordinates.flat().map((ring) => `M${ring.slice(0, -1).map(at).join('L')}Z`).join('')),
    bar: { metres, pixels: metres * scale },
  }
}

/** The largest of 1, 2, 5 × 10ⁿ that is not above a length. */
export function roundBelow(length: number): number {
  const power = 10 ** Math.floor(Math.log10(length))
  return power * ([5, 2, 1].find((one) => one * power <= length) ?? 1)
}
