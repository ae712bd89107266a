import type { Fact } from '@/api/checklists'

/** Answers to yes-or-no facts as a form holds them; empty: not answered. */
export type Answer = '' | 'yes' | 'no'
export type Answers = Record<string, Answer>

const asAnswer = (value: Fact['value']): Answer => (value === true ? 'yes' : value === false ? 'no' : '')
const asValue = (answer: Answer): boolean | null => (answer === '' ? null : answer === 'yes')

/** Facts that an officer answers; the others come from the register. */
export const isAsked = (fact: Fact): boolean => !fact.derived && (fact.value === null || typeof fact.value === 'boolean')

export const answersOf = (facts: readonly Fact[]): Answers => Object.fromEntries(facts.filter(isAsked).map((one) => [one.key, asAnswer(one.value)]))

/** Only what the form says otherwise. */
export const changedAnswers = (facts: readonly Fact[], answers: Answers): Record<string, boolean | null> =>
  Object.fromEntries(facts.filter((one) => isAsked(one) && asAnswer(one.value) !== answers[one.key]).map((one) => [one.key, asValue(answers[one.key] ?? '')]))
