import type { LineString } from 'geojson'
import { computed, reactive, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { FileShapes, LineageAnswer, SplitOrder } from '@/api/lineage'
import { readPoints, type Points } from '@/map/points'
import { readArea } from './outcome'

export const WAYS = ['draw', 'points', 'file'] as const
export type Way = typeof WAYS[number]
/** What a person writes of a part. */
export interface PartWords { code: string, legal: string }

/** The way that parts are given without the words of every operation. */
export type Cut = Pick<SplitOrder, 'line' | 'parts' | 'codes' | 'areas_legal_m2' | 'crs'>

export interface SplitCut {
  text: Ref<string>
  points: ComputedRef<Points>
  file: ShallowRef<FileShapes | null>
  words: PartWords[]
  /** What the service is asked; null while there is nothing to ask. */
  cut: ComputedRef<Cut | null>
  badArea: ComputedRef<boolean>
  isTouched: () => boolean
}

/** How a parcel is to be split: by a line that was `drawn`, by one that is typed, or into the parts of a file. */
export function useSplitOrder(way: Ref<Way>, drawn: ShallowRef<LineString | null>, answer: ShallowRef<LineageAnswer | null>): SplitCut {
  const text = ref('')
  const file = shallowRef<FileShapes | null>(null)
  const words = reactive<PartWords[]>([])
  const points = computed(() => readPoints(text.value))
  const badArea = computed(() => words.some((one) => Number.isNaN(readArea(one.legal))))

  watch([file, way], () => {
    const given = way.value === 'file' ? file.value?.shapes ?? [] : []
    words.splice(0, words.length, ...given.map(({ code }) => ({ code: code ?? '', legal: '' })))
  })
  // Of a line, the service says how many parts there are: what was written of others is no use.
  watch([answer, way], () => {
    const n = answer.value?.parts.length ?? 0
    if (way.value !== 'file' && n !== words.length) words.splice(0, words.length, ...Array.from({ length: n }, () => ({ code: '', legal: '' })))
  })

  /** Codes that were written, the others as the service proposed them; none where none was. */
  function codes(): string[] | null {
    const proposed = answer.value?.parts.map((part) => part.code) ?? []
    if (words.length !== proposed.length || words.every((one) => one.code.trim() === '')) return null
    return words.map((one, at) => one.code.trim() || (proposed[at] ?? ''))
  }
  /** What is no figure yet is not asked for: the parts stay in sight while somebody writes. */
  const legal = (one: PartWords | undefined): number | null => {
    const area = readArea(one?.legal ?? '')
    return Number.isNaN(area) ? null : area
  }
  const areas = (): (number | null)[] | null => (words.some((one) => legal(one) !== null) ? words.map(legal) : null)
  const alongLine = (line: LineString | null, crs: string): Cut | null => (line === null ? null : { line: { ...line }, crs, codes: codes(), areas_legal_m2: areas() })

  const cut = computed<Cut | null>(() => {
    if (way.value === 'draw') return alongLine(drawn.value, '4490')
    if (way.value === 'points') {
      const { points: typed, system, problem } = points.value
      return problem !== null || system === null ? null : alongLine({ type: 'LineString', coordinates: typed }, system)
    }
    const found = file.value
    if (found?.crs == null || found.shapes.length < 2 || words.length !== found.shapes.length) return null
    return {
      crs: found.crs,
      parts: found.shapes.map(({ geometry, name }, at) => ({
        geometry, name, code: words[at]?.code.trim() === '' ? null : words[at]?.code.trim() ?? null, area_legal_m2: legal(words[at]),
      })),
    }
  })
  return {
    text, points, file, words, cut, badArea,
    isTouched: () => drawn.value !== null || text.value !== '' || file.value !== null || words.some((one) => one.code !== '' || one.legal !== ''),
  }
}
