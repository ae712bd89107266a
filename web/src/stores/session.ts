import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { configureClient } from '@/api/client'
import { Problem } from '@/api/problem'
import * as door from '@/api/session'
import type { Permission, Session } from '@/api/types'

/** Who is signed in. `known` is false until the service was asked once. */
export const useSession = defineStore('session', () => {
  const current = shallowRef<Session | null>(null)
  const known = shallowRef(false)
  const user = computed(() => current.value?.user ?? null)

  function set(session: Session | null): void {
    current.value = session
    known.value = true
    configureClient({ csrfToken: session?.csrf_token ?? '' })
  }

  const can = (permission: Permission): boolean => current.value?.permissions.includes(permission) ?? false

  /** Ask the service once who we are; a lost session is no error. */
  async function ensure(): Promise<Session | null> {
    if (known.value) return current.value
    try {
      set(await door.readSession())
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.status !== 401) throw thrown
      set(null)
    }
    return current.value
  }

  async function signIn(username: string, password: string): Promise<void> {
    set(await door.signIn(username, password))
  }

  async function signOut(everywhere = false): Promise<void> {
    await door.signOut(everywhere)
    set(null)
  }

  return { current, known, user, can, ensure, signIn, signOut, forget: () => set(null) }
})
