import ranges from '@fontsource-variable/noto-sans-sc/unicode.json'
import type { StyleSpecification } from 'maplibre-gl'

export const FONT = 'Noto Sans SC'

const files: Record<string, string> = import.meta.glob(
  '/node_modules/@fontsource-variable/noto-sans-sc/files/*-wght-normal.woff2', { query: '?url', import: 'default', eager: true },
)

/** The font's files by the characters they hold; the map fetches only those that its labels need. */
export function fontFaces(): NonNullable<StyleSpecification['font-faces']> {
  const faces = Object.entries(ranges as Record<string, string>).flatMap(([key, range]) => {
    const name = `/noto-sans-sc-${key.replace(/[[\]]/g, '')}-wght-normal.woff2`
    const file = Object.entries(files).find(([path]) => path.endsWith(name))
    return file === undefined ? [] : [{ url: file[1], 'unicode-range': range.toUpperCase().split(',') }]
  })
  return { [FONT]: faces }
}
