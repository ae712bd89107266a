import { expect, it } from 'vitest'
import { placeOf } from './places'

it('leads to the page of what is due', () => {
  const all = (): boolean => true
  expect(placeOf({ subject: 'plan', id: 3, kind: 'plan_target_scheme' }, all)).toEqual({ name: 'plan', params: { id: 3, tab: 'targets' } })
  expect(placeOf({ subject: 'plan', id: 3, kind: 'plan_publication' }, all)).toEqual({ name: 'plan', params: { id: 3, tab: 'progress' } })
  expect(placeOf({ subject: 'lot', id: 4, kind: 'lot_close' }, all)).toEqual({ name: 'lot', params: { id: 4 } })
  expect(placeOf({ subject: 'lot', id: 4, kind: 'lot_close' }, () => false)).toBeNull()
})
