import { expect, it } from 'vitest'
import type { Position } from 'geojson'
import { together } from './repairing'

const square = (x: number): Position[] => [[x, 0], [x + 1, 0], [x + 1, 1], [x, 0]]

it('shows the shapes of all rows as one; what is too large to show is left out', () => {
  const one = { before: { type: 'Polygon' as const, coordinates: [square(0)] }, after: { type: 'MultiPolygon' as const, coordinates: [[square(0)], [square(5)]] } }
  expect(together([one, { before: null, after: null }, one])).toEqual({
    before: { type: 'MultiPolygon', coordinates: [[square(0)], [square(0)]] },
    after: { type: 'MultiPolygon', coordinates: [[square(0)], [square(5)], [square(0)], [square(5)]] },
  })
})
