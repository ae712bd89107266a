import { describe, expect, it } from 'vitest'
import { changesBetween, plain } from './changes'
import { day, duration, moment } from './dates'
import { bytes, count, percent } from './figures'
import { returnPath } from './paths'

describe('dates', () => {
  it('show a day as it stands, an instant by the local clock, nothing as a dash', () => {
    expect(day('2022-11-15')).toBe('2022-11-15')
    expect(day(null)).toBe('—')
    expect(moment('nonsense')).toBe('—')
    const local = new Date(2022, 10, 5, 9, 3, 7).toISOString()
    expect(day(local)).toBe('2022-11-05')
    expect(moment(local)).toBe('2022-11-05 09:03')
    expect(moment(local, true)).toBe('2022-11-05 09:03:07')
  })

  it.each([
    ['2022-11-15T00:00:08Z', '8 s'],
    ['2022-11-15T00:02:05Z', '2 min 5 s'],
    ['2022-11-14T23:59:00Z', '0 s'],
  ])('count the time to %s', (to, words) => {
    expect(duration('2022-11-15T00:00:00Z', to, { minute: 'min', second: 's' })).toBe(words)
  })
})

describe('figures', () => {
  it('separate thousands, and show absent as a dash, never 0', () => {
    expect([count(1234567), count(0), count(null), count(undefined)]).toEqual(['1,234,567', '0', '—', '—'])
  })

  it.each([[0, '0 B'], [980, '980 B'], [1234, '1.2 kB'], [34_000_000, '34 MB'], [5e12, '5000 GB']])('%d bytes are %s', (value, words) => {
    expect(bytes(value)).toBe(words)
  })

  it.each([[0, null, 0], [5, 0, 0], [1, 3, 33], [4, 3, 100]])('%d of %s is %d %%', (part, whole, share) => {
    expect(percent(part, whole)).toBe(share)
  })
})

describe('the way back after signing in', () => {
  it.each([
    ['/desk/imports?x=1', '/desk/imports?x=1'],
    ['//evil.example', '/desk/map'],
    ['/\\evil.example', '/desk/map'],
    ['https://evil.example', '/desk/map'],
    [undefined, '/desk/map'],
    [['/a'], '/desk/map'],
  ])('%s leads to %s', (asked, path) => {
    expect(returnPath(asked)).toBe(path)
  })
})

describe('recorded changes', () => {
  it('name only what differs, also of what was made or removed', () => {
    expect(changesBetween({ a: 1, b: 'x', c: [1] }, { a: 1, b: 'y', c: [1] })).toEqual([{ field: 'b', before: 'x', after: 'y' }])
    expect(changesBetween(null, { a: true })).toEqual([{ field: 'a', before: '—', after: 'true' }])
    expect(changesBetween({ a: 'x' }, null)).toEqual([{ field: 'a', before: 'x', after: '—' }])
    expect(changesBetween(null, null)).toEqual([])
  })

  it('write any value on one line', () => {
    expect([plain(null), plain(''), plain('x'), plain({ a: [1] }), plain(0)]).toEqual(['—', '—', 'x', '{"a":[1]}', '0'])
  })
})
