import type { Problem } from '@/api/problem'
import type { NewParcel } from '@/api/surveys'

/** What is written of a new parcel, as it stands in the fields. */
export interface About { code: string, name: string, jurisdiction: string, address: string, scheme: string, use: string }

export const NOTHING: About = { code: '', name: '', jurisdiction: '', address: '', scheme: 'land_use_2023', use: '' }

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim())

export const parcelOf = ({ code, name, jurisdiction, address, scheme, use }: About): NewParcel => ({
  code: orNull(code), name: orNull(name), jurisdiction, address: orNull(address), land_use: use === '' ? null : { scheme, code: use },
})

/** Whether somebody wrote anything that would be lost. */
export const isWritten = ({ code, name, address, use }: About): boolean => [code, name, address, use].some((text) => text.trim() !== '')

/** What is wrong with which field; the code of a use is another than the parcel's. */
export function errorsOf(problem: Problem | null): Record<string, string> {
  const found = { ...problem?.fields() }
  const use = problem?.errors.find(({ pointer }) => pointer.endsWith('/land_use/code'))
  if (use === undefined) return found
  return { ...found, code: problem?.errors.find(({ pointer }) => pointer.replace('/body', '') === '/code')?.detail ?? '', code_of_use: use.detail }
}
