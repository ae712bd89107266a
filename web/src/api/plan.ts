import { answer, service } from './client'
import type { operations } from './schema'

/** How a parcel plan is wanted; without a scale, the largest usual one that fits. */
export type PlanOrder = Required<Pick<NonNullable<operations['print_plan']['parameters']['query']>, 'paper' | 'lang'>> & { scale: number | null }

/** Denominators that plans are usually drawn at. */
export const SCALES = [200, 500, 1000, 2000, 5000, 10000, 25000, 50000, 100000] as const

/** Where the plan is had: a link that a browser opens or saves under the parcel's code. */
export function planAddress(code: string, { paper, lang, scale }: PlanOrder): string {
  const query = new URLSearchParams({ paper, lang })
  if (scale !== null) query.set('scale', String(scale))
  return `/api/v1/parcels/${encodeURIComponent(code)}/plan.pdf?${query.toString()}`
}

/** Have the plan made. It stays in the browser's cache by its ETag, so that opening `planAddress` doesn't make it again. */
export async function makePlan(code: string, order: PlanOrder, signal?: AbortSignal): Promise<void> {
  const query = { paper: order.paper, lang: order.lang, ...(order.scale === null ? {} : { scale: order.scale }) }
  await answer(service.GET('/api/v1/parcels/{number}/plan.pdf', { params: { path: { number: code }, query }, parseAs: 'blob', signal: signal ?? null }))
}
