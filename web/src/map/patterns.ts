import { TROUBLE } from './palette'

/** Pixels of a fill pattern, as `addImage` takes them. */
export interface PatternImage { width: number, height: number, data: Uint8Array }

export const PIXEL_RATIO = 2
/** Device pixels from line to line; one period is one tile of the pattern. */
const PERIOD = 16

const rgb = (hex: string): number[] => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16))

/** How much of a pixel a diagonal line covers, 0–1: `sum` is x+y or x−y. */
function coverage(sum: number, width: number): number {
  const across = ((sum % PERIOD) + PERIOD) % PERIOD
  const distance = Math.abs(across - PERIOD / 2) / Math.SQRT2
  return Math.min(1, Math.max(0, width / 2 - distance + 0.5))
}

/** Diagonal lines, once or crossing; seamless from tile to tile. */
export function hatch(colour: string, width: number, crossed: boolean): PatternImage {
  const data = new Uint8Array(PERIOD * PERIOD * 4)
  const [r = 0, g = 0, b = 0] = rgb(colour)
  for (let y = 0; y < PERIOD; y += 1) {
    for (let x = 0; x < PERIOD; x += 1) {
      const share = Math.max(coverage(x + y, width), crossed ? coverage(x - y, width) : 0)
      // MapLibre takes colours multiplied by their alpha.
      data.set([r * share, g * share, b * share, 255 * share].map(Math.round), (y * PERIOD + x) * 4)
    }
  }
  return { width: PERIOD, height: PERIOD, data }
}

export interface Stripes { width: number, lines: 1 | 2, crossed?: boolean }

/** Diagonals the other way than `hatch`, one or two to a period, once or crossing. */
export function stripes(colour: string, { width, lines, crossed = false }: Stripes): PatternImage {
  const data = new Uint8Array(PERIOD * PERIOD * 4)
  const [r = 0, g = 0, b = 0] = rgb(colour)
  const covered = (sum: number): number => Math.max(coverage(sum, width), lines === 2 ? coverage(sum + PERIOD / 2, width) : 0)
  for (let y = 0; y < PERIOD; y += 1) {
    for (let x = 0; x < PERIOD; x += 1) {
      const share = Math.max(covered(x - y), crossed ? covered(x + y) : 0)
      data.set([r * share, g * share, b * share, 255 * share].map(Math.round), (y * PERIOD + x) * 4)
    }
  }
  return { width: PERIOD, height: PERIOD, data }
}

/** The patterns for trouble, by image name: they lie over the colour of the stage. */
export const PATTERNS: Record<'hold' | 'idle' | 'reclaimed', PatternImage> = {
  hold: hatch(TROUBLE.hold, 2.6, false),
  idle: hatch(TROUBLE.idle, 2.2, true),
  reclaimed: hatch(TROUBLE.reclaimed, 1.8, true),
}
