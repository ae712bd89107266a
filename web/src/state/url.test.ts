import { describe, expect, it } from 'vitest'
import { NO_FILTERS } from './filters'
import { DEFAULT_STATE, formatState, KEYS, MOST_CHOSEN, parseState, type MapState } from './url'

const FULL: MapState = {
  position: { zoom: 15.25, lat: 34.773211, lon: 113.731234 },
  layers: { roads: false, townships: true },
  opacity: { parcels: 0.6 },
  filters: {
    stages: ['scheme_approved', 'publicised', 'listed'], hold: 'suspended', idle: 'suspected', jurisdiction: '410171',
    region: '410105560', landUse: 'land_use_2023:0701', areaMin: 2000, areaMax: 50000.5, q: '郑政东出〔2022〕5号(网)',
  },
  inView: true,
  sort: '-area_m2',
  parcel: 'RY-2022-014',
  chosen: ['RY-2022-014', '甲〔2022〕5#'],
  tab: 'history',
  mark: [113.7312345, 34.7712345],
  asOf: '2022-06-30',
  time: true,
  open: ['list'],
}

describe('the address', () => {
  it('says nothing for the default state', () => {
    expect(formatState(DEFAULT_STATE)).toEqual({})
    expect(parseState({})).toEqual(DEFAULT_STATE)
  })

  it('gives every state back', () => {
    const states: MapState[] = [
      FULL,
      { ...FULL, open: [] },
      { ...DEFAULT_STATE, open: ['layers', 'list'] },
      { ...DEFAULT_STATE, filters: { ...NO_FILTERS, areaMin: 0 } },
      { ...DEFAULT_STATE, filters: { ...NO_FILTERS, areaMax: 3000 } },
      { ...DEFAULT_STATE, position: { zoom: 8, lat: -34.5, lon: -113 } },
    ]
    for (const state of states) {
      const query = formatState(state)
      expect(parseState(query)).toEqual(state)
      expect(Object.keys(query).every((key) => (KEYS as readonly string[]).includes(key))).toBe(true)
      expect(Object.fromEntries(new URLSearchParams(new URLSearchParams(query).toString()))).toEqual(query)
    }
  })

  it('stays short: families by name, six digits of a degree', () => {
    expect(formatState(FULL)).toMatchObject({ stage: 'scheme,listed', at: '15.25/34.773211/113.731234', layers: '-roads,townships' })
  })

  it('reads wrong words as the default', () => {
    const wrong = parseState({
      at: '15/95/113', stage: 'sleeping', hold: 'maybe', area: 'x..-5', sort: 'price', tab: 'gantt', mark: '113', as_of: 'today',
      open: 'attic', opacity: 'parcels:7,roads', layers: 'a b,<x>',
    })
    expect(wrong).toEqual({ ...DEFAULT_STATE, open: [] })
  })

  it('names each chosen parcel once, and no more than the service takes', () => {
    expect(parseState({ chosen: 'A,,B,A' }).chosen).toEqual(['A', 'B'])
    expect(parseState({ chosen: Array.from({ length: 300 }, (_, n) => `P-${n}`).join(',') }).chosen).toHaveLength(MOST_CHOSEN)
  })
})
