import { defineStore } from 'pinia'
import { nextTick, ref } from 'vue'

/** The polite live region: what a screen reader is told without moving the focus. */
export const useAnnouncer = defineStore('announcer', () => {
  const message = ref('')
  async function announce(text: string): Promise<void> {
    // Emptied first: the same words twice would not be read twice.
    message.value = ''
    await nextTick()
    message.value = text
  }
  return { message, announce: (text: string) => void announce(text) }
})
