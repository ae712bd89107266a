import { describe, expect, it } from 'vitest'
import { outline, roundBelow } from './outline'

const square = (lon: number, lat: number, side: number) => ({
  type: 'MultiPolygon' as const,
  coordinates: [[[[lon, lat], [lon + side / Math.cos(lat * Math.PI / 180), lat], [lon + side / Math.cos(lat * Math.PI / 180), lat + side], [lon, lat + side], [lon, lat]]]],
})

describe('outline', () => {
  it('draws a square as a square in the middle of a wider box, north up', () => {
    const drawn = outline([square(113.7, 34.7, 0.001)], 200, 100)
    const points = drawn?.paths[0]?.slice(1, -1).split('L').map((one) => one.split(' ').map(Number)) ?? []
    expect(points.map(([, y]) => y)).toEqual([100, 100, 0, 0])
    expect(points[0]?.[0]).toBeCloseTo(50, 0)
    expect(points[1]?.[0]).toBeCloseTo(150, 0)
  })
  it('measures with a round bar', () => {
    const drawn = outline([square(113.7, 34.7, 0.001)], 200, 100)
    expect(drawn?.bar.metres).toBe(50)
    expect(drawn?.bar.pixels).toBeCloseTo(44.9, 1)
  })
  it('keeps holes and several shapes apart', () => {
    const [a, b] = [square(113.7, 34.7, 0.001), square(113.702, 34.7, 0.001)]
    expect(outline([a, b], 100, 100)?.paths).toHaveLength(2)
    expect(outline([{ ...a, coordinates: [[...a.coordinates[0] ?? [], ...square(113.7003, 34.7003, 0.0002).coordinates[0] ?? []]] }], 100, 100)?.paths[0]?.match(/M/g)).toHaveLength(2)
  })
  it('draws nothing of nothing', () => { expect(outline([], 10, 10)).toBeNull() })
  it.each([[1, 1], [49, 20], [50, 50], [0.3, 0.2], [999, 500]])('rounds %d down to %d', (length, round) => {
    expect(roundBelow(length)).toBeCloseTo(round, 6)
  })
})
