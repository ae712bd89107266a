/** How the parts of a condition are called; `not` takes the name it stands before. */
export interface ConditionWords { or: string, and: string, not: (name: string) => string, use: (code: string) => string, method: (code: string) => string, fact: (key: string) => string }

/** The condition of a template's item in words: what is joined, what is denied, which facts by name. */
export function conditionInWords(condition: string, words: ConditionWords): string {
  let denied = false
  return condition.replaceAll(/([()])/g, ' $1 ').trim().split(/\s+/).map((part) => {
    if (part === 'not') { denied = true; return '' }
    if (part === 'or' || part === 'and') return words[part]
    if (part === '(' || part === ')') return denied && part === '(' ? words.not('(') : part
    const [list, code] = part.split(':')
    const name = code === undefined ? words.fact(part) : list === 'use' ? words.use(code) : words.method(code)
    const told = denied ? words.not(name) : name
    denied = false
    return told
  }).join('')
}
