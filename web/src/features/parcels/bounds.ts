import type { Bound } from '@/api/parcels'

/** A planning condition as the notice words it, open and closed ends told apart: `1.1 < FAR ≤ 1.8`, `≥ 35`; `—` for none. */
export function boundText(bound: Bound | null, subject = ''): string {
  if (bound === null || (bound.min === null && bound.max === null)) return '—'
  const low = bound.min_inclusive ? '≤' : '<'
  const high = bound.max_inclusive ? '≤' : '<'
  if (bound.min !== null && bound.max !== null) {
    if (bound.min === bound.max) return `= ${bound.min}`
    return `${bound.min} ${low} ${subject === '' ? 'x' : subject} ${high} ${bound.max}`
  }
  return bound.min === null ? `${high} ${bound.max ?? ''}` : `${bound.min_inclusive ? '≥' : '>'} ${bound.min}`
}
