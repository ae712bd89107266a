import { expect, it } from 'vitest'
import { complete, indicesOf, rowsOf } from './indices'

const ROWS = [{ name: 'tax_per_mu', sense: 'at_least' as const, target: '50', from: '2025' }, { name: 'far', sense: 'at_least' as const, target: '1.6', from: '' }]

it('reads indices and sends them back as exact text', () => {
  const announced = [{ name: 'tax_per_mu', sense: 'at_least' as const, target: '50.0000', from_year: 2025 }, { name: 'far', sense: 'at_least' as const, target: '1.6', from_year: null }]
  expect(rowsOf(announced)).toEqual(ROWS)
  expect(indicesOf(ROWS)).toEqual([{ name: 'tax_per_mu', sense: 'at_least', target: '50', from_year: 2025 }, { name: 'far', sense: 'at_least', target: '1.6', from_year: null }])
  expect(rowsOf(null)).toEqual([])
})

it('wants an index, a figure and a whole year', () => {
  expect(complete(ROWS)).toBe(true)
  for (const wrong of [{ name: '' }, { target: '' }, { target: '5e3' }, { from: '25' }]) expect(complete(ROWS.map((one) => ({ ...one, ...wrong })))).toBe(false)
})
