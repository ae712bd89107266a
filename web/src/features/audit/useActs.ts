import { useI18n } from 'vue-i18n'

export interface Acts { actionWord: (code: string) => string, subjectWord: (code: string) => string }

/** What is written in the log, in words; what this version has no word for keeps its code. */
export function useActs(): Acts {
  const { t } = useI18n()
  const word = (path: string, code: string): string => t(path, code)
  return {
    actionWord: (code) => word(`acts.actions.${code}`, code),
    subjectWord: (code) => word(`acts.subjects.${code}`, code),
  }
}
