import { describe, expect, it } from 'vitest'
import { fileAddress } from '@/api/exports'
import { encodingsOf, FORMATS, kept, systemsOf } from './formats'

describe('what a format offers', () => {
  it.each(FORMATS)('is at least one system for %s', (format) => expect(systemsOf(format).length).toBeGreaterThan(0))

  it('keeps what was chosen where the next format has it', () => {
    expect(kept('4547', systemsOf('txt'))).toBe('4547')
    expect(kept('4547', systemsOf('kml'))).toBe('4326')
    expect(kept('gbk', encodingsOf('xlsx'))).toBeNull()
    expect(kept(null, encodingsOf('txt'))).toBe('gbk')
  })
})

describe('the address of a file', () => {
  it('carries every filter that is set, lists value by value', () => {
    expect(fileAddress({ stage: ['sold', 'listed'], q: null, area_min_m2: 5, f: 'csv' }, null)).toBe('/api/v1/exports/parcels?stage=sold&stage=listed&area_min_m2=5&f=csv')
    expect(fileAddress({ f: 'txt', crs: '4526', as_of: null }, '甲/1')).toBe('/api/v1/exports/parcels/%E7%94%B2%2F1?f=txt&crs=4526')
  })
})
