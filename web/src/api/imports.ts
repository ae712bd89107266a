import { answer, service } from './client'
import type { Import, ImportFinding, Page } from './types'
import { upload } from './upload'

export interface ImportOrder { file: File, jurisdiction: string, crs: string, encoding: string, mode: Import['mode'] }
/** Which findings are wanted; null or empty: whatever it is. */
export interface FindingsWanted { severity: ImportFinding['severity'] | null, code: string | null, row: number | null }

/** No job is at it: it waits for a person, or has ended. */
export const isFinished = (item: Import): boolean => !['queued', 'running', 'publishing', 'undoing'].includes(item.status)

export const listImports = (signal: AbortSignal): Promise<Page<Import>> => answer(service.GET('/api/v1/imports', { signal }))

export const readImport = (id: number, signal?: AbortSignal): Promise<Import> =>
  answer(service.GET('/api/v1/imports/{import_id}', { params: { path: { import_id: id } }, signal: signal ?? null }))

/** What was found in the file. */
export const listFindings = (id: number, wanted: FindingsWanted, signal: AbortSignal): Promise<Page<ImportFinding>> =>
  answer(service.GET('/api/v1/imports/{import_id}/findings', {
    params: { path: { import_id: id }, query: { ...wanted, limit: 200 } }, signal,
  }))

export function startImport(order: ImportOrder, onProgress: (share: number) => void, signal?: AbortSignal): Promise<Import> {
  const form = new FormData()
  form.set('jurisdiction', order.jurisdiction)
  if (order.crs !== '') form.set('crs', order.crs)
  if (order.encoding !== '') form.set('encoding', order.encoding)
  form.set('mode', order.mode)
  form.set('file', order.file)
  return upload('/api/v1/imports', form, onProgress, signal)
}

/** Follow an import live; the returned function stops. The browser reconnects by itself when the line breaks. */
export function followImport(id: number, onChange: (item: Import) => void): () => void {
  const source = new EventSource(`/api/v1/imports/${id}/stream`)
  const take = (event: MessageEvent<string>): void => onChange(JSON.parse(event.data) as Import)
  source.addEventListener('progress', take)
  source.addEventListener('done', (event: MessageEvent<string>) => {
    source.close()
    take(event)
  })
  return () => source.close()
}
