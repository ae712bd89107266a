import { expect, it } from 'vitest'
import { money } from './money'

it('writes money by its size', () => {
  expect([0, 9999.5, 12_340_000, 250_000_000, null].map((yuan) => money(yuan, false).short)).toEqual(['0 元', '9,999.5 元', '1,234 万元', '2.5 亿元', '—'])
  expect([9999, 12_340_000].map((yuan) => money(yuan, true).short)).toEqual(['9,999 yuan', '12.34 m yuan'])
  expect(money(250_000_000, false).full).toBe('250,000,000 元')
})
