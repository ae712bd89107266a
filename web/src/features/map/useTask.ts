import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { readParcel, type Parcel } from '@/api/parcels'
import { useResource, type Resource } from '@/api/resource'
import type { Outcome } from '@/map/style-work'

export interface Task {
  kind: Ref<'merge' | 'split' | null>
  /** What the map shows of what would come of it. */
  outcome: ShallowRef<Outcome | null>
  show: (outcome: Outcome | null) => void
  /** The parcel that is being split: it stays, whatever else is looked at meanwhile. */
  splitting: Resource<Parcel>
  merge: () => void
  split: (code: string) => void
  end: () => void
}

/** What is being done to parcels on the map page, in the place of a parcel's details. */
export function useTask(): Task {
  const kind = ref<'merge' | 'split' | null>(null)
  const code = ref<string | null>(null)
  const splitting = useResource(() => code.value, (one, signal) => readParcel(one, null, signal))
  function begin(now: 'merge' | 'split' | null, parcel: string | null): void {
    kind.value = now
    code.value = parcel
  }
  watch(splitting.problem, (now) => { if (now !== null && splitting.data.value === null) begin(null, null) })
  const outcome = shallowRef<Outcome | null>(null)
  return {
    kind, splitting, outcome, show: (now) => { outcome.value = now },
    merge: () => begin('merge', null), split: (one) => begin('split', one), end: () => begin(null, null),
  }
}
