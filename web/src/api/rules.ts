import { answer, service } from './client'
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

/** The rules in force on a day; null: today. */
export async function listRules(asOf: string | null, signal?: AbortSignal): Promise<LegalRule[]> {
  return (await answer(service.GET('/api/v1/rules', { params: { query: { as_of: asOf } }, signal: signal ?? null }))).items
}
