import { computed, nextTick, ref, type ComputedRef, type Ref } from 'vue'

export interface Picking {
  /** All, some or none of the rows on show are picked. */
  share: ComputedRef<'all' | 'some' | 'none'>
  /** The row that the keyboard stands on. */
  active: Ref<number>
  pickAll: (event: Event) => void
  /** With Shift: everything from the row that was picked last. */
  pick: (at: number, event: MouseEvent) => void
  /** Up or down by the arrow keys, in the column where the focus is; with Shift, picking as it goes. */
  move: (step: number, event: KeyboardEvent) => void
}

/** Picking rows of a list by pointer and keyboard; `rows` are their codes. */
export function usePicking(
  rows: () => readonly string[], picked: () => readonly string[], body: () => HTMLElement | null, set: (codes: readonly string[], on: boolean) => void,
): Picking {
  const active = ref(0)
  let last: number | null = null
  const isPicked = computed(() => new Set(picked()))
  const share = computed(() => {
    const n = rows().filter((code) => isPicked.value.has(code)).length
    if (n === 0) return 'none'
    return n === rows().length ? 'all' : 'some'
  })

  /** What was not taken is not shown as taken. */
  function settle(box: HTMLInputElement, on: () => boolean): void {
    void nextTick(() => { box.checked = on() })
  }

  function pickAll(event: Event): void {
    const box = event.target as HTMLInputElement
    set(rows(), box.checked)
    settle(box, () => share.value === 'all')
  }

  function pick(at: number, event: MouseEvent): void {
    const box = event.target as HTMLInputElement
    const code = rows()[at]
    if (code === undefined) return
    const from = event.shiftKey && last !== null ? last : at
    set(rows().slice(Math.min(from, at), Math.max(from, at) + 1), box.checked)
    settle(box, () => isPicked.value.has(code))
    last = at
    active.value = at
  }

  function move(step: number, event: KeyboardEvent): void {
    const onBox = event.target instanceof HTMLInputElement
    const here = rows()[active.value]
    active.value = Math.min(rows().length - 1, Math.max(0, active.value + step))
    const there = rows()[active.value]
    if (event.shiftKey && here !== undefined && there !== undefined) set([here, there], true)
    body()?.children[active.value]?.querySelector<HTMLElement>(onBox ? 'input' : 'button')?.focus()
  }

  return { share, active, pickAll, pick, move }
}
