import { answer, service } from './client'
import type { components } from './schema'
import { upload } from './upload'

export type DocumentRead = components['schemas']['DocumentRead']

export const contentOf = (id: number): string => `/api/v1/documents/${id}/content`

/** The documents of a parcel, by the parcel's code. */
export async function listDocuments(parcel: string, signal?: AbortSignal): Promise<DocumentRead[]> {
  const query = { subject_type: 'parcel', subject_id: parcel } as const
  return (await answer(service.GET('/api/v1/documents', { params: { query }, signal: signal ?? null }))).items
}

export function addDocument(parcel: string, file: File, title: string, onProgress: (share: number) => void): Promise<DocumentRead> {
  const form = new FormData()
  form.set('title', title)
  form.set('subject_type', 'parcel')
  form.set('subject_id', parcel)
  form.set('file', file)
  return upload('/api/v1/documents', form, onProgress)
}
