/** Areas as a land bureau reads them. The wire always carries m². */

export const MU_M2 = 2000 / 3

export type AreaUnit = 'mu' | 'ha' | 'm2'

const PER_UNIT: Record<AreaUnit, number> = { mu: MU_M2, ha: 10_000, m2: 1 }
const DIGITS: Record<AreaUnit, number> = { mu: 2, ha: 4, m2: 2 }

/** The figure without its unit: 66,667.00 m² → 100.00 in mu; `—` for absent. */
export function areaFigure(m2: number | null | undefined, unit: AreaUnit, digits = DIGITS[unit]): string {
  if (m2 === null || m2 === undefined) return '—'
  return (m2 / PER_UNIT[unit]).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** Allowed distance of a legal area from a computed one: max(1 m², 0.05 %). */
export const areaTolerance = (legalM2: number): number => Math.max(1, legalM2 * 0.0005)

/** How far a computed area lies from the legal one, m²; `null` when within tolerance or without a legal area. */
export function areaMismatch(legalM2: number | null, computedM2: number): number | null {
  if (legalM2 === null) return null
  const difference = Math.round((computedM2 - legalM2) * 100) / 100
  return Math.abs(difference) > areaTolerance(legalM2) ? difference : null
}
