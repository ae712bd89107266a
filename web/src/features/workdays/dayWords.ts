import { useI18n } from 'vue-i18n'
import type { BlockedPeriod, Workday } from '@/api/workdays'
import { usePreferences } from '@/stores/preferences'
import { weekdayOf, type Band } from './year'

interface Named { name: string, name_en: string }

/** Days and orders in words of the present language. */
export function useDayWords(): {
  nameOf: (one: Named) => string
  weekday: (day: string) => string
  label: (day: Workday, bands: readonly Band[]) => string
  stopping: (day: Workday, bands: readonly Band[]) => BlockedPeriod[]
} {
  const { t } = useI18n()
  const preferences = usePreferences()
  const nameOf = (one: Named): string => (preferences.language === 'zh' ? one.name || one.name_en : one.name_en || one.name)
  const weekday = (day: string): string => t(`workdays.weekdayLong.${weekdayOf(day) + 1}`)
  const stopping = (day: Workday, bands: readonly Band[]): BlockedPeriod[] =>
    bands.map((one) => one.period).filter((one) => one.first <= day.day && day.day <= one.last)

  function label(day: Workday, bands: readonly Band[]): string {
    const parts = [`${day.day} ${weekday(day.day)}`, t(`workdays.kind.${day.kind}`), nameOf(day)]
    if (day.provisional) parts.push(t('workdays.provisional'))
    if (day.edited_by !== null) parts.push(t('workdays.editedShort'))
    return [...parts, ...stopping(day, bands).map(nameOf)].filter((one) => one !== '').join(t('common.comma'))
  }
  return { nameOf, weekday, label, stopping }
}
