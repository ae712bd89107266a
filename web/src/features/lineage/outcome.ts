import type { LineageAnswer, LineageFinding } from '@/api/lineage'
import { areaTolerance } from '@/format/area'
import type { Outcome } from '@/map/style-work'

/** Plane areas before and after, m². */
export interface Balance { before: number, after: number, difference: number, tolerance: number, fits: boolean }

/** Whether the areas after are those before, within max(1 m², 0.05 %). */
export function balanceOf(before: readonly number[], after: readonly number[]): Balance {
  const sum = (areas: readonly number[]): number => areas.reduce((whole, one) => whole + one, 0)
  const [old, now] = [sum(before), sum(after)]
  const difference = Math.round((now - old) * 100) / 100
  const tolerance = areaTolerance(old)
  return { before: old, after: now, difference, tolerance, fits: Math.abs(difference) <= tolerance }
}

/** What a person brings against a finding that blocks. */
export interface Override { reason: string, approver: boolean, document: boolean }

/** The findings that still block: as the service decides it, so that the button knows before. */
export function standing(findings: readonly LineageFinding[], { reason, approver, document }: Override): LineageFinding[] {
  const given = reason.trim() !== ''
  return findings.filter((one) => one.severity === 'block'
    && !(one.waiver === 'approver' ? given && approver && document : one.waiver === 'reason' && given))
}

/** Whose reason could set a blocking finding aside: asked for only where it helps. */
export const asksReason = (findings: readonly LineageFinding[], approver: boolean): boolean =>
  findings.some((one) => one.severity === 'block' && (one.waiver === 'reason' || (one.waiver === 'approver' && approver)))

/** Blocks first, then what should be known. */
export const byGravity = (findings: readonly LineageFinding[]): LineageFinding[] =>
  [...findings].sort((a, b) => Number(b.severity === 'block') - Number(a.severity === 'block'))

/** The answer of a trial as the map draws it; `words` writes an area. */
export const drawn = (answer: LineageAnswer, words: (m2: number) => string): Outcome['parts'] =>
  answer.parts.map((part) => ({ code: part.code, words: words(part.area_plane_m2), geometry: part.geometry as unknown as Outcome['parts'][number]['geometry'] }))

/** A figure that a person wrote, m²; null: none, NaN: no figure. */
export function readArea(text: string): number | null {
  const plain = text.replaceAll(',', '').trim()
  return plain === '' ? null : /^\d{1,10}(\.\d+)?$/.test(plain) ? Number(plain) : NaN
}
