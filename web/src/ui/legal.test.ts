// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { parseProblem } from '@/api/problem'
import { findingsOf, type LegalFinding } from '@/api/rules'
import type { Permission } from '@/api/types'
import { useSession } from '@/stores/session'
import { i18n } from '@/text'
import LegalFindings from './LegalFindings.vue'
import { useOverride } from './override'

const finding = (change: Partial<LegalFinding> = {}): LegalFinding => ({
  rule: 'R04', severity: 'block', hard: false, verified: true, provisional: false, title: '出让底价', title_en: 'Grant floor',
  message: '底价低于基准地价的 70%', message_en: 'below 70 %', source: '国土资发〔2010〕34号', source_en: 'No. 34',
  figures: [{ name: 'floor_m2', title: '单位底价', title_en: 'floor price', value: '1999.50', unit: 'yuan_per_m2' }],
  satisfied_by: '底价不低于 2100 元/m²', satisfied_by_en: 'at least 2100', ...change,
})

function may(...permissions: Permission[]): void {
  useSession().current = {
    user: { username: 'a', display_name: 'A', role: 'approver', lead_bureau: null, jurisdictions: null },
    permissions, csrf_token: 't', expires_at: '', today: '2022-11-15', demo: false,
  }
}

beforeEach(() => { setActivePinia(createPinia()) })

describe('findings', () => {
  const shown = (one: LegalFinding): string =>
    mount(LegalFindings, { props: { findings: [one] }, global: { plugins: [i18n], stubs: { RouterLink: true } } }).text().replace(/\s+/g, ' ')

  it('say how grave, what, by which figures and source, and what would satisfy them', () => {
    const text = shown(finding())
    for (const part of ['■', '阻止', '出让底价', 'R04', '底价低于基准地价的 70%', '单位底价', '1,999.50 元/m²', '底价不低于 2100 元/m²', '国土资发〔2010〕34号']) expect(text).toContain(part)
    expect(text).not.toContain('暂定')
  })

  it('say that nobody may set them aside, and that a day is provisional', () => {
    expect(shown(finding({ hard: true }))).toContain('不可例外')
    expect(shown(finding({ severity: 'warn', provisional: true }))).toMatch(/▲提醒.*暂定/)
  })
})

describe('an exception', () => {
  const obstacle = (...findings: LegalFinding[]): string => useOverride(() => findings).obstacle.value

  it('is asked of an approver where something blocks, and never from a hard stop', () => {
    may('law:override')
    expect(obstacle(finding({ severity: 'warn' }))).toBe('')
    expect(obstacle(finding(), finding({ hard: true }))).toBe('hard')
    expect(obstacle(finding())).toBe('needReason')
    may('scheme:edit')
    expect(obstacle(finding())).toBe('approver')
  })

  it('goes out with reason and document only', () => {
    may('law:override')
    const override = useOverride(() => [finding()])
    override.draft.reason = ' 市政府会议纪要 '
    expect([override.obstacle.value, override.order.value]).toEqual(['needDocument', null])
    override.draft.documentId = 7
    expect([override.obstacle.value, override.order.value]).toEqual(['', { reason: '市政府会议纪要', document_id: 7 }])
    override.clear()
    expect(override.order.value).toBeNull()
  })

  it('is read from a refusal', () => {
    const body = { code: 'legal-rule', findings: [finding()], overridable: true }
    expect(findingsOf(parseProblem(409, body))).toEqual([finding()])
    expect(findingsOf(parseProblem(409, { ...body, code: 'other' }))).toEqual([])
    expect(findingsOf(null)).toEqual([])
  })
})
