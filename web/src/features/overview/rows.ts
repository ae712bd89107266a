import type { LocationQuery, RouteLocationRaw } from 'vue-router'

const PLAN_ITEMS = /^\/api\/v1\/plans\/(\d+)\/items$/
/** Lists that are opened beside the dashboard. */
const BESIDE = ['/api/v1/parcels', '/api/v1/overview/lots', '/api/v1/overview/contracts'] as const
export type Beside = typeof BESIDE[number]

/** What list an address names, if it is one that is opened beside the dashboard. */
export const besideOf = (address: string): Beside | null => BESIDE.find((one) => one === address.split('?', 1)[0]) ?? null

/**
 * Where a figure leads: parcels to the map and its list, plots to their plan, other rows to a list beside the dashboard.
 * What was known at some time only the service can tell: no map shows it.
 */
export function rowsAt(address: string, here: LocationQuery, more: Record<string, string> = {}): RouteLocationRaw {
  const { pathname, searchParams } = new URL(address, 'http://rows')
  const query = Object.fromEntries(searchParams)
  const plan = PLAN_ITEMS.exec(pathname)
  if (plan !== null) {
    const districts = searchParams.getAll('district')
    return { name: 'plan', params: { id: plan[1] ?? '', tab: 'items' }, query: { ...query, ...(districts.length > 0 ? { district: districts } : {}), ...more } }
  }
  const single = ['jurisdiction', 'region'].every((name) => searchParams.getAll(name).length < 2)
  if (pathname === '/api/v1/parcels' && query.known_at === undefined && single) return { name: 'map', query: { ...query, open: 'list' } }
  return { query: { ...here, rows: address } }
}
