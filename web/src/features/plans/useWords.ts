import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { listCodes } from '@/api/plans'
import { useResource } from '@/api/resource'
import type { Code } from '@/api/types'

const LISTS = { class: 'plan_class', housing_class: 'housing_class', source: 'land_source', method: 'supply_method', reason: 'target_change_reason' } as const
export type WordList = keyof typeof LISTS
export interface Word { code: string, name: string }

export interface Words {
  nameOf: (list: WordList, code: string | null | undefined) => string
  options: ComputedRef<Record<WordList, Word[]>>
}

/** The code lists that a plan speaks in, by their names in the present language. */
export function useWords(): Words {
  const { t, locale } = useI18n()
  const lists = useResource(() => 'plans', async (_, signal) => {
    const found = await Promise.all(Object.values(LISTS).map((list) => listCodes(list, signal)))
    return Object.fromEntries(Object.keys(LISTS).map((name, i) => [name, found[i] ?? []])) as Record<WordList, Code[]>
  })
  const word = (code: Code): Word => ({ code: code.code, name: locale.value === 'zh' ? code.name : code.name_en })
  const options = computed(() => Object.fromEntries((Object.keys(LISTS) as WordList[])
    .map((list) => [list, (lists.data.value?.[list] ?? []).map(word)])) as Record<WordList, Word[]>)
  const nameOf = (list: WordList, code: string | null | undefined): string =>
    (code === null || code === undefined ? t('common.absent') : options.value[list].find((one) => one.code === code)?.name ?? code)
  return { nameOf, options }
}
