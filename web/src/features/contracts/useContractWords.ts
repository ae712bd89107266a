import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { listCodes } from '@/api/plans'
import { useResource } from '@/api/resource'
import type { Code } from '@/api/types'
import { money } from '@/format/money'

const LISTS = { method: 'supply_method', use: 'plan_class', index: 'standard_land', disposal: 'idle_disposal' } as const
export type ContractList = keyof typeof LISTS
export interface ContractWords {
  nameOf: (list: ContractList, code: string | null | undefined) => string
  unitOf: (index: string) => string
  measured: (index: string, value: string | number) => string
  options: (list: ContractList) => readonly (readonly [string, string])[]
  yuan: (value: string | number | null | undefined) => string
}

/** The words and amounts that contracts speak in, in the present language. */
export function useContractWords(): ContractWords {
  const { t, locale } = useI18n()
  const english = computed(() => locale.value === 'en')
  const lists = useResource(() => 'contracts', async (_, signal) => {
    const found = await Promise.all(Object.values(LISTS).map((list) => listCodes(list, signal)))
    return Object.fromEntries(Object.keys(LISTS).map((name, at) => [name, found[at] ?? []])) as Record<ContractList, Code[]>
  })
  const codes = (list: ContractList): Code[] => lists.data.value?.[list] ?? []
  const called = (code: Code): string => (english.value ? code.name_en : code.name)
  const unitOf = (index: string): string => {
    const found = codes('index').find((one) => one.code === index)
    return (english.value ? found?.unit_en : found?.unit) ?? ''
  }
  return {
    unitOf,
    // “800 (10 000 yuan/mu)”: a unit that begins with a figure stands apart from it.
    measured: (index, value) => { const unit = unitOf(index); return unit === '' ? String(Number(value)) : `${Number(value)} ${/^\d/.test(unit) ? `(${unit})` : unit}` },
    nameOf: (list, code) => {
      if (code === null || code === undefined) return t('common.absent')
      const found = codes(list).find((one) => one.code === code)
      return found === undefined ? code : called(found)
    },
    options: (list) => codes(list).map((one) => [one.code, called(one)] as const),
    yuan: (value) => money(value, english.value),
  }
}
