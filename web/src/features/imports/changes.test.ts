import { expect, it } from 'vitest'
import { changesOf, rangeWords } from './changes'

it('words ranges as planning conditions', () => {
  expect(rangeWords('(1.1,1.8]')).toBe('>1.1,≤1.8')
  expect(rangeWords('[35,)')).toBe('≥35')
  expect(rangeWords('龙湖(北),路')).toBe('龙湖(北),路')
})

it('lists what differs in the order of a parcel\'s sheet', () => {
  expect(changesOf({ far: [null, '[0,2]'], name: ['甲', '乙'] }, '（空）')).toEqual([['name', '甲', '乙'], ['far', '（空）', '≥0,≤2']])
})
