import { describe, expect, it } from 'vitest'
import type { Lot } from '@/api/lots'
import { COLUMNS, columnOf, movesOf, movesTo } from './board'

const lot = (stage: Lot['stage'], actions: Lot['actions'], method: Lot['method'] = 'listing'): Lot => ({ stage, actions, method }) as Lot

describe('the board', () => {
  it.each([['draft', 'draft'], ['awarded', 'publicity'], ['void', 'ended'], ['failed', 'ended'], ['sold', 'sold']] as const)('%s stands in %s', (stage, column) => {
    expect(columnOf(stage)).toBe(column)
  })

  it('publishes a draft into the column of its way of supply', () => {
    expect(movesTo(lot('draft', []), 'announced')).toEqual(['publish'])
    expect(movesTo(lot('draft', []), 'publicity')).toEqual([])
    expect(movesTo(lot('draft', [], 'allocation'), 'publicity')).toEqual(['publish'])
  })

  it('lets a card go only where an act leads', () => {
    const open = lot('open', ['suspend', 'sell', 'fail', 'terminate'])
    expect(COLUMNS.filter((column) => movesTo(open, column).length > 0)).toEqual(['sold', 'ended'])
    expect(movesTo(open, 'ended')).toEqual(['fail', 'terminate'])
    expect(movesOf(open)).toEqual(['sell', 'suspend', 'fail', 'terminate'])
  })
})
