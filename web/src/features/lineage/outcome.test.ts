import { describe, expect, it } from 'vitest'
import type { LineageFinding } from '@/api/lineage'
import { asksReason, balanceOf, byGravity, readArea, standing } from './outcome'

const finding = (code: string, severity: LineageFinding['severity'], waiver: LineageFinding['waiver'] = 'none'): LineageFinding =>
  ({ code, severity, waiver, message: '', message_en: '', figures: {} })
const GAP = finding('parts-gap', 'block')
const APART = finding('not-touching', 'block', 'reason')
const LISTED = finding('third-parties', 'block', 'approver')
const HINT = finding('not-inherited', 'warn')

describe('the balance of areas', () => {
  it('holds within a square metre or half a thousandth', () => {
    expect(balanceOf([600, 400], [1000.9])).toMatchObject({ before: 1000, difference: 0.9, tolerance: 1, fits: true })
    expect(balanceOf([20_000], [10_000, 10_010])).toMatchObject({ difference: 10, tolerance: 10, fits: true })
    expect(balanceOf([20_000], [10_000, 10_011]).fits).toBe(false)
  })
})

describe('what still blocks', () => {
  const all = [HINT, GAP, APART, LISTED]
  it.each([
    [{ reason: '', approver: true, document: true }, [GAP, APART, LISTED]],
    [{ reason: ' ', approver: true, document: true }, [GAP, APART, LISTED]],
    [{ reason: '飞地', approver: false, document: true }, [GAP, LISTED]],
    [{ reason: '飞地', approver: true, document: false }, [GAP, LISTED]],
    [{ reason: '飞地', approver: true, document: true }, [GAP]],
  ])('with %o', (given, left) => expect(standing(all, given)).toEqual(left))

  it('asks for a reason only where one helps', () => {
    expect(asksReason([GAP, HINT], true)).toBe(false)
    expect(asksReason([LISTED], false)).toBe(false)
    expect(asksReason([LISTED], true)).toBe(true)
    expect(asksReason([APART], false)).toBe(true)
  })

  it('comes first', () => expect(byGravity([HINT, GAP]).map((one) => one.code)).toEqual(['parts-gap', 'not-inherited']))
})

it.each([['', null], [' 1,234.5 ', 1234.5], ['12a', NaN], ['-3', NaN]])('reads %j as %s m²', (text, value) => expect(readArea(text)).toEqual(value))
