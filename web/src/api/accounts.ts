import { answer, etag, service } from './client'
import type { components } from './schema'
import type { ApiKey, Page, User } from './types'

type Shapes = components['schemas']
const LONGEST_PAGE = 1000

export const listUsers = (signal: AbortSignal): Promise<Page<User>> =>
  answer(service.GET('/api/v1/users', { params: { query: { limit: LONGEST_PAGE } }, signal }))

export const createUser = (user: Shapes['UserCreate']): Promise<User> =>
  answer(service.POST('/api/v1/users', { body: user }))

/** Change what is given; refused with 412 when the account has changed since it was read. */
export const changeUser = (user: User, change: Shapes['UserChange']): Promise<User> =>
  answer(service.PATCH('/api/v1/users/{username}', {
    params: { path: { username: user.username }, header: { 'if-match': etag(user.version) } }, body: change,
  }))

export const listKeys = (signal: AbortSignal): Promise<Page<ApiKey>> =>
  answer(service.GET('/api/v1/api-keys', { params: { query: { limit: LONGEST_PAGE } }, signal }))

/** Make a key; the answer is the only place that ever holds the key itself. */
export const createKey = (order: Shapes['KeyCreate']): Promise<Shapes['KeyCreated']> =>
  answer(service.POST('/api/v1/api-keys', { body: order }))

export async function revokeKey(id: number): Promise<void> {
  await answer(service.DELETE('/api/v1/api-keys/{key_id}', { params: { path: { key_id: id } } }))
}
