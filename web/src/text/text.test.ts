import { describe, expect, it } from 'vitest'
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

  it('hold no Han in English, except the switch back to Chinese', () => {
    expect([...english].filter(([, text]) => /\p{Script=Han}/u.test(text)).map(([key]) => key)).toEqual(['shell.language.switch'])
  })
})
