import { get } from './client'
import type { Jurisdiction, Page } from './types'

export async function listJurisdictions(): Promise<Jurisdiction[]> {
  return (await get<Page<Jurisdiction>>('/api/v1/jurisdictions')).items
}

export interface CodeEntry { code: string, name: string, name_en: string }

/** The bureaus that may lead a track. */
export async function listLeadBureaus(): Promise<CodeEntry[]> {
  return (await get<Page<CodeEntry>>('/api/v1/codes/lead_bureau')).items
}
