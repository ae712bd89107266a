import { describe, expect, it } from 'vitest'
import type { Lot } from '@/api/lots'
import { changedTerms, draftOf, EMPTY, termsOf } from './terms'

describe('terms of a lot', () => {
  const typed = { ...EMPTY, opensOn: '2022-12-10', closesOn: '2022-12-21', start: '10,000', increment: '100', deposit: '2000', taker: '某局' }

  it('are those of the way of supply', () => {
    expect(termsOf(typed, 'listing')).toEqual({
      opens_at: '2022-12-10T09:00:00+08:00', closes_at: '2022-12-21T15:00:00+08:00', start_yuan: '100000000.00', increment_yuan: '1000000.00', ceiling_yuan: null, deposit_yuan: '20000000.00', indicators: null,
    })
    expect(Object.keys(termsOf(typed, 'auction'))).not.toContain('closes_at')
    expect(termsOf(typed, 'allocation')).toEqual({ closes_at: '2022-12-21T15:00:00+08:00', taker: '某局' })
  })

  it('say only what a supplementary notice changes', () => {
    expect(changedTerms(typed, { ...typed, closesOn: '2022-12-28', ceiling: '11500' }, 'listing')).toEqual({ closes_at: '2022-12-28T15:00:00+08:00', ceiling_yuan: '115000000.00' })
  })

  it('carry the indices of standard land', () => {
    const indices = [{ name: 'far', sense: 'at_least' as const, target: '1.6', from: '' }]
    const announced = [{ name: 'far', sense: 'at_least', target: '1.6', from_year: null }]
    expect(changedTerms(typed, { ...typed, indices }, 'listing')).toEqual({ indicators: announced })
    expect(changedTerms({ ...typed, indices }, { ...typed, indices: [...indices] }, 'listing')).toEqual({})
    expect(changedTerms({ ...typed, indices }, typed, 'tender')).toEqual({ indicators: null })
    expect(termsOf({ ...typed, indices }, 'agreement')).not.toHaveProperty('indicators')
  })

  it('are read back from a lot', () => {
    const lot = { opens_at: '2022-12-10T01:00:00Z', closes_at: null, start_yuan: '100000000.00', increment_yuan: null, ceiling_yuan: null, deposit_yuan: null, price_yuan: null, winner: null, indicators: null } as unknown as Lot
    expect(draftOf(lot)).toMatchObject({ opensOn: '2022-12-10', opensTime: '09:00', closesOn: null, start: '10000' })
  })
})
