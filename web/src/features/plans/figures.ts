import { areaFigure } from '@/format/area'

/** An area as a plan prints it: hectares, two digits unless asked for all four. */
export const hectares = (m2: number | null | undefined, digits = 2): string => areaFigure(m2, 'ha', digits)

/** A rate as percent: 0.4051 → 40.5%. */
export const rate = (value: number | null): string => (value === null ? '—' : `${(value * 100).toFixed(1)}%`)

/** Hectares as typed, in m² to the hundredth; null when it is no area. */
export function squareMetres(text: string): number | null {
  const value = Number(text.replace(/,/g, '').trim())
  return text.trim() === '' || !Number.isFinite(value) || value <= 0 ? null : Math.round(value * 1_000_000) / 100
}
