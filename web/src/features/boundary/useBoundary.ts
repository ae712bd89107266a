import { computed, shallowReactive, shallowRef, triggerRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { asProblem, type Problem } from '@/api/problem'
import { useResource, type Resource } from '@/api/resource'
import { checkSurvey, findingsOf, readBoundary, recordSurvey, type Boundary, type SurveyAnswer, type SurveyFacts, type SurveyFinding } from '@/api/surveys'
import { planeOf, systemsAt, zoneOf, type Plane } from '@/map/plane'
import { areaOf, draftOf, geometryOf, numbersOf, same, type Draft } from '@/state/draft'
import { History } from '@/state/history'

export interface Board {
  boundary: Resource<Boundary>
  draft: ShallowRef<Draft>
  /** The system the survey is in; null until it is read. */
  plane: ComputedRef<Plane | null>
  /** What coordinates can be shown in: the zone of the place, degrees, and the survey's own. */
  systems: ComputedRef<number[]>
  /** On the plane of the place's zone, m². What is kept is the service's figure: `told`, of a draft that it has measured. */
  area: ComputedRef<{ m2: number, told: boolean }>
  /** The service has measured a draft. */
  measured: (draft: Draft, m2: number) => void
  dirty: ComputedRef<boolean>
  steps: ComputedRef<{ undo: boolean, redo: boolean }>
  /** What the last check found, null before it; `checked`: of the draft as it is now. */
  findings: ShallowRef<SurveyFinding[] | null>
  checked: ComputedRef<boolean>
  problem: ShallowRef<Problem | null>
  busy: ShallowRef<boolean>
  apply: (next: Draft) => void
  /** Takes another draft than the last step did. */
  instead: (next: Draft) => void
  undo: () => void
  redo: () => void
  check: () => Promise<void>
  save: (facts: SurveyFacts) => Promise<SurveyAnswer | null>
}

/** A boundary on the drawing board: exact coordinates, steps back and forth, check and save. */
export function useBoundary(code: () => string): Board {
  const boundary = useResource(code, readBoundary)
  const history = shallowRef(new History<Draft>([]))
  const draft = shallowRef<Draft>([])
  const findings = shallowRef<SurveyFinding[] | null>(null)
  const lastChecked = shallowRef<Draft | null>(null)
  const told = shallowReactive(new Map<Draft, number>())
  const problem = shallowRef<Problem | null>(null)
  const busy = shallowRef(false)
  let start: Draft = []

  watch(boundary.data, (found) => {
    if (found === null) return
    start = draftOf(found.geometry, found.numbers)
    history.value = new History(start)
    draft.value = start
    told.clear()
    told.set(start, found.area_plane_m2)
    findings.value = lastChecked.value = problem.value = null
  })
  const plane = computed(() => (boundary.data.value === null ? null : planeOf(boundary.data.value.crs)))
  const first = (): readonly [number, number] => {
    const vertex = start[0]?.[0]?.[0]
    return vertex === undefined || plane.value === null ? [0, 0] : plane.value.toDegrees(vertex.x, vertex.y)
  }
  const systems = computed(() => {
    const own = boundary.data.value?.crs
    return own === undefined ? [] : [...new Set([...systemsAt(first()[0]), own])]
  })
  const area = computed(() => {
    const known = told.get(draft.value)
    if (known !== undefined) return { m2: known, told: true }
    const own = plane.value
    if (own === null) return { m2: 0, told: false }
    const local = planeOf(systemsAt(first()[0])[0])
    const isLocal = zoneOf(own.epsg)?.meridian === zoneOf(local.epsg)?.meridian
    return { m2: areaOf(draft.value, (x, y) => (isLocal ? [x, y] : local.fromDegrees(...own.toDegrees(x, y)))), told: false }
  })

  function show(next: Draft): void {
    draft.value = next
    triggerRef(history)
  }
  function apply(next: Draft): void {
    if (next === draft.value) return
    history.value.push(next)
    show(next)
  }
  const order = (found: Boundary) => ({ geometry: geometryOf(draft.value), crs: `EPSG:${found.crs}`, numbers: numbersOf(draft.value) })

  async function sent(call: (found: Boundary) => Promise<SurveyAnswer>): Promise<SurveyAnswer | null> {
    const found = boundary.data.value
    if (found === null || busy.value) return null
    busy.value = true
    problem.value = null
    const asked = draft.value
    let answer: SurveyAnswer | null = null
    try {
      answer = await call(found)
      findings.value = answer.findings
      lastChecked.value = asked
      if (answer.after !== null) told.set(asked, answer.after.area_plane_m2)
    } catch (thrown) {
      const refused = asProblem(thrown)
      const errors = findingsOf(refused)
      if (errors === null) problem.value = refused
      else {
        findings.value = errors
        lastChecked.value = asked
      }
    }
    busy.value = false
    return answer
  }

  return {
    boundary, draft, plane, systems, area, findings, problem, busy, apply,
    measured: (measured, m2) => { told.set(measured, m2) },
    dirty: computed(() => !same(start, draft.value)),
    steps: computed(() => ({ undo: history.value.canUndo, redo: history.value.canRedo })),
    checked: computed(() => lastChecked.value === draft.value),
    instead(next) {
      history.value.undo()
      history.value.push(next)
      show(next)
    },
    undo: () => show(history.value.undo()),
    redo: () => show(history.value.redo()),
    check: async () => { await sent((found) => checkSurvey(found.code, found.version, order(found))) },
    save: (facts) => sent((found) => recordSurvey(found.code, found.version, { ...order(found), survey: facts })),
  }
}
