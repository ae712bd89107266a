import { SHORTEST_PASSWORD, type Role, type User } from '@/api/types'

export interface UserForm {
  username: string
  display_name: string
  role: Role
  lead_bureau: string | null
  jurisdictions: string[] | null
  password: string
}

export const formOf = (user: User | null): UserForm => ({
  username: user?.username ?? '',
  display_name: user?.display_name ?? '',
  role: user?.role ?? 'viewer',
  lead_bureau: user?.lead_bureau ?? null,
  jurisdictions: user?.jurisdictions ?? null,
  password: '',
})

export type Mistake = 'username' | 'display_name' | 'lead_bureau' | 'password'

/** Fields a clerk still has to fill in; a new account needs a password, a change does not. */
export function mistakes(form: UserForm, isNew: boolean): Mistake[] {
  const found: Mistake[] = []
  if (isNew && form.username === '') found.push('username')
  if (form.display_name.trim() === '') found.push('display_name')
  if (form.role === 'track_officer' && form.lead_bureau === null) found.push('lead_bureau')
  if ((isNew || form.password !== '') && form.password.length < SHORTEST_PASSWORD) found.push('password')
  return found
}

/** The form over a newer reading of the account: what the person filled in stays, the rest is taken anew. */
export function rebase(form: UserForm, before: User, now: User): UserForm {
  return { ...formOf(now), ...changesOf(form, before) }
}

/** Only what differs from the account as it was read. */
export function changesOf(form: UserForm, user: User): Partial<Omit<UserForm, 'username'>> {
  const before = formOf(user)
  const names = ['display_name', 'role', 'lead_bureau', 'jurisdictions', 'password'] as const
  return Object.fromEntries(names
    .filter((name) => JSON.stringify(form[name]) !== JSON.stringify(before[name]))
    .map((name) => [name, form[name]]))
}
