import { get, send } from './client'
import type { Session } from './types'

export const readSession = (): Promise<Session> => get<Session>('/api/v1/session')

export async function signIn(username: string, password: string): Promise<Session> {
  return (await send<Session>('POST', '/api/v1/session', { body: { username, password } })).data
}

export async function signOut(everywhere: boolean): Promise<void> {
  await send('DELETE', everywhere ? '/api/v1/sessions' : '/api/v1/session')
}

export async function changePassword(current: string, next: string): Promise<void> {
  await send('PUT', '/api/v1/session/password', { body: { current_password: current, new_password: next } })
}
