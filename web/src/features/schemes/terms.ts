import type { Level, Method, SchemeChange, SchemeDetail } from '@/api/schemes'
import { tenThousandsOf, yuanOf } from '@/format/money'

/** What the form of a scheme's terms holds: texts as typed, money in 万元, the benchmark in yuan per m². */
export interface TermsForm {
  title: string, number: string, method: Method, level: Level
  conditionsNumber: string, conditionsOn: string | null, conditionsDocument: number | null, items: string[]
  benchmark: string, floor: string, reserve: string, fee: string, compensation: string, taxes: string
  priceOn: string | null, priceDocument: number | null, subsidy: boolean, stock: string, revived: string, note: string
}
export type MoneyField = 'floor' | 'reserve' | 'fee' | 'compensation' | 'taxes'
export type NumberField = 'benchmark' | 'stock' | 'revived'

export function formOf(scheme: SchemeDetail): TermsForm {
  const terms = scheme.terms
  return {
    title: scheme.title, number: scheme.number ?? '', method: scheme.method, level: scheme.level,
    conditionsNumber: terms.conditions_number ?? '', conditionsOn: terms.conditions_on, conditionsDocument: terms.conditions_document?.id ?? null, items: [...terms.conditions_items],
    benchmark: terms.benchmark_yuan_m2 ?? '', floor: tenThousandsOf(terms.floor_yuan), reserve: tenThousandsOf(terms.reserve_yuan),
    fee: tenThousandsOf(terms.new_land_fee_yuan), compensation: tenThousandsOf(terms.compensation_yuan), taxes: tenThousandsOf(terms.taxes_yuan),
    priceOn: terms.price_on, priceDocument: terms.price_document?.id ?? null, subsidy: terms.subsidy_linked,
    stock: terms.stock_months ?? '', revived: terms.revived_m2 ?? '', note: terms.note ?? '',
  }
}

const plain = (text: string): string | null => (text.trim() === '' ? null : text.replace(/,/g, '').trim())

/** Whether a field holds something that is no number. */
export const badMoney = (text: string): boolean => text.trim() !== '' && yuanOf(text) === null
export const badNumber = (text: string): boolean => text.trim() !== '' && !/^\d{1,10}(\.\d{1,2})?$/.test(plain(text) ?? '')

/** What the form says, as the service takes it; a price that the way of supply doesn't know is none. */
export function changeOf(form: TermsForm): SchemeChange {
  const [agreed, free] = [form.method === 'agreement', form.method === 'allocation']
  return {
    title: form.title.trim() || undefined, number: plain(form.number), method: form.method, level: form.level,
    conditions_number: form.conditionsNumber.trim() || null, conditions_on: form.conditionsOn, conditions_document_id: form.conditionsDocument, conditions_items: form.items,
    benchmark_yuan_m2: free ? null : plain(form.benchmark), floor_yuan: free ? null : yuanOf(form.floor), reserve_yuan: free || agreed ? null : yuanOf(form.reserve),
    new_land_fee_yuan: agreed ? yuanOf(form.fee) : null, compensation_yuan: agreed ? yuanOf(form.compensation) : null, taxes_yuan: agreed ? yuanOf(form.taxes) : null,
    price_on: free ? null : form.priceOn, price_document_id: free ? null : form.priceDocument, subsidy_linked: form.subsidy,
    stock_months: plain(form.stock), revived_m2: plain(form.revived), note: form.note.trim() || null,
  }
}
