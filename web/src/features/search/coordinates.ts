/** A point that someone typed: degrees for EPSG:4490, metres (easting, northing) for a projected system. */
export interface TypedPoint { crs: number, x: number, y: number }

const NUMBER = /[-+]?\d+(?:\.\d+)?/g
/** CGCS2000, 3° zones, central meridian 114° without the zone number: the district's own. */
const LOCAL = 4547
/** CGCS2000 / 3-degree Gauss-Kruger zone 25: the first of those whose easting carries the zone number. */
const ZONE_25 = 4513

const between = (value: number, low: number, high: number): boolean => value >= low && value <= high
const isNorthing = (value: number): boolean => between(value, 300_000, 6_000_000)
const inZone = (easting: number): boolean => between(easting, 150_000, 850_000)

function projected(easting: number, northing: number): TypedPoint | null {
  if (!isNorthing(northing)) return null
  if (inZone(easting)) return { crs: LOCAL, x: easting, y: northing }
  const zone = Math.floor(easting / 1_000_000)
  return between(zone, 25, 45) && inZone(easting % 1_000_000) ? { crs: ZONE_25 + zone - 25, x: easting, y: northing } : null
}

/** Recognise coordinates within China by their magnitude, in either order; `null` when the text is something else. */
export function typedPoint(text: string): TypedPoint | null {
  if (!/^[\s\d.,，;；+\-°EeNn东经北纬:：XYxy=]+$/.test(text)) return null
  const numbers = (text.match(NUMBER) ?? []).map(Number)
  const [a, b] = numbers
  if (numbers.length !== 2 || a === undefined || b === undefined) return null
  for (const [x, y] of [[a, b], [b, a]] as const) {
    if (between(x, 73, 136) && between(y, 3, 54)) return { crs: 4490, x, y }
  }
  // Surveyors write the northing first (X), the rest of the world the easting: the larger of two unprefixed figures is the northing here.
  return a > b && isNorthing(a) && inZone(b) ? projected(b, a) : projected(a, b) ?? projected(b, a)
}
