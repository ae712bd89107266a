import { expect, it } from 'vitest'
import { insideOf } from './inside'

const box = (west: number, south: number, east: number, north: number) => [[west, south], [east, south], [east, north], [west, north], [west, south]]

it('stands in the middle of a rectangle', () => {
  const [x = 0, y = 0] = insideOf({ type: 'MultiPolygon', coordinates: [[box(0, 0, 10, 4)]] })
  expect([x, y]).toEqual([5, expect.closeTo(2, 3)])
})

it('takes the largest part, and the wider side of a hole', () => {
  const [x = 0] = insideOf({ type: 'MultiPolygon', coordinates: [[box(100, 0, 101, 1)], [box(0, 0, 10, 10), box(1, 1, 4, 9)]] })
  expect(x).toBe(7)
})

it('stays inside an L', () => {
  const [x = 0, y = 0] = insideOf({ type: 'MultiPolygon', coordinates: [[[[0, 0], [10, 0], [10, 1], [1, 1], [1, 10], [0, 10], [0, 0]]]] })
  expect([x, y]).toEqual([0.5, expect.closeTo(5, 3)])
})
