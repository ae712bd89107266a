import { computed, ref, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { isRunFinished, startRun, type OverlayRun } from '@/api/constraints'
import { asProblem, type Problem } from '@/api/problem'
import { useRuns } from '@/stores/runs'

export interface StartedRun {
  run: ComputedRef<OverlayRun | null>
  problem: ShallowRef<Problem | null>
  /** Asked for, or at work. */
  busy: ComputedRef<boolean>
  /** `null`: every parcel that the person may see. */
  start: (codes: readonly string[] | null) => Promise<void>
  /** Forget it here; the work itself goes on, and the task tray watches it. */
  drop: () => void
}

/** A comparison of many parcels with the control layers, started here; `rested` is told when it has ended. */
export function useOverlayRun(rested: (run: OverlayRun) => void): StartedRun {
  const runs = useRuns()
  const id = ref<number | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const starting = ref(false)

  const run = computed(() => runs.list.find((one) => one.id === id.value) ?? null)
  const atWork = computed(() => run.value !== null && !isRunFinished(run.value))
  watch(run, (now, before) => {
    if (now !== null && isRunFinished(now) && before?.id === now.id && !isRunFinished(before)) rested(now)
  })

  async function start(codes: readonly string[] | null): Promise<void> {
    starting.value = true
    problem.value = null
    try {
      const started = await startRun(codes === null ? null : [...codes])
      runs.follow(started)
      id.value = started.id
    } catch (thrown) {
      problem.value = asProblem(thrown)
    }
    starting.value = false
  }

  function drop(): void {
    id.value = null
    problem.value = null
  }
  return { run, problem, busy: computed(() => starting.value || atWork.value), start, drop }
}
