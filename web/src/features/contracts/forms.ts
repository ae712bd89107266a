import type { Override } from '@/api/rules'

/** What every act of law says. */
export interface CommonOrder { effective_on: string | null, document_id: number | null, note: string | null, override: Override | null, trial: boolean }

/** What can be entered about standard land: indices to sign, a year's figure, what follows from a year. */
export type StandardForm = 'sign' | 'measure' | 'step'
