import { describe, expect, it } from 'vitest'
import { assign, isTranslated, optionOf, optionsOf, sameAssignment, withOption } from './mapping'

describe('what a column fills', () => {
  it('reads in one of the ways of its field', () => {
    expect(optionsOf({ field: 'area_legal_m2' })).toEqual(['units.m2', 'units.mu', 'units.ha'])
    expect(optionsOf({ field: 'name' })).toEqual([])
    expect(optionsOf({ field: null })).toEqual([])
  })

  it('takes the usual way where none is said', () => {
    expect(optionOf({ field: 'land_use' })).toBe('lists.land_use_2023')
    expect(optionOf({ field: 'far', bound: 'min' })).toBe('bounds.min')
    expect(sameAssignment({ field: 'area_legal_m2' }, { field: 'area_legal_m2', unit: 'm2' })).toBe(true)
    expect(sameAssignment({ field: 'area_legal_m2', unit: 'mu' }, { field: 'area_legal_m2' })).toBe(false)
  })

  it('is translated where the use is of an older list', () => {
    expect([isTranslated({ field: 'land_use' }), isTranslated({ field: 'land_use', list: 'gbt_21010_2017' }), isTranslated({ field: 'land_use_given', list: 'gbt_21010_2017' })]).toEqual([false, true, false])
  })

  it('changes by one choice', () => {
    const said = assign({ column: '面积', field: 'area_legal_m2', unit: 'm2' })
    expect(withOption(said, 'units.mu').unit).toBe('mu')
    expect(withOption(assign({ column: '容积率', field: 'far', bound: 'max' }), 'bounds.text').bound).toBeNull()
  })
})
