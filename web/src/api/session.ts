import { answer, service } from './client'
import type { Session } from './types'

export const readSession = (): Promise<Session> => answer(service.GET('/api/v1/session'))

export const signIn = (username: string, password: string): Promise<Session> =>
  answer(service.POST('/api/v1/session', { body: { username, password } }))

export async function signOut(everywhere: boolean): Promise<void> {
  await answer(everywhere ? service.DELETE('/api/v1/sessions') : service.DELETE('/api/v1/session'))
}

export async function changePassword(current: string, next: string): Promise<void> {
  await answer(service.PUT('/api/v1/session/password', { body: { current_password: current, new_password: next } }))
}
