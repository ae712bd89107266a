import { isModalOpen } from '@/ui/modal'
import { isOurs, onKeys } from '@/ui/ours'

const SECOND_KEY_MS = 1500

/** Keys for the whole desk: `actions` by key, `goTo` by the letter after `g`. */
export function useDeskKeys(actions: Record<string, () => void>, goTo: (letter: string) => boolean): void {
  let gPressedAt = -Infinity
  function onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || !isOurs(event) || isModalOpen()) return
    const waiting = event.timeStamp - gPressedAt < SECOND_KEY_MS
    gPressedAt = -Infinity
    if (waiting && goTo(event.key)) {
      event.preventDefault()
    } else if (event.key === 'g') {
      gPressedAt = event.timeStamp
    } else if (Object.hasOwn(actions, event.key)) {
      event.preventDefault()
      actions[event.key]?.()
    }
  }
  onKeys(onKey)
}
