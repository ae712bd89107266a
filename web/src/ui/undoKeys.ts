import { useI18n } from 'vue-i18n'
import { useShortcutList } from '@/stores/shortcuts'
import { isModalOpen } from './modal'
import { onKeys } from './ours'

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/** What a key asks for: Ctrl+Z, or Ctrl+Y and Ctrl+Shift+Z; on a Mac with ⌘. */
export function stepOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Press): 'undo' | 'redo' | null {
  if (altKey || ctrlKey === metaKey) return null
  const letter = key.toLowerCase()
  if (letter === 'z') return shiftKey ? 'redo' : 'undo'
  return letter === 'y' && !shiftKey ? 'redo' : null
}

/** Takes steps back and again by keys. A field in which somebody writes has steps of its own, unless it is `left` as it was. */
export function useUndoKeys(steps: { undo: () => void, redo: () => void, left?: (field: EventTarget) => boolean }): void {
  const { t } = useI18n()
  function onKey(event: KeyboardEvent): void {
    const step = stepOf(event)
    if (step === null || event.defaultPrevented || isModalOpen()) return
    const field = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement ? event.target : null
    if (field !== null && /^(text|search|number|textarea)$/.test(field.type) && steps.left?.(field) !== true) return
    event.preventDefault()
    steps[step]()
  }
  onKeys(onKey)
  useShortcutList().announce({
    title: () => t('common.steps.title'),
    shortcuts: [
      { keys: ['Ctrl', 'Z'], label: () => t('common.steps.undo') },
      { keys: ['Ctrl', 'Y'], label: () => t('common.steps.redo') },
    ],
  })
}
