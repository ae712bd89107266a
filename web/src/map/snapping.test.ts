import { describe, expect, it } from 'vitest'
import { drawn, linesOf, snapped } from './snapping'

const square = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]
const reach = [1, 1] as const

describe('snapped', () => {
  it('prefers a vertex within reach to a nearer edge', () => {
    expect(snapped([9.5, 0.1], [square], reach)).toEqual([10, 0])
  })
  it('falls on an edge where no vertex is near', () => {
    expect(snapped([5, 0.5], [square], reach)).toEqual([5, 0])
  })
  it('stays free where nothing is near', () => {
    expect(snapped([5, 5], [square], reach)).toBeNull()
    expect(snapped([5, 5], [], reach)).toBeNull()
  })
  it('takes the nearest of several', () => {
    expect(snapped([0.4, 0.4], [square, [[0.5, 0.5], [3, 3]]], reach)).toEqual([0.5, 0.5])
  })
  it('measures each axis with its own reach', () => {
    expect(snapped([5, 0.5], [square], [1, 0.4])).toBeNull()
  })
  it('bears an edge without length', () => {
    expect(snapped([1.2, 1], [[[1, 1], [1, 1]]], reach)).toEqual([1, 1])
  })
})

it('finds the lines of every geometry', () => {
  const line = { type: 'LineString' as const, coordinates: [[1, 1], [2, 2]] }
  expect(linesOf({ type: 'Polygon', coordinates: [square] })).toEqual([square])
  expect(linesOf({ type: 'MultiPolygon', coordinates: [[square], [square]] })).toEqual([square, square])
  expect(linesOf({ type: 'GeometryCollection', geometries: [line, { type: 'Point', coordinates: [0, 0] }] })).toEqual([line.coordinates])
})

it('rounds degrees below a micrometre and drops heights', () => {
  expect(drawn([113.123456789012345, 34.9, 88])).toEqual([113.12345678901, 34.9])
})
