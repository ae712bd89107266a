import { onScopeDispose } from 'vue'

/** Hears every key that is pressed, as long as its component stands. */
export function onKeys(hear: (event: KeyboardEvent) => void): void {
  addEventListener('keydown', hear)
  onScopeDispose(() => removeEventListener('keydown', hear))
}

/** A key pressed while writing, or together with a modifier, is not ours. */
export function isOurs(event: Pick<KeyboardEvent, 'ctrlKey' | 'metaKey' | 'altKey' | 'target'>): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  const target = event.target as { tagName?: string, isContentEditable?: boolean } | null
  return !(target?.isContentEditable === true || /^(INPUT|TEXTAREA|SELECT)$/.test(target?.tagName ?? ''))
}
