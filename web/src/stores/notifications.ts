import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { markRead, readNotifications, type Notification } from '@/api/checklists'
import { asProblem, type Problem } from '@/api/problem'

const PERIOD_MS = 60_000

/** What the signed-in person should know: asked for now and then while the desk is open. */
export const useNotifications = defineStore('notifications', () => {
  const items = shallowRef<Notification[]>([])
  const unread = ref(0)
  const problem = shallowRef<Problem | null>(null)
  let timer: ReturnType<typeof setInterval> | undefined

  async function refresh(): Promise<void> {
    try {
      const found = await readNotifications({ limit: 50 })
      items.value = found.items
      unread.value = found.unread
      problem.value = null
    } catch (thrown) {
      problem.value = asProblem(thrown)
    }
  }

  /** Mark these as read; null: all of them. */
  async function read(ids: number[] | null): Promise<void> {
    try {
      unread.value = (await markRead(ids === null ? {} : { ids })).unread
      await refresh()
    } catch (thrown) {
      problem.value = asProblem(thrown)
    }
  }

  function stop(): void {
    clearInterval(timer)
    timer = undefined
  }

  function watch(): void {
    stop()
    void refresh()
    timer = setInterval(() => { if (!document.hidden) void refresh() }, PERIOD_MS)
  }

  return { items, unread, problem, refresh: () => void refresh(), read, watch, stop }
})
