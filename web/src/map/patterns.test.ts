import { expect, it } from 'vitest'
import { hatch, PATTERNS } from './patterns'

const alpha = (image: { width: number, data: Uint8Array }, x: number, y: number): number => image.data[(y * image.width + x) * 4 + 3] ?? -1
const inked = (image: { data: Uint8Array }): number => image.data.filter((_, index) => index % 4 === 3).reduce((sum, one) => sum + one, 0)

it('draws a diagonal that goes on in the next tile', () => {
  const image = hatch('#ff0000', 2, false)
  expect(alpha(image, 4, 4)).toBe(255)
  expect(alpha(image, 0, 0)).toBe(0)
  for (let at = 1; at < image.width; at += 1) expect(alpha(image, 0, at)).toBe(alpha(image, at, 0))
  expect(image.data[(4 * image.width + 4) * 4]).toBe(255)
})

it('crosses where it should, and every trouble has a pattern of its own', () => {
  expect(inked(hatch('#000000', 2, true))).toBeGreaterThan(inked(hatch('#000000', 2, false)) * 1.5)
  const seen = new Set(Object.values(PATTERNS).map((image) => image.data.join()))
  expect(seen.size).toBe(3)
})
