import { answer, service } from './client'
import type { components } from './schema'
import { upload } from './upload'

export type DocumentRead = components['schemas']['DocumentRead']

export const contentOf = (id: number): string => `/api/v1/documents/${id}/content`

/** What documents are attached to: a parcel by its code, all else by its id. */
export interface Subject { type: 'parcel' | 'plan' | 'scheme' | 'notice' | 'lot' | 'contract', id: string }

export const parcelSubject = (code: string): Subject => ({ type: 'parcel', id: code })

/** The documents of a parcel, by the parcel's code. */
export const listDocuments = (parcel: string, signal?: AbortSignal): Promise<DocumentRead[]> => listDocumentsOf(parcelSubject(parcel), signal)

export async function listDocumentsOf(subject: Subject, signal?: AbortSignal): Promise<DocumentRead[]> {
  const query = { subject_type: subject.type, subject_id: subject.id }
  return (await answer(service.GET('/api/v1/documents', { params: { query }, signal: signal ?? null }))).items
}

export function addDocument(subject: Subject, file: File, title: string, onProgress: (share: number) => void): Promise<DocumentRead> {
  const form = new FormData()
  form.set('title', title)
  form.set('subject_type', subject.type)
  form.set('subject_id', subject.id)
  form.set('file', file)
  return upload('/api/v1/documents', form, onProgress)
}
