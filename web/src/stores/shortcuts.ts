import { defineStore } from 'pinia'
import { onScopeDispose, shallowRef } from 'vue'

export interface Shortcut { keys: string[], label: () => string }
export interface ShortcutGroup { title: () => string, shortcuts: Shortcut[] }

/** The shortcuts in force, for the `?` list: each part of the app names its own while it is on screen. */
export const useShortcutList = defineStore('shortcuts', () => {
  const groups = shallowRef<ShortcutGroup[]>([])
  function announce(group: ShortcutGroup): void {
    groups.value = [...groups.value, group]
    onScopeDispose(() => { groups.value = groups.value.filter((one) => one !== group) })
  }
  return { groups, announce }
})
