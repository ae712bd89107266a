import { FAMILIES, FAMILY_STAGES, isStage, STAGES, type Stage } from '@/map/palette'

export const HOLDS = ['none', 'suspended'] as const
export type Hold = typeof HOLDS[number]
export const IDLES = ['none', 'suspected', 'confirmed', 'disposing'] as const
export type Idle = typeof IDLES[number]

/** Which parcels are looked at; an empty stage list, `null` and `''` stand for "any". Areas in m². */
export interface Filters {
  stages: readonly Stage[]
  hold: Hold | null
  idle: Idle | null
  jurisdiction: string | null
  region: string | null
  landUse: string | null
  areaMin: number | null
  areaMax: number | null
  q: string
}

export const NO_FILTERS: Filters = {
  stages: [], hold: null, idle: null, jurisdiction: null, region: null, landUse: null, areaMin: null, areaMax: null, q: '',
}

/** Stages in their order, each once; all of them is the same as none asked for. */
export function normalStages(stages: readonly Stage[]): Stage[] {
  const asked = STAGES.filter((stage) => stages.includes(stage))
  return asked.length === STAGES.length ? [] : asked
}

/** `market,sold`: whole families by their name, the rest by stage. */
export function writeStages(stages: readonly Stage[]): string {
  return FAMILIES.flatMap((family) => {
    const members = FAMILY_STAGES[family]
    return members.every((stage) => stages.includes(stage)) && members.length > 1
      ? [family]
      : members.filter((stage) => stages.includes(stage))
  }).join(',')
}

export function readStages(text: string): Stage[] {
  const asked = text.split(',').flatMap((word): readonly Stage[] => {
    const family = FAMILIES.find((one) => one === word)
    if (family !== undefined) return FAMILY_STAGES[family]
    return isStage(word) ? [word] : []
  })
  return normalStages(asked)
}

/** Switch some stages on or off in what is shown; the last stages can not be switched off. */
export function toggleStages(shown: readonly Stage[], stages: readonly Stage[], on: boolean): Stage[] {
  const before = shown.length === 0 ? [...STAGES] : shown
  const after = on ? [...before, ...stages] : before.filter((stage) => !stages.includes(stage))
  return after.length === 0 ? [...shown] : normalStages(after)
}

/** Asked for by something that the tiles do not carry, so the service has to say which parcels match. */
export const needsService = (filters: Filters): boolean =>
  filters.jurisdiction !== null || filters.region !== null || filters.landUse !== null
  || filters.areaMin !== null || filters.areaMax !== null || filters.q !== ''

export const isFiltered = (filters: Filters): boolean =>
  needsService(filters) || filters.stages.length > 0 || filters.hold !== null || filters.idle !== null

/** The query parameters of the parcel list and its facets. */
export function filterQuery(filters: Filters): Record<string, string | number | readonly string[] | null> {
  return {
    stage: filters.stages, hold: filters.hold, idle: filters.idle, jurisdiction: filters.jurisdiction, region: filters.region,
    land_use: filters.landUse, area_min_m2: filters.areaMin, area_max_m2: filters.areaMax, q: filters.q.trim() || null,
  }
}

export const FILTER_KEYS = ['stages', 'hold', 'idle', 'jurisdiction', 'region', 'landUse', 'area', 'q'] as const
export type FilterKey = typeof FILTER_KEYS[number]

/** The filters without one of them: what its chip's cross does. */
export function without(filters: Filters, key: FilterKey): Filters {
  if (key === 'area') return { ...filters, areaMin: null, areaMax: null }
  return { ...filters, [key]: NO_FILTERS[key] }
}

/** Which filters are set, in the order of their chips. */
export function setKeys(filters: Filters): FilterKey[] {
  return FILTER_KEYS.filter((key) => {
    if (key === 'area') return filters.areaMin !== null || filters.areaMax !== null
    if (key === 'stages') return filters.stages.length > 0
    return filters[key] !== NO_FILTERS[key]
  })
}
