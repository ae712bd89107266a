import { computed, onScopeDispose, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { readRun, startRun, type OverlayRun } from '@/api/constraints'
import { asProblem, type Problem } from '@/api/problem'

const PERIOD_MS = 1500

export interface WatchedRun {
  run: ShallowRef<OverlayRun | null>
  problem: ShallowRef<Problem | null>
  /** Asked for, or at work. */
  busy: ComputedRef<boolean>
  starting: Ref<boolean>
  /** `null`: every parcel that the person may see. */
  start: (codes: readonly string[] | null) => Promise<void>
  look: (id: number) => Promise<void>
  /** Forget it; the work itself goes on. */
  drop: () => void
}

/** A comparison of many parcels with the control layers, started and watched; `rested` is told when it has ended. */
export function useOverlayRun(rested: (run: OverlayRun) => void): WatchedRun {
  const run = shallowRef<OverlayRun | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const starting = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let watched = 0
  const atWork = computed(() => run.value !== null && ['queued', 'running'].includes(run.value.status))

  async function look(id: number): Promise<void> {
    clearTimeout(timer)
    watched = id
    try {
      const now = await readRun(id)
      if (watched !== id) return
      run.value = now
      if (atWork.value) timer = setTimeout(() => void look(id), PERIOD_MS)
      else rested(now)
    } catch (thrown) {
      if (watched === id) problem.value = asProblem(thrown)
    }
  }

  async function start(codes: readonly string[] | null): Promise<void> {
    starting.value = true
    problem.value = null
    try {
      run.value = await startRun(codes === null ? null : [...codes])
      void look(run.value.id)
    } catch (thrown) {
      problem.value = asProblem(thrown)
    }
    starting.value = false
  }

  function drop(): void {
    clearTimeout(timer)
    watched = 0
    run.value = null
    problem.value = null
  }
  onScopeDispose(drop)
  return { run, problem, starting, busy: computed(() => starting.value || atWork.value), start, look, drop }
}
