import type { Evidence, Item, ItemAction, ItemState, Readiness } from '@/api/checklists'

/** A shape for every state: colour says it too, the word always. */
export const SHAPE: Record<ItemState, string> = {
  cannot_start: '○', ready: '◇', in_progress: '◆', submitted: '▷', returned: '■', done: '●', waived: '△', not_applicable: '–',
}
export const READINESS_KIND: Record<Readiness, 'ok' | 'busy' | 'warn' | 'danger'> = { ready: 'ok', on_time: 'busy', late: 'warn', blocked: 'danger' }

/** How firm a duration is: the law's, what is usual, an assumption. */
export const BASIS_KIND = { statutory: 'ok', usual: 'busy', assumed: 'warn' } as const

const OPEN: ReadonlySet<ItemState> = new Set<ItemState>(['cannot_start', 'ready', 'in_progress', 'submitted', 'returned'])
/** Whether something is still to be done. */
export const isOpen = (state: ItemState): boolean => OPEN.has(state)

/** Acts that say why; who asks for a waiver brings a document too, which then is the waiver's. */
export const needsReason = (action: ItemAction): boolean => action === 'return' || action === 'reopen' || action === 'ask_waiver' || action === 'unwaive'
export const needsDocument = (action: ItemAction): boolean => action === 'ask_waiver'

/** Evidence of which nothing is in force on a day: an item is not accepted without it. */
export const missing = (item: Item, day: string): Evidence[] => item.evidence.filter((one) =>
  !one.documents.some((each) => each.withdrawn_on === null && !each.expired && (each.valid_from ?? '') <= day && (each.valid_until ?? '9999') >= day))
