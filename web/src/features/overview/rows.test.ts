import { expect, it } from 'vitest'
import { besideOf, rowsAt } from './rows'

it('opens parcels on the map, with the same filters and day', () => {
  expect(rowsAt('/api/v1/parcels?stage=sold&region=410105562&as_of=2022-01-31', { year: '2022' })).toEqual({ name: 'map', query: { stage: 'sold', region: '410105562', as_of: '2022-01-31', open: 'list' } })
})

it('opens beside the dashboard what no page shows', () => {
  for (const address of ['/api/v1/parcels?stage=sold&known_at=2022-01-31T23%3A59%3A59%2B08%3A00', '/api/v1/parcels?region=1&region=2', '/api/v1/overview/lots?event=sell&from=2022-01-01&to=2022-01-31']) {
    expect(rowsAt(address, { year: '2022' })).toEqual({ query: { year: '2022', rows: address } })
    expect(besideOf(address)).not.toBeNull()
  }
  expect(besideOf('/api/v1/users')).toBeNull()
})

it('opens plots in their plan', () => {
  expect(rowsAt('/api/v1/plans/7/items?district=1&district=2', {}, { supplied: 'true' })).toEqual({ name: 'plan', params: { id: '7', tab: 'items' }, query: { district: ['1', '2'], supplied: 'true' } })
})
