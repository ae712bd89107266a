import { describe, expect, it } from 'vitest'
import { ITEM_STATES, type Item } from '@/api/checklists'
import { Problem } from '@/api/problem'
import { gateOf, openItems } from './gate'
import { isOpen, missing, needsDocument, needsReason, SHAPE } from './states'

describe('states', () => {
  it('have a shape of their own each', () => {
    expect(new Set(ITEM_STATES.map((one) => SHAPE[one])).size).toBe(ITEM_STATES.length)
    expect(ITEM_STATES.filter(isOpen)).toEqual(['cannot_start', 'ready', 'in_progress', 'submitted', 'returned'])
  })

  it('ask why where somebody will want to know', () => {
    expect((['start', 'submit', 'return', 'accept', 'reopen', 'ask_waiver', 'waive', 'unwaive'] as const).filter(needsReason)).toEqual(['return', 'reopen', 'ask_waiver', 'unwaive'])
    expect(needsDocument('ask_waiver')).toBe(true)
  })
})

describe('evidence', () => {
  const proof = (from: string, until: string | null, withdrawn: string | null = null): Item['evidence'][number]['documents'][number] =>
    ({ id: 1, document_id: 2, name: '批文', valid_from: from, valid_until: until, expired: false, withdrawn_on: withdrawn })
  const item = (...documents: ReturnType<typeof proof>[]): Item => ({ evidence: [{ key: 'a', title: '批文', title_en: 'approval', valid_months: 12, documents }] }) as unknown as Item

  it('is missing until something is in force on the day', () => {
    expect(missing(item(), '2022-11-15')).toHaveLength(1)
    expect(missing(item(proof('2022-11-16', null)), '2022-11-15')).toHaveLength(1)
    expect(missing(item(proof('2022-01-01', '2022-11-14')), '2022-11-15')).toHaveLength(1)
    expect(missing(item(proof('2022-01-01', null, '2022-02-01')), '2022-11-15')).toHaveLength(1)
    expect(missing(item(proof('2022-01-01', '2022-11-15')), '2022-11-15')).toEqual([])
  })
})

describe('the gate', () => {
  const told = { code: 'checklist-open', items: [
    { code: 'ZDRY-1', key: 'BT-F4', title: '结果处理意见', title_en: 'Decision', lead: 'relics', lead_title: '文物局', lead_title_en: null, state: 'ready', days_left: 7, ready_on: '2022-12-01', waivable: false },
    { code: 'ZDRY-2', key: null, title: '清单', title_en: 'checklist', lead: null, lead_title: null, lead_title_en: null, state: 'missing', days_left: null, ready_on: null, waivable: false },
  ] }

  it('tells every open item, and a checklist that is missing', () => {
    const [one, other] = gateOf(new Problem({ status: 409, code: 'checklist-open', members: told }))
    expect(one).toMatchObject({ code: 'ZDRY-1', key: 'BT-F4', lead_title: '文物局', lead_title_en: '文物局', state: 'ready', daysLeft: 7, readyOn: '2022-12-01', waivable: false })
    expect(other).toMatchObject({ code: 'ZDRY-2', key: null, state: null, daysLeft: null })
  })

  it('hears nothing in other problems', () => {
    expect([gateOf(null), gateOf(new Problem({ code: 'legal-rule', members: told })), openItems('x')]).toEqual([[], [], []])
  })
})
