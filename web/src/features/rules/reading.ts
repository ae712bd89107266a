import { SEVERITIES, THEMES, VERIFICATIONS, type LegalRule, type RuleParameter, type Severity, type Theme, type Verification } from '@/api/rules'

/** What the address asks for; an empty choice is all. */
export interface RuleFilter { theme: Theme | '', severity: Severity | '', verification: Verification | '', text: string }

const oneOf = <T extends string>(known: readonly T[], value: unknown): T | '' => known.find((one) => one === value) ?? ''

/** The filter an address holds; what it does not know is no filter. */
export function readFilter(query: Readonly<Record<string, unknown>>): RuleFilter {
  return {
    theme: oneOf(THEMES, query.theme),
    severity: oneOf(SEVERITIES, query.severity),
    verification: oneOf(VERIFICATIONS, query.verified),
    text: typeof query.q === 'string' ? query.q : '',
  }
}

/** Whether a rule is asked for; a text is looked for in number, title, words and sources of both languages. */
export function isWanted(rule: LegalRule, filter: RuleFilter): boolean {
  const words = [rule.id, rule.title, rule.title_en, rule.text, rule.text_en, ...rule.sources.flatMap((one) => [one.document, one.document_en])]
  return (filter.theme === '' || rule.theme === filter.theme)
    && (filter.severity === '' || rule.severity === filter.severity)
    && (filter.verification === '' || rule.verification === filter.verification)
    && words.join('\n').toLowerCase().includes(filter.text.trim().toLowerCase())
}

/** The rules by theme, in the order of a parcel's course, each theme by number. */
export function byTheme(rules: readonly LegalRule[]): { theme: Theme, rules: LegalRule[] }[] {
  return THEMES
    .map((theme) => ({ theme, rules: rules.filter((rule) => rule.theme === theme).sort((a, b) => a.id.localeCompare(b.id)) }))
    .filter((group) => group.rules.length > 0)
}

const two = (value: number | undefined): string => String(value ?? 0).padStart(2, '0')

/** A share as people read it: 0.20 is 20%, a third stays 1/3. */
export function share(value: string): string {
  const [above, below] = value.split('/').map(Number)
  const part = (above ?? 0) / (below ?? 1)
  const percent = Math.round(part * 100_000) / 1000
  return Math.abs(percent / 100 - part) > 1e-9 ? value : `${percent}%`
}

/** A parameter's value; `word` names a code and `unit` is set in by `withUnit`. */
export function valueText(parameter: RuleParameter, word: (code: string) => string, withUnit: (value: string) => string, comma: string): string {
  const { value, unit } = parameter
  const figure = (one: string | number): string => (unit === 'share' ? share(String(one)) : String(one))
  if (unit === 'month_day' && Array.isArray(value)) return value.map((one) => two(Number(one))).join('-')
  if (Array.isArray(value)) return withUnit(value.map((one) => (typeof one === 'string' ? word(one) : String(one))).join(comma))
  if (typeof value !== 'object') return withUnit(figure(value))
  return Object.entries(value).map(([key, one]) => (unit === 'code' ? `${word(key)}: ${word(one)}` : `${word(key)} ${withUnit(figure(one))}`)).join(comma)
}
