import { describe, expect, it } from 'vitest'
import { exactMoney, money, tenThousandsOf, yuanOf } from './money'

describe('money', () => {
  it('is told in 万元 and 亿元, or million and billion', () => {
    expect([money('160450000.00', false), money('33663648.50', false)]).toEqual(['1.6045 亿元', '3,366.36 万元'])
    expect([money('1604500000', true), money('33663648.50', true)]).toEqual(['1.605 bn yuan', '33.66 m yuan'])
    expect([money(null, false), money('x', false)]).toEqual(['—', '—'])
    expect([exactMoney('33663648.5'), exactMoney(null)]).toEqual(['33,663,648.50', '—'])
  })

  it('is typed in 万元 and kept to the cent', () => {
    expect(['3366.36485', '16,045', '0.000001', '0', '1.0000001', 'x', '-1', ''].map(yuanOf)).toEqual(['33663648.50', '160450000.00', '0.01', '0.00', null, null, null, null])
    expect(['33663648.50', '160450000.00', '0.01', '100000.00', null].map(tenThousandsOf)).toEqual(['3366.36485', '16045', '0.000001', '10', ''])
  })
})
