import { get, send } from './client'
import type { ApiKey, Page, Role, User } from './types'

export interface UserWrite {
  display_name: string
  role: Role
  lead_bureau: string | null
  jurisdictions: string[] | null
}

const etag = (version: number): string => `"${version}"`

export const listUsers = (signal?: AbortSignal): Promise<Page<User>> => get('/api/v1/users', { limit: 500 }, signal)

export async function createUser(user: UserWrite & { username: string, password: string }): Promise<User> {
  return (await send<User>('POST', '/api/v1/users', { body: user })).data
}

export async function changeUser(user: User, change: Partial<UserWrite & { is_active: boolean, password: string, locked_until: null }>): Promise<User> {
  const path = `/api/v1/users/${encodeURIComponent(user.username)}`
  return (await send<User>('PATCH', path, { body: change, ifMatch: etag(user.version) })).data
}

export const listKeys = (signal?: AbortSignal): Promise<Page<ApiKey>> => get('/api/v1/api-keys', { limit: 500 }, signal)

export interface KeyOrder { name: string, scopes: string[], expires_on: string | null, jurisdictions: string[] | null }

/** Make a key; the answer is the only place that ever holds the key itself. */
export async function createKey(order: KeyOrder): Promise<ApiKey & { key: string }> {
  return (await send<ApiKey & { key: string }>('POST', '/api/v1/api-keys', { body: order })).data
}

export async function revokeKey(id: number): Promise<void> {
  await send('DELETE', `/api/v1/api-keys/${id}`)
}
