import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

interface Titled { title: string, title_en: string }
export interface ChecklistWords {
  named: (one: Titled) => string
  leadOf: (one: { lead_title: string, lead_title_en: string }) => string
  sourceOf: (one: { source: string, source_en: string }) => string
  length: (days: number, unit: 'workday' | 'day') => string
  /** How a forecast stands to its day: spare or late working days. */
  spare: (days: number | null) => string
}

/** Titles and lengths in the present language. */
export function useWords(): ChecklistWords {
  const { t, locale } = useI18n()
  const english = computed(() => locale.value === 'en')
  return {
    named: (one) => (english.value ? one.title_en : one.title),
    leadOf: (one) => (english.value ? one.lead_title_en : one.lead_title),
    sourceOf: (one) => (english.value ? one.source_en : one.source),
    length: (days, unit) => t(unit === 'workday' ? 'checklists.days' : 'checklists.calendarDays', { n: days }),
    spare: (days) => (days === null ? t('common.absent') : days < 0 ? t('checklists.head.late', { n: -days }) : t('checklists.head.spare', { n: days })),
  }
}
