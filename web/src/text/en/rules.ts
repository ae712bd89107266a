import type { Text } from '../zh'

export const rules: Text['rules'] = {
  title: 'Legal rules',
  hint: 'What acts of supply are checked against. A source marked “not verified” has not been compared with its text: such a rule only warns. Validity follows the day a document took effect, not checked one by one.',
  filters: 'Filter the rules', search: 'Find a rule or source', theme: 'Step', severity: 'Effect', verified: 'Verified',
  anyTheme: 'Every step', anySeverity: 'Every effect', anyVerified: 'Verified or not',
  shown: '{n} ‹rule/rules›: {block} block, {warn} warn, {info} for information; {unread} not verified',
  empty: 'No such rules', emptyHint: 'Widen the filter.', clear: 'Clear the filter',
  themes: { land: 'Land', plan: 'Annual plan', scheme: 'Scheme', listing: 'Listing', contract: 'Contract and price', building: 'Start and permits', idle: 'Idle land', district: 'District practice' },
  severities: { block: 'Blocks', warn: 'Warns', info: 'Information' },
  hard: 'Blocks, no override',
  verifications: { full: 'Verified', partial: 'Partly verified', none: 'Not verified' },
  source: 'Basis', unread: 'not verified', cited: '{document}, art. {n}', scope: 'Scope', valid: 'Valid', from: 'from {from}', until: '{from} to {to}',
  origins: { unverified: 'not verified', district: 'set by the district', own: 'set by this system, no law' },
  notFilled: 'not filled in', withUnit: '{value} {unit}',
  codes: {
    tender: 'tender', auction: 'auction', listing: 'listing', agreement: 'negotiated', allocation: 'allocation', lease: 'lease', capital_contribution: 'capital contribution', authorised_operation: 'authorised operation',
    residential: 'housing', commercial: 'commerce', industrial: 'industry', public: 'public services', transport: 'transport', water: 'water', special: 'special',
    small: 'small city or town', medium: 'medium city', large: 'large city',
    total: 'total', structure: 'structure', timing: 'timing', plots: 'plots', uses: 'uses',
    title: 'clear title', compensation: 'compensation', disputes: 'no dispute', planning: 'planning fixed', site: 'ready to start',
    position: 'position', extent: 'extent', use: 'use', density: 'density', height: 'height', far: 'floor area ratio', green_ratio: 'green ratio', facilities: 'facilities', control_lines: 'control lines', setbacks: 'setbacks', underground: 'underground space',
    call: 'call for applicants', result: 'result', deep_pit: 'deep pit', piles: 'piles', other: 'other',
    force_majeure: 'force majeure', government_act: 'act of government', preparatory_work: 'preparatory work',
  },
}
