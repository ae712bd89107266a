import { expect, it } from 'vitest'
import type { Fact } from '@/api/checklists'
import { answersOf, changedAnswers } from './facts'

const fact = (key: string, value: Fact['value'], derived = false): Fact => ({ key, title: key, title_en: key, value, derived })
const facts = [fact('relics', null), fact('energy_review', true), fact('rezoning', false), fact('cleared', true, true), fact('uses', ['residential'], true)]

it('asks only what no register answers, and keeps an open question open', () => {
  expect(answersOf(facts)).toEqual({ relics: '', energy_review: 'yes', rezoning: 'no' })
})

it('sends only what was changed, an answer taken back too', () => {
  expect(changedAnswers(facts, answersOf(facts))).toEqual({})
  expect(changedAnswers(facts, { relics: 'no', energy_review: '', rezoning: 'no' })).toEqual({ relics: false, energy_review: null })
})
