/** Gauss-Krüger planes of CGCS2000: degrees to metres and back, to a thousandth of a millimetre. */

export interface Plane {
  epsg: number
  geographic: boolean
  toDegrees: (x: number, y: number) => [lon: number, lat: number]
  fromDegrees: (lon: number, lat: number) => [x: number, y: number]
}

const SEMI_MAJOR_M = 6_378_137
const FLATTENING = 1 / 298.257222101
const RADIANS = Math.PI / 180
const ECCENTRICITY = Math.sqrt(FLATTENING * (2 - FLATTENING))
const N = FLATTENING / (2 - FLATTENING)
const RECTIFYING_M = (SEMI_MAJOR_M / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64)
// Krüger's series to the fourth order of N (Karney 2011, eq. 35 and 36): what is left out is a ten-thousandth of a millimetre.
const FORWARD = [
  N / 2 - (2 * N ** 2) / 3 + (5 * N ** 3) / 16 + (41 * N ** 4) / 180, (13 * N ** 2) / 48 - (3 * N ** 3) / 5 + (557 * N ** 4) / 1440,
  (61 * N ** 3) / 240 - (103 * N ** 4) / 140, (49561 * N ** 4) / 161280,
]
const BACK = [
  N / 2 - (2 * N ** 2) / 3 + (37 * N ** 3) / 96 - N ** 4 / 360, N ** 2 / 48 + N ** 3 / 15 - (437 * N ** 4) / 1440,
  (17 * N ** 3) / 480 - (37 * N ** 4) / 840, (4397 * N ** 4) / 161280,
]

/** Width, number and prefix of a zone by its EPSG code: four unbroken rows of codes. */
export function zoneOf(epsg: number): { meridian: number, falseEasting: number } | null {
  const zone = (width: 3 | 6, number: number, prefixed: boolean) => ({ meridian: width === 3 ? number * 3 : number * 6 - 3, falseEasting: 500_000 + (prefixed ? number * 1_000_000 : 0) })
  if (epsg >= 4491 && epsg <= 4501) return zone(6, epsg - 4478, true)
  if (epsg >= 4502 && epsg <= 4512) return zone(6, epsg - 4489, false)
  if (epsg >= 4513 && epsg <= 4533) return zone(3, epsg - 4488, true)
  if (epsg >= 4534 && epsg <= 4554) return zone(3, epsg - 4509, false)
  return null
}

/** The systems that coordinates near a longitude are shown in: its 3° zone without and with the number in front, degrees. */
export function systemsAt(lon: number): [local: number, prefixed: number, degrees: number] {
  const number = Math.floor((lon + 1.5) / 3)
  return [number + 4509, number + 4488, 4490]
}

/** The plane of an EPSG code; for 4490 degrees stay what they are. Throws RangeError for any other system. */
export function planeOf(epsg: number): Plane {
  if (epsg === 4490) return { epsg, geographic: true, toDegrees: (x, y) => [x, y], fromDegrees: (lon, lat) => [lon, lat] }
  const zone = zoneOf(epsg)
  if (zone === null) throw new RangeError(`no plane for EPSG:${epsg}`)
  const { meridian, falseEasting } = zone
  return {
    epsg, geographic: false,
    fromDegrees(lon, lat) {
      const [xi, eta] = forward((lon - meridian) * RADIANS, lat * RADIANS)
      return [falseEasting + RECTIFYING_M * eta, RECTIFYING_M * xi]
    },
    toDegrees(x, y) {
      const [lon, lat] = back(y / RECTIFYING_M, (x - falseEasting) / RECTIFYING_M)
      return [meridian + lon / RADIANS, lat / RADIANS]
    },
  }
}

const conformal = (tau: number): number => {
  const sigma = Math.sinh(ECCENTRICITY * Math.atanh((ECCENTRICITY * tau) / Math.hypot(1, tau)))
  return tau * Math.hypot(1, sigma) - sigma * Math.hypot(1, tau)
}

function series(terms: readonly number[], xi: number, eta: number): [xi: number, eta: number] {
  let [dx, de] = [0, 0]
  for (const [index, term] of terms.entries()) {
    const twice = 2 * (index + 1)
    dx += term * Math.sin(twice * xi) * Math.cosh(twice * eta)
    de += term * Math.cos(twice * xi) * Math.sinh(twice * eta)
  }
  return [dx, de]
}

function forward(lambda: number, phi: number): [xi: number, eta: number] {
  const tau = conformal(Math.tan(phi))
  const xi = Math.atan2(tau, Math.cos(lambda))
  const eta = Math.asinh(Math.sin(lambda) / Math.hypot(tau, Math.cos(lambda)))
  const [dx, de] = series(FORWARD, xi, eta)
  return [xi + dx, eta + de]
}

function back(xi: number, eta: number): [lambda: number, phi: number] {
  const [dx, de] = series(BACK, xi, eta)
  const [x, e] = [xi - dx, eta - de]
  const wanted = Math.sin(x) / Math.hypot(Math.sinh(e), Math.cos(x))
  let tau = wanted
  for (let turn = 0; turn < 6; turn++) {
    const found = conformal(tau)
    const step = ((wanted - found) / Math.hypot(1, found)) * ((1 + (1 - ECCENTRICITY ** 2) * tau ** 2) / ((1 - ECCENTRICITY ** 2) * Math.hypot(1, tau)))
    tau += step
    if (Math.abs(step) < 1e-15) break
  }
  return [Math.atan2(Math.sinh(e), Math.cos(x)), Math.atan(tau)]
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

/** A point in another system; where only the zone number differs, by adding it, so that no digit is lost. */
export function converted([x, y]: readonly [number, number], from: Plane, to: Plane): [x: number, y: number] {
  if (from.epsg === to.epsg) return [x, y]
  const [a, b] = [zoneOf(from.epsg), zoneOf(to.epsg)]
  if (a !== null && b !== null && a.meridian === b.meridian) return [rounded(x + b.falseEasting - a.falseEasting, 6), y]
  return to.fromDegrees(...from.toDegrees(x, y))
}
