import type { Lot, LotAct, LotStage } from '@/api/lots'

/** The columns of the board, in the order of a lot's course. */
export const COLUMNS = ['draft', 'announced', 'open', 'publicity', 'sold', 'concluded', 'ended'] as const
export type Column = typeof COLUMNS[number]

export const STAGES_OF: Record<Column, readonly LotStage[]> = {
  draft: ['draft'],
  announced: ['announced'],
  open: ['open'],
  publicity: ['publicised', 'awarded'],
  sold: ['sold'],
  concluded: ['concluded'],
  ended: ['failed', 'terminated', 'void'],
}

export const columnOf = (stage: LotStage): Column => COLUMNS.find((one) => STAGES_OF[one].includes(stage)) ?? 'ended'

/** What can be done with a lot: an event that is recorded, or, for a draft, the publication of its notice. */
export type Move = LotAct | 'publish'

const isCompetitive = (lot: Lot): boolean => lot.method !== 'agreement' && lot.method !== 'allocation'

/** Where an act takes a lot; null: it stays in its column. */
function target(lot: Lot, move: Move): Column | null {
  switch (move) {
    case 'publish': return isCompetitive(lot) ? 'announced' : 'publicity'
    case 'open': return 'open'
    case 'sell': return 'sold'
    case 'fail': case 'terminate': case 'void_award': return 'ended'
    default: return null
  }
}

// What carries a round on comes first, what ends it last.
const ORDER: readonly LotAct[] = ['open', 'resume', 'sell', 'award', 'confirm', 'publish_result', 'suspend', 'fail', 'terminate', 'void_award']

/** Whether an act ends a round without a sale. */
export const ends = (move: Move): boolean => move === 'fail' || move === 'terminate' || move === 'void_award'

/** Everything that may be done now; a draft is published with its notice. */
export const movesOf = (lot: Lot): Move[] => (lot.stage === 'draft' ? ['publish'] : ORDER.filter((act) => lot.actions.includes(act)))

/** What leads a lot to a column: none, or one or several to choose from. */
export const movesTo = (lot: Lot, column: Column): Move[] =>
  (columnOf(lot.stage) === column ? [] : movesOf(lot).filter((move) => target(lot, move) === column))
