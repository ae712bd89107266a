import { answer, service } from './client'
import type { Problem } from './problem'
import type { components } from './schema'

type Shapes = components['schemas']

/** One legal rule within one scope and one period. */
export type LegalRule = Shapes['LegalRule']
export type RuleParameter = Shapes['RuleParameter']
export type RuleSource = Shapes['RuleSource']
export type Severity = Shapes['Severity']
export type Verification = Shapes['Verification']
export type Theme = Shapes['Theme']

export const SEVERITIES: readonly Severity[] = ['block', 'warn', 'info']
export const VERIFICATIONS: readonly Verification[] = ['full', 'partial', 'none']
/** In the order of a parcel's course. */
export const THEMES: readonly Theme[] = ['land', 'plan', 'scheme', 'listing', 'contract', 'building', 'idle']
/** A broken rule: how grave, by which source and figures, and what would satisfy it. */
export type LegalFinding = Shapes['LegalFinding']
/** Why an approver answers for breaking a rule. */
export type Override = Shapes['Override']

/** What of a finding is shown; those of a plan say less. */
export type ShownFinding = Omit<LegalFinding, 'verified' | 'provisional' | 'source_en' | 'figures'>
  & Partial<Pick<LegalFinding, 'provisional' | 'source_en' | 'figures'>>

/** The findings of an act that the law refused (409 `legal-rule`); none of any other problem. */
export const findingsOf = (problem: Problem | null): LegalFinding[] =>
  (problem?.code === 'legal-rule' && Array.isArray(problem.members.findings) ? problem.members.findings as LegalFinding[] : [])

/** The rules in force on a day; null: today. */
export async function listRules(asOf: string | null, signal?: AbortSignal): Promise<LegalRule[]> {
  return (await answer(service.GET('/api/v1/rules', { params: { query: { as_of: asOf } }, signal: signal ?? null }))).items
}
