import { describe, expect, it } from 'vitest'
import { acts as english } from '@/text/en/acts'
import { i18n } from '@/text'
import { acts as chinese } from '@/text/zh/acts'
import { ACTIONS, choices, isSought, SUBJECTS, type Area } from './acts'

const word = (code: string): string => i18n.global.t(`acts.actions.${code}`)

describe('the words for what was done', () => {
  it.each([['Chinese', chinese], ['English', english]])('are found by their code and differ from one another in %s', (_, { actions, subjects }) => {
    for (const words of [Object.values(actions), Object.values(subjects)]) expect(new Set(words).size).toBe(words.length)
    expect(word('parcel:changed')).toBe('修改地块属性')
  })
})

describe('the choices', () => {
  const area = (code: Area): string => chinese.areas[code]

  it('leave none out and keep an area together', () => {
    for (const codes of [ACTIONS, SUBJECTS]) {
      const all = choices(codes, (code) => code, area)
      expect(all.map(({ code }) => code).sort()).toEqual([...codes].sort())
      expect(all.filter((one, i) => one.area !== all[i - 1]?.area)).toHaveLength(new Set(all.map((one) => one.area)).size)
    }
  })

  it('are found by word, code and area, whatever the case', () => {
    const found = (text: string): string[] => choices(ACTIONS, word, area).filter((one) => isSought(one, text)).map(({ code }) => code)
    expect(found('封控时段')).toEqual(['blocked_period:created', 'blocked_period:changed', 'blocked_period:removed'])
    expect(found(' LOT_BID:')).toEqual(['lot_bid:made'])
    expect(found('基础数据')).toEqual(['regions:loaded', 'backdrop:loaded', 'demo:loaded', 'demo:reset'])
    expect(found('没有的')).toEqual([])
  })
})
