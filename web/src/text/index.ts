import { createI18n } from 'vue-i18n'
import { agreed } from './agree'
import { en } from './en'
import { zh, type Text } from './zh'

export const LANGUAGES = ['zh', 'en'] as const
export type Language = typeof LANGUAGES[number]

export const i18n = createI18n<[Text], Language, false>({
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- still the way to ask version 11 for the composition API
  legacy: false,
  locale: 'zh',
  fallbackLocale: 'zh',
  messages: { zh, en },
  postTranslation: (text) => (typeof text === 'string' ? agreed(text) : text),
})
