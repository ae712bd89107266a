import type { RouteLocationNormalized, RouteLocationRaw } from 'vue-router'
import type { Session } from '@/api/types'
import { returnPath } from '@/format/paths'

/** Let a person through to a page, or say where to go instead. */
export function gate(
  to: Pick<RouteLocationNormalized, 'name' | 'fullPath' | 'meta' | 'query'>, session: Session | null,
): true | RouteLocationRaw {
  if (to.name === 'login') return session === null ? true : returnPath(to.query.next)
  if (to.meta.desk !== true) return true
  if (session === null) return { name: 'login', query: { next: to.fullPath } }
  if (to.meta.needs !== undefined && !session.permissions.includes(to.meta.needs)) {
    return { name: 'forbidden', query: { from: to.fullPath } }
  }
  return true
}
