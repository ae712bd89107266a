import type { Lot, Method } from '@/api/lots'
import type { Terms } from '@/api/notices'
import { indicesOf, rowsOf, type IndexRow } from '@/features/contracts/indices'
import { tenThousandsOf, yuanOf } from '@/format/money'
import { atChina, inChina } from './figures'

/** Terms as typed: money in ten thousands of yuan. */
export interface TermsDraft {
  opensOn: string | null, opensTime: string, closesOn: string | null, closesTime: string
  start: string, increment: string, ceiling: string, deposit: string, price: string, taker: string
  indices: readonly IndexRow[]
}

export const EMPTY: Readonly<TermsDraft> = {
  opensOn: null, opensTime: '09:00', closesOn: null, closesTime: '15:00', start: '', increment: '', ceiling: '', deposit: '', price: '', taker: '', indices: [],
}

/** What a lot says now, to edit. */
export function draftOf(lot: Lot): TermsDraft {
  const [opens, closes] = [inChina(lot.opens_at), inChina(lot.closes_at)]
  return {
    opensOn: opens.day || null, opensTime: opens.time || EMPTY.opensTime, closesOn: closes.day || null, closesTime: closes.time || EMPTY.closesTime,
    start: tenThousandsOf(lot.start_yuan), increment: tenThousandsOf(lot.increment_yuan), ceiling: tenThousandsOf(lot.ceiling_yuan), deposit: tenThousandsOf(lot.deposit_yuan), price: tenThousandsOf(lot.price_yuan), taker: lot.winner ?? '',
    indices: rowsOf(lot.indicators),
  }
}

/** The terms to send: those that this way of supply has. */
export function termsOf(draft: TermsDraft, method: Method): Terms {
  const closes = atChina(draft.closesOn, draft.closesTime)
  if (method === 'agreement' || method === 'allocation') {
    const taker = draft.taker.trim() === '' ? null : draft.taker.trim()
    return method === 'agreement' ? { closes_at: closes, taker, price_yuan: yuanOf(draft.price) } : { closes_at: closes, taker }
  }
  const indicators = draft.indices.length === 0 ? null : indicesOf(draft.indices)
  const opens = { opens_at: atChina(draft.opensOn, draft.opensTime), start_yuan: yuanOf(draft.start), deposit_yuan: yuanOf(draft.deposit), indicators }
  if (method === 'tender') return opens
  const sale = { ...opens, increment_yuan: yuanOf(draft.increment), ceiling_yuan: yuanOf(draft.ceiling) }
  return method === 'listing' ? { ...sale, closes_at: closes } : sale
}

/** Only what differs, for a supplementary notice. */
export function changedTerms(before: TermsDraft, after: TermsDraft, method: Method): Terms {
  const [old, now] = [termsOf(before, method), termsOf(after, method)]
  const names = (Object.keys(now) as (keyof Terms)[]).filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
  return Object.fromEntries(names.map((name) => [name, now[name]]))
}
