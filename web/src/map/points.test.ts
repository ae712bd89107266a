import { describe, expect, it } from 'vitest'
import { lengthOf, placesOf, readPoints, writtenOf } from './points'

describe('typed points', () => {
  it.each([
    ['113.73,34.77\n113.74,34.78', '4490', [[113.73, 34.77], [113.74, 34.78]]],
    ['34.77 113.73\n34.78 113.74', '4490', [[113.73, 34.77], [113.74, 34.78]]],
    ['J1,3849110.265,38475283.393\nJ2,3849210.265,38475283.393', '4526', [[38475283.393, 3849110.265], [38475283.393, 3849210.265]]],
    ['J1,1,3849110.265,475283.393\r\nJ2,1,3849210.265,475283.393\r\n', '4547', [[475283.393, 3849110.265], [475283.393, 3849210.265]]],
    ['1\t475283.393\t3849110.265\t88.5\n\n2\t475290\t3849210\t88', '4547', [[475283.393, 3849110.265], [475290, 3849210]]],
    ['3，113.73，34.77\n4，113.74，34.78', '4490', [[113.73, 34.77], [113.74, 34.78]]],
  ])('%j', (text, system, points) => expect(readPoints(text)).toEqual({ points, system, problem: null }))

  it.each([
    ['', { kind: 'few' }],
    ['113.73,34.77\n113.73,34.77', { kind: 'few' }],
    ['113.73,34.77\n甲乙', { kind: 'row', row: 2 }],
    ['13.73,34.77', { kind: 'row', row: 1 }],
    ['Infinity,34.77', { kind: 'row', row: 1 }],
    ['475283,3849110\n38475283,3849210', { kind: 'mixed', row: 2 }],
    ['37475283,3849110', { kind: 'zone', row: 1 }],
  ])('refuses %j', (text, problem) => expect(readPoints(text).problem).toEqual(problem))
})

it('keeps the rows before a faulty one, so that a line is drawn while it is typed', () => {
  expect(readPoints('J1,3849110.265,38475283.393\nJ2,38492').points).toEqual([[38475283.393, 3849110.265]])
  expect(placesOf(readPoints('甲乙'))).toEqual([])
})

it('finds typed metres where PROJ does, and writes them again', () => {
  for (const text of ['J1,3849110.2651,38475283.3926\nJ2,3849210.2651,38475283.3926', '3849110.2651 475283.3926\n3849210.2651 475283.3926']) {
    const places = placesOf(readPoints(text))
    expect(places[0]?.[0]).toBeCloseTo(113.73, 8)
    expect(places[0]?.[1]).toBeCloseTo(34.77, 8)
    expect(lengthOf(places)).toBeCloseTo(100, 4)
    expect(writtenOf(places)).toBe('J1,3849110.2651,38475283.3926\nJ2,3849210.2651,38475283.3926')
  }
  expect(writtenOf([[117.2, 36.1], [117.3, 36.2]])).toBe('J1,36.100000000,117.200000000\nJ2,36.200000000,117.300000000')
  expect(lengthOf([[113.73, 34.77]])).toBe(0)
})
