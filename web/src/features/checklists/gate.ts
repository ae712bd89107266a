import { ITEM_STATES, type ItemState } from '@/api/checklists'
import type { Problem } from '@/api/problem'

/** What keeps a lot from being sold: an open item of a parcel's checklist, or a parcel without one (`key` null). */
export interface OpenItem {
  code: string, key: string | null, title: string, title_en: string, lead_title: string, lead_title_en: string
  state: ItemState | null, daysLeft: number | null, readyOn: string | null, waivable: boolean
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The open items of a refusal by the gate (409 `checklist-open`), or of its warning; none of anything else. */
export function openItems(told: unknown): OpenItem[] {
  const items = isRecord(told) && Array.isArray(told.items) ? told.items : []
  return items.filter(isRecord).map((one) => ({
    code: text(one.code), key: typeof one.key === 'string' ? one.key : null,
    title: text(one.title), title_en: text(one.title_en), lead_title: text(one.lead_title), lead_title_en: text(one.lead_title_en) || text(one.lead_title),
    state: ITEM_STATES.find((state) => state === one.state) ?? null, daysLeft: typeof one.days_left === 'number' ? one.days_left : null,
    readyOn: typeof one.ready_on === 'string' ? one.ready_on : null, waivable: one.waivable === true,
  }))
}

export const gateOf = (problem: Problem | null): OpenItem[] => (problem?.code === 'checklist-open' ? openItems(problem.members) : [])
