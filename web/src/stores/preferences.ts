import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { configureClient } from '@/api/client'
import { i18n, LANGUAGES, type Language } from '@/text'

export const THEMES = ['light', 'dark', 'auto'] as const
export type Theme = typeof THEMES[number]

const isOneOf = <T extends string>(values: readonly T[], value: string | null): value is T =>
  value !== null && (values as readonly string[]).includes(value)

/** Language asked for in the address (`?lang=`), else remembered, else Chinese. */
function firstLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang')
  if (isOneOf(LANGUAGES, asked)) return asked
  const remembered = localStorage.getItem('language')
  return isOneOf(LANGUAGES, remembered) ? remembered : 'zh'
}

/** What a person chose for this browser: language, theme, folded rail. */
export const usePreferences = defineStore('preferences', () => {
  const remembered = localStorage.getItem('theme')
  const language = ref<Language>(firstLanguage())
  const theme = ref<Theme>(isOneOf(THEMES, remembered) ? remembered : 'auto')
  const railFolded = ref(localStorage.getItem('rail') === 'folded')

  const systemDark = matchMedia('(prefers-color-scheme: dark)')
  const systemIsDark = ref(systemDark.matches)
  systemDark.addEventListener('change', (event) => { systemIsDark.value = event.matches })
  // Paper is white whatever the screen is.
  const printing = ref(false)
  addEventListener('beforeprint', () => { printing.value = true })
  addEventListener('afterprint', () => { printing.value = false })
  const dark = computed(() => theme.value === 'dark' || (theme.value === 'auto' && systemIsDark.value))

  watch(language, (value) => {
    localStorage.setItem('language', value)
    i18n.global.locale.value = value
    document.documentElement.lang = value === 'zh' ? 'zh-CN' : 'en'
    configureClient({ language: value })
  }, { immediate: true })
  watch(theme, (value) => localStorage.setItem('theme', value))
  watch(() => dark.value && !printing.value, (value) => document.documentElement.classList.toggle('dark', value), { immediate: true, flush: 'sync' })
  watch(railFolded, (value) => localStorage.setItem('rail', value ? 'folded' : 'open'))

  return { language, theme, dark, railFolded }
})
