import { describe, expect, it } from 'vitest'
import { FAMILIES, FAMILY_STAGES, familyOf, GROUND, mix, SELECTED, STAGE_FILL, stageOutline, STAGES, TROUBLE } from './palette'

type Triple = [number, number, number]

const linear = (hex: string): Triple => [1, 3, 5].map((at) => {
  const value = parseInt(hex.slice(at, at + 2), 16) / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}) as Triple

const luminance = (hex: string): number => {
  const [r, g, b] = linear(hex)
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

const contrast = (a: string, b: string): number => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

/** Full deuteranopia after Machado, Oliveira and Fernandes (2009), on linear light. */
const deuteranopia = ([r, g, b]: Triple): Triple => [
  0.367322 * r + 0.860646 * g - 0.227968 * b,
  0.280085 * r + 0.672501 * g + 0.047413 * b,
  -0.01182 * r + 0.04294 * g + 0.968881 * b,
]

function lab([r, g, b]: Triple): Triple {
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(Math.max(0, t)) : 7.787 * t + 16 / 116)
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047)
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b)
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

const difference = (a: Triple, b: Triple): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])

function closest(see: (colour: Triple) => Triple): { pair: string, distance: number } {
  let found = { pair: '', distance: Infinity }
  STAGES.forEach((a, index) => STAGES.slice(index + 1).forEach((b) => {
    const distance = difference(lab(see(linear(STAGE_FILL[a]))), lab(see(linear(STAGE_FILL[b]))))
    // Reclaimed land is told by its cross-hatch, not by its grey.
    if (b !== 'reclaimed' && distance < found.distance) found = { pair: `${a}/${b}`, distance }
  }))
  return found
}

describe('stage colours', () => {
  it('give every stage one family', () => {
    expect(FAMILIES.flatMap((family) => FAMILY_STAGES[family])).toEqual([...STAGES])
    expect(familyOf('paid')).toBe('supplied')
  })

  it('darken as the stage advances within a family', () => {
    for (const family of FAMILIES) {
      const order = FAMILY_STAGES[family].map((stage) => luminance(STAGE_FILL[stage]))
      expect(order).toEqual([...order].sort((a, b) => b - a))
    }
  })

  it('are told apart by normal and by deuteranopic eyes', () => {
    // A just noticeable difference is about 2.3.
    expect(closest((colour) => colour)).toSatisfy(({ distance }: { distance: number }) => distance >= 9)
    expect(closest(deuteranopia)).toSatisfy(({ distance }: { distance: number }) => distance >= 6)
  })

  it('are outlined darker than their fill, the open market most', () => {
    for (const stage of STAGES) expect(luminance(stageOutline(stage, 'light'))).toBeLessThan(luminance(STAGE_FILL[stage]))
    expect(contrast(stageOutline('listed', 'light'), STAGE_FILL.listed)).toBeGreaterThan(2)
  })
})

describe('ground', () => {
  it.each(['light', 'dark'] as const)('keeps labels readable on %s', (theme) => {
    const ground = GROUND[theme]
    expect(contrast(ground.label, ground.halo)).toBeGreaterThan(7)
    expect(contrast(ground.roadLabel, ground.road)).toBeGreaterThan(4.5)
    expect(contrast(ground.waterLabel, ground.water)).toBeGreaterThan(4.5)
    expect(contrast(ground.hover, ground.land)).toBeGreaterThan(3)
  })

  it('lets the selection stand out from every stage', () => {
    for (const stage of STAGES) {
      expect(difference(lab(linear(SELECTED)), lab(linear(STAGE_FILL[stage])))).toBeGreaterThan(50)
    }
  })
})

it('shows trouble darker than the stages it lies on', () => {
  expect(contrast(TROUBLE.hold, STAGE_FILL.listed)).toBeGreaterThan(3)
  expect(contrast(TROUBLE.reclaimed, STAGE_FILL.reclaimed)).toBeGreaterThan(3)
})

it('mixes colours by share', () => {
  expect(mix('#000000', '#ffffff', 0)).toBe('#000000')
  expect(mix('#000000', '#ffffff', 0.5)).toBe('#808080')
})
