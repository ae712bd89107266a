import { describe, expect, it } from 'vitest'
import { itemFilters } from './filters'

describe('the filters of an address', () => {
  it('are read as the service takes them', () => {
    expect(itemFilters({ class: ['commercial', 'other'], month: '11', supplied: 'false', missing: 'timing', q: ' Z-1 ' })).toEqual({
      class: ['commercial', 'other'], month: [11], supplied: false, missing: 'timing', q: 'Z-1',
    })
  })

  it('leave out what nobody can mean', () => {
    expect(itemFilters({ month: '13', quarter: 'x', supplied: 'maybe', missing: 'all', q: ' ', class: null, other: '1' })).toEqual({})
  })
})
