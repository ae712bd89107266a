import type { RouteLocationRaw } from 'vue-router'
import type { Deadline } from '@/api/overview'

/** Where a deadline is met: the page of what it belongs to; null where the desk has none. */
export function placeOf({ subject, id, kind }: Pick<Deadline, 'subject' | 'id' | 'kind'>, has: (name: string) => boolean): RouteLocationRaw | null {
  if (!has(subject)) return null
  if (subject === 'plan') return { name: 'plan', params: { id, tab: kind.startsWith('plan_target') ? 'targets' : 'progress' } }
  return { name: subject, params: { id } }
}
