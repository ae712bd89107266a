import { onMounted, onUnmounted } from 'vue'

/** The paper that a page is printed on, while it is shown. */
export function usePaper(size: 'A3 landscape' | 'A4 landscape'): void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`@page { size: ${size}; margin: 10mm }`)
  onMounted(() => { document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet] })
  onUnmounted(() => { document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet) })
}
