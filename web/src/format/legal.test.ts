import { describe, expect, it } from 'vitest'
import { figureText } from './legal'

const text = (value: string, unit: string): string => figureText(value, unit, (code) => `<${code}>`, (one) => `[${one}]`, '、')

describe('a figure of a finding', () => {
  it.each([
    ['33663648.50', 'yuan', '33,663,648.50 [yuan]'], ['999', 'yuan_per_m2', '999 [yuan_per_m2]'], ['0.1999', 'share', '19.99%'], ['1/3', 'share', '1/3'],
    ['2022-11-15', 'date', '2022-11-15'], ['title,site', 'code', '<title>、<site>'], ['1.1', 'ratio', '1.1'], ['19', 'day', '19 [day]'],
  ])('%s in %s is %s', (value, unit, expected) => { expect(text(value, unit)).toBe(expected) })
})
