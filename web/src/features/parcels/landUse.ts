import { useI18n } from 'vue-i18n'

const KNOWN = ['land_use_2023', 'gbt_21010_2017', 'gb_50137_2011'] as const
const isKnown = (scheme: string): scheme is typeof KNOWN[number] => KNOWN.some((one) => one === scheme)

/** What a land-use code list is called; one that is not known here by its key. */
export function useListName(): (scheme: string) => string {
  const { t } = useI18n()
  return (scheme) => (isKnown(scheme) ? t(`review.mapping.lists.${scheme}`) : scheme)
}
