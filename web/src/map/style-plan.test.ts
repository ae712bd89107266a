import { describe, expect, it } from 'vitest'
import type { OutlineFeature } from '@/api/plans'
import { monthsEnded, planState, planStyle } from './style-plan'

const item = (more: Partial<OutlineFeature['properties']>): OutlineFeature['properties'] =>
  ({ key: 'k', parcel: 'Z-1', name: null, use_class: 'water', quarter: null, month: null, stage: null, supplied_on: null, ...more })

describe('a plan on the map', () => {
  it('knows which months are over', () => {
    expect(['2021-12-31', '2022-11-15', '2022-11-30', '2023-01-01'].map((day) => monthsEnded(2022, day))).toEqual([0, 10, 11, 12])
  })

  it('tells how a plot stands', () => {
    expect([item({ supplied_on: '2022-01-01', month: 1 }), item({ month: 10 }), item({ month: 11 }), item({ quarter: 4 }), item({})].map((one) => planState(one, 10)))
      .toEqual(['supplied', 'overdue', 'due', 'later', 'undated'])
  })

  it('draws the members that are there, and the chosen one above', () => {
    const one: OutlineFeature = { id: 7, geometry: { type: 'MultiPolygon', coordinates: [] }, properties: item({}) }
    const drawn = planStyle({ version: 8, sources: {}, layers: [] }, { theme: 'light', features: [one], member: () => 'water', chosen: 7 })
    expect(drawn.layers.map((layer) => layer.id)).toEqual(['plan-water', 'plan-water-edge', 'plan-chosen'])
  })
})
