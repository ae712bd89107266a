import { describe, expect, it } from 'vitest'
import { sharePercent, shareText } from './shares'

describe('a share', () => {
  it('is typed in percent and kept with four digits', () => {
    expect(['100', '33.34', '0.01', '7.5%', '0', '100.01', 'x', '33.345'].map(shareText)).toEqual(['1.0000', '0.3334', '0.0001', '0.0750', null, null, null, null])
    expect([1, 0.3334, 0.07].map(sharePercent)).toEqual(['100', '33.34', '7'])
  })
})
