import { get } from './client'
import type { Page } from './types'
import { upload } from './upload'

export interface DocumentRead {
  id: number
  title: string
  file_name: string
  media_type: string
  size_bytes: number
  sha256: string
  subject_type: string
  subject_id: string
  uploaded_by: string
  uploaded_at: string
}

export const contentOf = (id: number): string => `/api/v1/documents/${id}/content`

/** The documents of a parcel, by the parcel's code. */
export async function listDocuments(parcel: string, signal?: AbortSignal): Promise<DocumentRead[]> {
  return (await get<Page<DocumentRead>>('/api/v1/documents', { subject_type: 'parcel', subject_id: parcel }, signal)).items
}

export function addDocument(parcel: string, file: File, title: string, onProgress: (share: number) => void): Promise<DocumentRead> {
  const form = new FormData()
  form.set('title', title)
  form.set('subject_type', 'parcel')
  form.set('subject_id', parcel)
  form.set('file', file)
  return upload('/api/v1/documents', form, onProgress)
}
