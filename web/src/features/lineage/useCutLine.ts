import type { LineString, MultiPolygon } from 'geojson'
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { asProblem, type Problem } from '@/api/problem'
import type { DrawEvents, Drawing } from '@/map/drawing'
import type { Theme } from '@/map/palette'
import { usePreferences } from '@/stores/preferences'

export type Draw = (theme: Theme, events: DrawEvents) => Promise<Drawing>

export interface CutLine {
  /** Degrees; null while none is finished. */
  line: ShallowRef<LineString | null>
  undoable: Ref<boolean>
  redoable: Ref<boolean>
  problem: ShallowRef<Problem | null>
  undo: () => void
  redo: () => void
  /** Throw the line away and draw another. */
  again: () => void
}

/** A line drawn across a plot while `wanted`: it snaps to the plot's border, and its vertices can be moved afterwards. */
export function useCutLine(draw: Draw, plot: () => MultiPolygon, wanted: () => boolean): CutLine {
  const preferences = usePreferences()
  const theme = (): Theme => (preferences.dark ? 'dark' : 'light')
  const line = shallowRef<LineString | null>(null)
  const undoable = ref(false)
  const redoable = ref(false)
  const problem = shallowRef<Problem | null>(null)
  let session: Drawing | null = null
  let asked = 0

  const events: DrawEvents = {
    changed(shapes, id, how) {
      const found = shapes.find((shape) => shape.geometry.type === 'LineString')
      line.value = found?.geometry.type === 'LineString' ? found.geometry : null
      if (found === undefined) session?.mode('line')
      else if (how === 'drawn') setTimeout(() => {
        session?.mode('edit')
        session?.choose(id)
      })
    },
    steps(undo, redo) {
      undoable.value = undo
      redoable.value = redo
    },
  }

  async function start(): Promise<void> {
    const turn = ++asked
    problem.value = null
    try {
      const begun = await draw(theme(), events)
      if (turn !== asked) { begun.stop(); return }
      session = begun
      session.snapTo([plot()])
      session.mode('line')
    } catch (thrown) {
      problem.value = asProblem(thrown)
    }
  }
  function stop(): void {
    asked += 1
    session?.stop()
    session = null
    line.value = null
  }
  watch(wanted, (now) => { if (now) void start(); else stop() }, { immediate: true })
  watch(() => preferences.dark, () => session?.theme(theme()))
  onScopeDispose(stop)

  return {
    line, undoable, redoable, problem, undo: () => session?.undo(), redo: () => session?.redo(),
    again() {
      line.value = null
      session?.set([])
      session?.mode('line')
    },
  }
}
