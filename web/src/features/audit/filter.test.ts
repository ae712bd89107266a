import { describe, expect, it } from 'vitest'
import { filterOf, queryOf } from './filter'

describe('the filter in the address', () => {
  it('comes back as it went', () => {
    const query = { actor: 'li', subject_id: '郑政东出〔2022〕5号(网)', from: '2022-11-01' }
    expect(queryOf(filterOf(query))).toEqual(query)
  })

  it('takes one value each and drops blanks', () => {
    expect(queryOf(filterOf({ actor: ['a', 'b'], action: '  ', other: 'x' }))).toEqual({})
  })
})
