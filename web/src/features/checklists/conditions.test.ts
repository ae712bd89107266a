import { describe, expect, it } from 'vitest'
import { conditionInWords, type ConditionWords } from './conditions'

const words: ConditionWords = {
  or: ' or ', and: ' and ', not: (name) => `not ${name}`, use: (code) => `for ${code}`, method: (code) => `by ${code}`, fact: (key) => key.toUpperCase(),
}

describe('a condition', () => {
  it('is told in words', () => {
    expect(conditionInWords('use:residential or use:public or soil_risk', words)).toBe('for residential or for public or SOIL_RISK')
    expect(conditionInWords('not cleared', words)).toBe('not CLEARED')
    expect(conditionInWords('method:allocation and (relics or not rezoning)', words)).toBe('by allocation and (RELICS or not REZONING)')
  })
})
