import { useI18n } from 'vue-i18n'
import { useContractWords } from '@/features/contracts/useContractWords'
import { conditionInWords } from './conditions'

/** Conditions of a template in the present language; `factOf` names a fact. */
export function useConditions(): (condition: string, factOf: (key: string) => string) => string {
  const { t } = useI18n()
  const codes = useContractWords()
  return (condition, factOf) => conditionInWords(condition, {
    or: t('checklists.condition.or'), and: t('checklists.condition.and'), not: (name) => t('checklists.condition.not', { name }),
    use: (code) => codes.nameOf('use', code), method: (code) => codes.nameOf('method', code), fact: factOf,
  })
}
