import { expect, it } from 'vitest'
import { converted, planeOf, systemsAt } from './plane'

// What PROJ 9 says of the same points.
const KNOWN = [
  { epsg: 4547, lon: 113.73, lat: 34.77, x: 475283.3926385387, y: 3849110.2651200527 },
  { epsg: 4526, lon: 113.73, lat: 34.77, x: 38475283.39263854, y: 3849110.2651200527 },
  { epsg: 4547, lon: 112.5, lat: 34.7, x: 362564.2860718393, y: 3842335.8415501583 },
  { epsg: 4497, lon: 113.73, lat: 34.77, x: 19749945.36459198, y: 3852474.4073945354 },
  { epsg: 4508, lon: 112.5, lat: 34.7, x: 637435.7139281596, y: 3842335.8415501583 },
]

it('agrees with PROJ to a thousandth of a millimetre, both ways', () => {
  for (const { epsg, lon, lat, x, y } of KNOWN) {
    const plane = planeOf(epsg)
    const [e, n] = plane.fromDegrees(lon, lat)
    expect(Math.abs(e - x), `${epsg}`).toBeLessThan(1e-6)
    expect(Math.abs(n - y), `${epsg}`).toBeLessThan(1e-6)
    const [backLon, backLat] = plane.toDegrees(x, y)
    expect(Math.abs(backLon - lon)).toBeLessThan(1e-11)
    expect(Math.abs(backLat - lat)).toBeLessThan(1e-11)
  }
})

it('comes back to where it started, at the edge of a zone too', () => {
  for (const [lon, lat] of [[112.5, 3], [115.5, 53.5], [114, 34.7], [116.999, 30]] as const) {
    for (const epsg of [4547, 4526, 4508]) {
      const plane = planeOf(epsg)
      const [backLon, backLat] = plane.toDegrees(...plane.fromDegrees(lon, lat))
      expect(Math.hypot(backLon - lon, backLat - lat)).toBeLessThan(1e-11)
    }
  }
})

it('puts the zone number in front without losing a digit', () => {
  const [local, prefixed] = [planeOf(4547), planeOf(4526)]
  expect(converted([475283.3932, 3849110.2654], local, prefixed)).toEqual([38475283.3932, 3849110.2654])
  expect(converted([38475283.3932, 3849110.2654], prefixed, local)).toEqual([475283.3932, 3849110.2654])
  expect(converted([113.731234567, 34.77], planeOf(4490), planeOf(4490))).toEqual([113.731234567, 34.77])
})

it('knows the systems of a place, and no other', () => {
  expect(systemsAt(113.73)).toEqual([4547, 4526, 4490])
  expect(systemsAt(112.49)).toEqual([4546, 4525, 4490])
  expect(() => planeOf(4326)).toThrow(RangeError)
})
