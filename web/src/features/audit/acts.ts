import type { AuditAction, AuditSubject } from '@/api/audit'
import { acts } from '@/text/zh/acts'

export const ACTIONS = Object.keys(acts.actions) as AuditAction[]
export const SUBJECTS = Object.keys(acts.subjects) as AuditSubject[]

export type Area = keyof typeof acts.areas
type Begun<T extends string> = T extends `${infer Begin}:${string}` ? Begin : T

const AREAS: Record<Begun<AuditAction | AuditSubject>, Area> = {
  session: 'access', address: 'access', access: 'access', user: 'access', key: 'access', api_key: 'access', route: 'access',
  parcel: 'parcels',
  document: 'files', parcels: 'files', export: 'files', import: 'files', field_map: 'files',
  control_layer: 'constraints', overlay_run: 'constraints',
  plan: 'plans', plan_item: 'plans', plan_target: 'plans',
  scheme: 'schemes',
  notice: 'listings', lot: 'listings', lot_bidder: 'listings', lot_bid: 'listings',
  contract: 'contracts', payment: 'contracts', permit: 'contracts', works: 'contracts', exclusion: 'contracts', standard_land: 'contracts', idle_case: 'contracts',
  checklist: 'checklists', checklist_item: 'checklists', checklist_proof: 'checklists', checklist_policy: 'checklists',
  checklist_bureau: 'checklists', checklist_run: 'checklists', checklist_sheet: 'checklists', checklist_weekly: 'checklists',
  law: 'law', workdays: 'law', workday: 'law', workday_year: 'law', blocked_period: 'law',
  regions: 'ground', region: 'ground', backdrop: 'ground', demo: 'ground', jurisdiction: 'ground', lead_bureau: 'ground',
}

export interface Choice { code: string, word: string, area: string }

/** Acts or their subjects with their words, those of one area together. */
export function choices(codes: readonly (AuditAction | AuditSubject)[], wordOf: (code: string) => string, areaWord: (area: Area) => string): Choice[] {
  const all = codes.map((code) => ({ code, area: AREAS[code.split(':', 1)[0] as Begun<typeof code>] }))
  return (Object.keys(acts.areas) as Area[]).flatMap((area) => all.filter((one) => one.area === area))
    .map(({ code, area }) => ({ code, word: wordOf(code), area: areaWord(area) }))
}

/** Whether a text is in a choice's word, code or area, whatever the case. */
export function isSought({ code, word, area }: Choice, text: string): boolean {
  const sought = text.trim().toLowerCase()
  return [code, word, area].some((one) => one.toLowerCase().includes(sought))
}
