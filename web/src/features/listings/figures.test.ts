import { describe, expect, it } from 'vitest'
import { atChina, clockText, money, premium, wanOf, yuanOf } from './figures'

const WORDS = { yuan: '元', wan: '万元', yi: '亿元', million: 'm', billion: 'bn' }

describe('money', () => {
  it.each([
    [2_207_700_000, false, '22.08 亿元'], [160_450_000, false, '1.6 亿元'], [32_090_000, false, '3,209 万元'], [999, false, '999 元'],
    [2_207_700_000, true, '2.21 bn'], [32_090_000, true, '32.09 m'], [null, false, '—'],
  ] as const)('%s is %s %s', (yuan, english, text) => { expect(money(yuan, english, WORDS)).toBe(text) })

  it('is typed in ten thousands', () => {
    expect([yuanOf('3,209'), yuanOf('0.005'), yuanOf(''), yuanOf('-1'), yuanOf('x')]).toEqual([32_090_000, 50, null, null, null])
    expect([wanOf(32_090_000), wanOf(null)]).toEqual(['3209', ''])
    expect([premium(0.055), premium(null)]).toEqual(['+5.5%', '—'])
  })
})

describe('instants', () => {
  it('are read and written in China', () => {
    expect(clockText('2022-11-14T16:30:00Z')).toBe('2022-11-15 00:30')
    expect(atChina('2022-11-15', '15:00')).toBe('2022-11-15T15:00:00+08:00')
    expect([atChina('2022-11-15', ''), atChina(null, '10:00'), clockText(null)]).toEqual(['2022-11-15T09:00:00+08:00', null, '—'])
  })
})
