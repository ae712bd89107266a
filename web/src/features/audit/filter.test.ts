import { describe, expect, it } from 'vitest'
import { filterOf, queryOf } from './filter'

describe('the filter in the address', () => {
  it('comes back as it went', () => {
    const query = { actor: 'li', action: 'parcel:changed', subject_type: 'parcel', subject_id: '郑政东出〔2022〕5号(网)', from: '2022-11-01' }
    expect(queryOf(filterOf(query))).toEqual(query)
  })

  it('takes one value each and drops blanks and codes that there are not', () => {
    expect(queryOf(filterOf({ actor: ['a', 'b'], action: 'parcel:flown', subject_type: '  ', other: 'x' }))).toEqual({})
  })
})
