import { describe, expect, it } from 'vitest'
import { Problem } from '@/api/problem'
import { errorsOf, isWritten, NOTHING, parcelOf } from './about'

const refused = (...pointers: string[]): Problem => new Problem({ status: 422, errors: pointers.map((pointer) => ({ pointer, detail: `wrong ${pointer}`, code: 'x' })) })

describe('what is written of a new parcel', () => {
  it('is sent without what was left empty', () => {
    expect(parcelOf({ ...NOTHING, jurisdiction: 'ZDXQ', name: ' 龙湖 ' })).toEqual({ code: null, name: '龙湖', jurisdiction: 'ZDXQ', address: null, land_use: null })
    expect(parcelOf({ ...NOTHING, use: 'R21', scheme: 'gb_50137_2011' }).land_use).toEqual({ scheme: 'gb_50137_2011', code: 'R21' })
  })
  it('would be lost only where somebody wrote it', () => {
    expect(isWritten({ ...NOTHING, jurisdiction: 'ZDXQ' })).toBe(false)
    expect(isWritten({ ...NOTHING, code: 'ZD-1' })).toBe(true)
  })
  it('is told apart where its code and that of its use are wrong', () => {
    expect(errorsOf(refused('/code', '/name'))).toEqual({ code: 'wrong /code', name: 'wrong /name' })
    expect(errorsOf(refused('/land_use/code'))).toEqual({ code: '', code_of_use: 'wrong /land_use/code' })
    expect(errorsOf(null)).toEqual({})
  })
})
