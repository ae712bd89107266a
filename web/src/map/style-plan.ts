import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'
import type { OutlineFeature } from '@/api/plans'
import type { Theme } from './palette'

export const PLAN_CLASSES = ['commercial', 'industrial', 'residential', 'public', 'transport', 'water', 'special'] as const
export const PLAN_STATES = ['supplied', 'overdue', 'due', 'later', 'undated'] as const
export type PlanState = typeof PLAN_STATES[number]
export type PlanMember = typeof PLAN_CLASSES[number] | PlanState

/** Fill and edge of a class or a state; lightness differs, so that a black-and-white print can be read. */
export const PLAN_FILL: Record<PlanMember, { fill: string, edge: string, dash?: readonly number[] }> = {
  commercial: { fill: '#c8432b', edge: '#8f2a18' },
  industrial: { fill: '#8a6d4b', edge: '#5e4830' },
  residential: { fill: '#f0c64a', edge: '#a5801a' },
  public: { fill: '#d58fc0', edge: '#8f4f7c' },
  transport: { fill: '#9aa0a6', edge: '#5f656b' },
  water: { fill: '#86b2e6', edge: '#2a66b3' },
  special: { fill: '#3f8f57', edge: '#255c37' },
  supplied: { fill: '#4f8cd6', edge: '#2a66b3' },
  overdue: { fill: '#d9534a', edge: '#8f1e18', dash: [2, 1] },
  due: { fill: '#e9a23b', edge: '#8a5a00' },
  later: { fill: '#dfe3e8', edge: '#6f7f90' },
  undated: { fill: '#ffffff', edge: '#6f7f90', dash: [1, 2] },
}

/** How an item stands for the map, on a day: `ended` is the last month that is over, `now` the one that runs. */
export function planState(item: OutlineFeature['properties'], ended: number): PlanState {
  if (item.supplied_on !== null) return 'supplied'
  const month = item.month ?? (item.quarter === null ? null : item.quarter * 3)
  if (month === null) return 'undated'
  if (month <= ended) return 'overdue'
  return month === ended + 1 ? 'due' : 'later'
}

/** How many months of a year are over on a day. */
export function monthsEnded(year: number, day: string): number {
  const at = new Date(`${day}T00:00:00Z`)
  if (at.getUTCFullYear() !== year) return at.getUTCFullYear() < year ? 0 : 12
  const next = new Date(at)
  next.setUTCDate(next.getUTCDate() + 1)
  return next.getUTCDate() === 1 ? at.getUTCMonth() + 1 : at.getUTCMonth()
}

export interface PlanLook { theme: Theme, features: readonly OutlineFeature[], member: (item: OutlineFeature) => PlanMember, chosen: number | null }

/** The map's style with a plan's plots upon it. */
export function planStyle(style: StyleSpecification, look: PlanLook): StyleSpecification {
  const features = look.features.map((one) => ({ type: 'Feature' as const, id: one.id, geometry: one.geometry, properties: { member: look.member(one), chosen: one.id === look.chosen } }))
  const members = [...new Set(features.map((one) => one.properties.member))]
  const layers = members.flatMap((member): LayerSpecification[] => {
    const { fill, edge, dash } = PLAN_FILL[member]
    const filter: ['==', ['get', string], string] = ['==', ['get', 'member'], member]
    return [
      { id: `plan-${member}`, type: 'fill', source: 'plan', filter, paint: { 'fill-color': fill, 'fill-opacity': 0.75 } },
      { id: `plan-${member}-edge`, type: 'line', source: 'plan', filter, paint: { 'line-color': look.theme === 'dark' ? fill : edge, 'line-width': 1.5, ...(dash === undefined ? {} : { 'line-dasharray': [...dash] }) } },
    ]
  })
  return {
    ...style,
    sources: { ...style.sources, plan: { type: 'geojson', data: { type: 'FeatureCollection', features } } },
    layers: [
      ...style.layers, ...layers,
      { id: 'plan-chosen', type: 'line', source: 'plan', filter: ['==', ['get', 'chosen'], true], paint: { 'line-color': '#c2185b', 'line-width': 3 } },
    ],
  }
}
