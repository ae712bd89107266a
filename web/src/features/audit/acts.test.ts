import { describe, expect, it } from 'vitest'
import { acts as english } from '@/text/en/acts'
import { i18n } from '@/text'
import { acts as chinese } from '@/text/zh/acts'
import { ACTIONS, grouped, SUBJECTS } from './acts'

const word = (code: string): string => i18n.global.t(`acts.actions.${code}`)

describe('the words for what was done', () => {
  it.each([['Chinese', chinese], ['English', english]])('are found by their code and differ from one another in %s', (_, { actions, subjects }) => {
    for (const words of [Object.values(actions), Object.values(subjects)]) expect(new Set(words).size).toBe(words.length)
    expect(word('parcel:changed')).toBe('修改地块属性')
  })
})

describe('acts by area', () => {
  it('leave none out', () => {
    for (const codes of [ACTIONS, SUBJECTS]) {
      const all = grouped(codes, (code) => code, '').flatMap(({ choices }) => choices.map(({ code }) => code))
      expect([...all].sort()).toEqual([...codes].sort())
    }
  })

  it('are found by word and by code, whatever the case', () => {
    const found = (sought: string): string[] => grouped(ACTIONS, word, sought).flatMap(({ choices }) => choices.map(({ code }) => code))
    expect(found('封控时段')).toEqual(['blocked_period:created', 'blocked_period:changed', 'blocked_period:removed'])
    expect(found(' LOT_BID:')).toEqual(['lot_bid:made'])
    expect(found('没有的')).toEqual([])
    expect(grouped(ACTIONS, word, '没有的')).toEqual([])
  })
})
