import { answer, failure, headersFor, readJson, service } from './client'
import { Problem } from './problem'
import type { components, operations } from './schema'
import type { Page } from './types'

export type Export = components['schemas']['ExportRead']
/** Filters and order of the list that is exported, and what the file is to be. */
export type ExportQuery = NonNullable<operations['export_parcels']['parameters']['query']>

export const isFinished = (item: Export): boolean => item.status !== 'queued' && item.status !== 'running'

export const listExports = (signal?: AbortSignal): Promise<Page<Export>> =>
  answer(service.GET('/api/v1/exports', { params: { query: { limit: 20 } }, signal: signal ?? null }))

/** Have the file written in the background. */
export const requestExport = (query: ExportQuery): Promise<Export> =>
  answer(service.POST('/api/v1/exports', { params: { query } }))

const named = (query: object): string => {
  const address = new URLSearchParams()
  for (const [name, value] of Object.entries(query) as [string, unknown][]) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== null && one !== undefined && one !== '') address.append(name, String(one))
  }
  return address.toString()
}

/** The address of a file: of everything that a list holds, or of one parcel. */
export const fileAddress = (query: object, code: string | null): string =>
  `/api/v1/exports/parcels${code === null ? '' : `/${encodeURIComponent(code)}`}?${named(query)}`

/** Fetch a file and hand it to the browser to be saved, under the name that the service gives it. Throws `Problem`. */
export async function saveFile(address: string): Promise<string> {
  let response: Response
  try {
    response = await fetch(address, { credentials: 'same-origin', headers: headersFor('GET') })
  } catch {
    throw new Problem({ code: 'network' })
  }
  if (!response.ok) throw failure(response.status, readJson(await response.text()), response.headers.get('X-Request-ID') ?? '')
  const name = decodeURIComponent(/filename\*=UTF-8''(\S+)/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? 'parcels')
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await response.blob())
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  return name
}
