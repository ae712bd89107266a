import type { MultiPolygon } from 'geojson'
import { computed, shallowReactive, shallowRef, triggerRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { asProblem, type Problem } from '@/api/problem'
import { useResource, type Resource } from '@/api/resource'
import { findingsOf, type Boundary, type Judged, type SurveyFacts, type SurveyFinding } from '@/api/surveys'
import { planeOf, systemsAt, zoneOf, type Plane } from '@/map/plane'
import { areaOf, draftOf, geometryOf, numbersOf, same, type Draft } from '@/state/draft'
import { History } from '@/state/history'
import type { Source } from './sources'

export interface Board {
  /** Nothing was drawn before. */
  first: boolean
  boundary: Resource<Boundary>
  draft: ShallowRef<Draft>
  /** The system the survey is in; null until it is read. */
  plane: ComputedRef<Plane | null>
  /** Shapes around in this system, to snap to. */
  around: ComputedRef<readonly MultiPolygon[]>
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
  /** The last check is not of what is there now. */
  outdate: () => void
  check: () => Promise<void>
  save: (facts: SurveyFacts) => Promise<Judged | null>
}

/** A boundary on the drawing board: exact coordinates, steps back and forth, check and save. */
export function useBoundary(source: Source): Board {
  const boundary = useResource(source.key, (_, signal) => source.read(signal))
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
  const around = computed(() => {
    const own = plane.value
    const near = source.near()
    if (own === null || near === null) return boundary.data.value?.neighbours.map(({ geometry }) => geometry) ?? []
    return near.map(({ coordinates }): MultiPolygon => ({ type: 'MultiPolygon', coordinates: coordinates.map((part) => part.map((ring) => ring.map(([lon = 0, lat = 0]) => own.fromDegrees(lon, lat)))) }))
  })
  const lon = (): number => {
    const vertex = (start[0] ?? draft.value[0])?.[0]?.[0]
    return vertex === undefined || plane.value === null ? source.lon() : plane.value.toDegrees(vertex.x, vertex.y)[0]
  }
  const systems = computed(() => {
    const own = boundary.data.value?.crs
    return own === undefined ? [] : [...new Set([...systemsAt(lon()), own])]
  })
  const area = computed(() => {
    const known = told.get(draft.value)
    if (known !== undefined) return { m2: known, told: true }
    const own = plane.value
    if (own === null) return { m2: 0, told: false }
    const local = planeOf(systemsAt(lon())[0])
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

  async function sent(call: (found: Boundary) => Promise<Judged>): Promise<Judged | null> {
    const found = boundary.data.value
    if (found === null || busy.value) return null
    busy.value = true
    problem.value = null
    const asked = draft.value
    let answer: Judged | null = null
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
    first: source.first, boundary, draft, plane, around, systems, area, findings, problem, busy, apply,
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
    outdate: () => { lastChecked.value = null },
    check: async () => { await sent((found) => source.check(found, order(found))) },
    save: (facts) => sent((found) => source.save(found, { ...order(found), survey: facts })),
  }
}
