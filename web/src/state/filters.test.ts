import { describe, expect, it } from 'vitest'
import { STAGES } from '@/map/palette'
import { filterQuery, isFiltered, needsService, NO_FILTERS, normalStages, readStages, setKeys, toggleStages, without, writeStages } from './filters'

describe('stages', () => {
  it('all is the same as none', () => {
    expect(normalStages(STAGES)).toEqual([])
    expect(readStages('reserve,scheme,market,supplied,building,withdrawn,reclaimed')).toEqual([])
  })

  it('are written by family and read in order', () => {
    expect(writeStages(['announced', 'listed', 'sold'])).toBe('market,sold')
    expect(readStages('sold,market,sold')).toEqual(['announced', 'listed', 'sold'])
  })

  it('switch off from everything, and never to nothing', () => {
    const off = toggleStages([], ['reclaimed'], false)
    expect(off).toHaveLength(STAGES.length - 1)
    expect(toggleStages(off, ['reclaimed'], true)).toEqual([])
    expect(toggleStages(['listed'], ['listed'], false)).toEqual(['listed'])
  })
})

describe('filters', () => {
  const some = { ...NO_FILTERS, stages: ['listed'] as const, areaMin: 100, q: ' 5号 ' }

  it('become query parameters', () => {
    expect(filterQuery(some)).toMatchObject({ stage: ['listed'], area_min_m2: 100, area_max_m2: null, q: '5号' })
  })

  it('know what the tiles cannot answer', () => {
    expect(needsService({ ...NO_FILTERS, stages: ['listed'], hold: 'none' })).toBe(false)
    expect(needsService(some)).toBe(true)
    expect(isFiltered(NO_FILTERS)).toBe(false)
    expect(isFiltered({ ...NO_FILTERS, hold: 'none' })).toBe(true)
  })

  it('are removed one by one', () => {
    expect(setKeys(some)).toEqual(['stages', 'area', 'q'])
    const left = setKeys(some).reduce(without, some)
    expect(left).toEqual(NO_FILTERS)
  })
})
