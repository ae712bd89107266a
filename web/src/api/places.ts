import { answer, service } from './client'
import type { Code, Jurisdiction, Region } from './types'

export async function listJurisdictions(): Promise<Jurisdiction[]> {
  const list = await answer(service.GET('/api/v1/jurisdictions'))
  return 'items' in list ? (list.items as Jurisdiction[]) : []
}

/** Counties and townships. */
export async function listRegions(): Promise<Region[]> {
  const list = await answer(service.GET('/api/v1/regions'))
  return 'items' in list ? (list.items as Region[]) : []
}

/** The entries of a code list. */
export async function listCodes(list: string): Promise<Code[]> {
  return (await answer(service.GET('/api/v1/codes/{list}', { params: { path: { list } } }))).items
}

/** The bureaus that may lead a track. */
export const listLeadBureaus = (): Promise<Code[]> => listCodes('lead_bureau')
