import { describe, expect, it } from 'vitest'
import { agreed } from './agree'
import { en } from './en'
import { zh } from './zh'

interface Tree { [key: string]: string | Tree }

function words(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [[path + key, value]] : words(value, `${path}${key}.`)))
}
const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort()

const chinese = new Map(words(zh))
const english = new Map(words(en))

describe('the words', () => {
  it('are the same set in both languages', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  })

  it.each([['Chinese', chinese], ['English', english]])('leave nothing empty in %s', (_, all) => {
    expect([...all].filter(([, text]) => text.trim() === '')).toEqual([])
  })

  it('take the same figures in both languages', () => {
    const different = [...chinese].filter(([key, text]) => placeholders(text).join() !== placeholders(english.get(key) ?? '').join())
    expect(different.map(([key]) => key)).toEqual([])
  })

  it('agree with the figure before them in English', () => {
    const figureThenPlural = /\{\w+\} (?:(?:more|chosen|working|boundary|printed) )?(?:parcels|points|(?:work)?days|months|years|entries|pieces|errors|warnings|areas|results|shapes|lots|plots|findings|targets|rows|repairs|rules|totals|items|files)\b/
    expect([...english].filter(([, text]) => figureThenPlural.test(text))).toEqual([])
    expect([...chinese].filter(([, text]) => /[‹›]/.test(text))).toEqual([])
  })

  it.each([
    ['1 ‹parcel is/parcels are› added', '1 parcel is added'],
    ['0 ‹parcel is/parcels are› added', '0 parcels are added'],
    ['1,001 boundary ‹point/points›', '1,001 boundary points'],
    ['2022-11-1 ‹error/errors›, 21 ‹warning/warnings›', '2022-11-1 error, 21 warnings'],
    ['1 working ‹day/days› (3 ‹day/days›)', '1 working day (3 days)'],
    ['— ‹parcel/parcels›', '— parcels'],
  ])('%s', (written, read) => {
    expect(agreed(written)).toBe(read)
  })

  it('hold no Han in English, except the switch back to Chinese', () => {
    expect([...english].filter(([, text]) => /\p{Script=Han}/u.test(text)).map(([key]) => key)).toEqual(['shell.language.switch'])
  })
})
