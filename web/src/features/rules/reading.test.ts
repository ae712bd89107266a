import { describe, expect, it } from 'vitest'
import type { LegalRule, RuleParameter } from '@/api/rules'
import { byTheme, isWanted, readFilter, share, valueText } from './reading'

const rule = (own: Partial<LegalRule>): LegalRule => ({
  id: 'R01', theme: 'listing', title: '公告期', title_en: 'Notice', text: '二十日', text_en: 'Twenty days', severity: 'block', hard: false,
  verification: 'partial', sources: [{ document: '39号令', document_en: 'Order 39', articles: '8', verified: false }],
  jurisdictions: [], methods: [], uses: [], valid_from: '2007-11-01', valid_to: null, note: null, note_en: null, parameters: [], ...own,
})
const parameter = (value: RuleParameter['value'], unit: string): RuleParameter =>
  ({ name: 'x', title: '', title_en: '', value, unit, unit_name: '日', unit_name_en: 'days', origin: 'source' })
const written = (value: RuleParameter['value'], unit: string): string =>
  valueText(parameter(value, unit), (code) => `<${code}>`, (text) => (unit === 'share' ? text : `${text} 日`), '、')

describe('the filter of the rules', () => {
  it('takes from the address what it knows', () => {
    expect(readFilter({ theme: 'idle', severity: 'never', verified: 'none', q: ['a'] })).toEqual({ theme: 'idle', severity: '', verification: 'none', text: '' })
  })

  it('looks for a text in number, words and sources', () => {
    const wanted = (q: string): boolean => isWanted(rule({}), readFilter({ q }))
    expect([' r01 ', '公告', 'twenty', 'order 39', ''].map(wanted)).toEqual([true, true, true, true, true])
    expect(wanted('R02')).toBe(false)
  })

  it('joins its parts', () => {
    expect(isWanted(rule({}), readFilter({ severity: 'block', verified: 'partial', theme: 'listing' }))).toBe(true)
    expect(isWanted(rule({}), readFilter({ severity: 'block', verified: 'full' }))).toBe(false)
    expect(isWanted(rule({}), readFilter({ theme: 'idle' }))).toBe(false)
  })

  it('puts the themes in the order of the course and leaves out empty ones', () => {
    const groups = byTheme([rule({ id: 'R60', theme: 'idle' }), rule({ id: 'R03' }), rule({ id: 'R01' })])
    expect(groups.map((group) => [group.theme, ...group.rules.map((one) => one.id)])).toEqual([['listing', 'R01', 'R03'], ['idle', 'R60']])
  })
})

describe('a figure of a rule', () => {
  it('is a percentage only where that is exact', () => {
    expect(['0.20', '1/4', '1', '1/3', '0.005'].map(share)).toEqual(['20%', '25%', '100%', '1/3', '0.5%'])
  })

  it('is written with its unit', () => {
    expect(written(20, 'day')).toBe('20 日')
    expect(written('0.70', 'share')).toBe('70%')
    expect(written([18, 22], 'month')).toBe('18、22 日')
    expect(written([3, 31], 'month_day')).toBe('03-31')
    expect(written({ small: '7', large: '20' }, 'ha')).toBe('<small> 7 日、<large> 20 日')
    expect(written({ ZDXQ: 'large' }, 'code')).toBe('<ZDXQ>: <large>')
    expect(valueText(parameter(['total', 'plots'], 'code'), (code) => code, (text) => text, ', ')).toBe('total, plots')
  })
})
