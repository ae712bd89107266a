import { computed, type ComputedRef } from 'vue'
import { listJurisdictions } from '@/api/places'
import { useResource } from '@/api/resource'
import type { Box } from '@/map/create-map'

const CHINA: Box = [73, 18, 135, 54]

/** The box around some boxes. */
export function around(boxes: readonly Box[]): Box {
  const edge = (at: 0 | 1 | 2 | 3, pick: (...values: number[]) => number): number => pick(...boxes.map((box) => box[at]))
  return [edge(0, Math.min), edge(1, Math.min), edge(2, Math.max), edge(3, Math.max)]
}

/** All that a person looks after, and whether it is known by now where that is. */
export function useWhole(): { whole: ComputedRef<Box>, known: ComputedRef<boolean> } {
  const places = useResource(() => 'jurisdictions', () => listJurisdictions())
  const whole = computed<Box>(() => {
    const boxes = (places.data.value ?? []).flatMap((place) => (place.bbox === null ? [] : [place.bbox]))
    return boxes.length === 0 ? CHINA : around(boxes)
  })
  return { whole, known: computed(() => places.data.value !== null || places.problem.value !== null) }
}
