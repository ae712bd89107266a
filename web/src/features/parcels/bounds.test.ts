import { expect, it } from 'vitest'
import { boundText } from './bounds'

const bound = (min: number | null, max: number | null, minIn = true, maxIn = true) => ({ min, max, min_inclusive: minIn, max_inclusive: maxIn })

it.each([
  [bound(1.1, 1.8, false, true), '1.1 < 容积率 ≤ 1.8'],
  [bound(1.1, 1.8, true, false), '1.1 ≤ 容积率 < 1.8'],
  [bound(null, 30), '≤ 30'],
  [bound(null, 30, true, false), '< 30'],
  [bound(35, null), '≥ 35'],
  [bound(0, null, false), '> 0'],
  [bound(2, 2), '= 2'],
  [bound(null, null), '—'],
  [null, '—'],
])('words %o as %s', (given, words) => expect(boundText(given, '容积率')).toBe(words))
