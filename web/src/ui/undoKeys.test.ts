import { describe, expect, it } from 'vitest'
import { stepOf } from './undoKeys'

const press = (key: string, held: Partial<Parameters<typeof stepOf>[0]> = {}): Parameters<typeof stepOf>[0] =>
  ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held })

describe('a step by keys', () => {
  it('goes back with Z, and on with Y or Shift and Z', () => {
    expect(stepOf(press('z', { ctrlKey: true }))).toBe('undo')
    expect(stepOf(press('Z', { metaKey: true, shiftKey: true }))).toBe('redo')
    expect(stepOf(press('y', { ctrlKey: true }))).toBe('redo')
  })
  it('is asked for by nothing else', () => {
    expect([press('z'), press('z', { ctrlKey: true, altKey: true }), press('z', { ctrlKey: true, metaKey: true }), press('Y', { ctrlKey: true, shiftKey: true }), press('a', { ctrlKey: true })].map(stepOf)).toEqual([null, null, null, null, null])
  })
})
