import { HOLDS, IDLES, NO_FILTERS, readStages, writeStages, type Filters } from './filters'

/** Where the map stands; degrees, CGCS2000. */
export interface Position { zoom: number, lat: number, lon: number }

export const DRAWERS = ['layers', 'list'] as const
export type Drawer = typeof DRAWERS[number]

export const SORTS = ['code', '-code', 'area_m2', '-area_m2', '-updated_at'] as const
export type Sort = typeof SORTS[number]

export const TABS = ['facts', 'constraints', 'checklist', 'history', 'documents'] as const
export type Tab = typeof TABS[number]

/** Everything a link to the map page holds. */
export interface MapState {
  /** `null`: all that the person may see. */
  position: Position | null
  /** Layers switched away from their default, by id. */
  layers: Readonly<Record<string, boolean>>
  /** Opacity below 1, by layer id. */
  opacity: Readonly<Record<string, number>>
  filters: Filters
  /** The list follows the map's frame. */
  inView: boolean
  sort: Sort
  parcel: string | null
  /** Parcels picked to do something with all of them, by code. */
  chosen: readonly string[]
  tab: Tab
  /** A point to show, degrees: the answer to a search for coordinates. */
  mark: readonly [lon: number, lat: number] | null
  asOf: string | null
  /** The slider through time stands on the map. */
  time: boolean
  /** `null`: what suits the screen. */
  open: readonly Drawer[] | null
}

/** As many parcels as may be chosen: the service takes no more codes in one request. */
export const MOST_CHOSEN = 200

export type Query = Record<string, string>

export const DEFAULT_STATE: MapState = {
  position: null, layers: {}, opacity: {}, filters: NO_FILTERS, inView: false, sort: 'code',
  parcel: null, chosen: [], tab: 'facts', mark: null, asOf: null, time: false, open: null,
}

/** The keys of the address that belong to this state; others are left alone. */
export const KEYS = [
  'at', 'layers', 'opacity', 'stage', 'hold', 'idle', 'jurisdiction', 'region', 'land_use', 'area', 'q',
  'in_view', 'sort', 'parcel', 'chosen', 'tab', 'mark', 'as_of', 'time', 'open',
] as const

const oneOf = <T extends string>(values: readonly T[], value: string | undefined): T | null =>
  values.find((one) => one === value) ?? null

function number(text: string | undefined, low: number, high: number): number | null {
  if (text === undefined || text.trim() === '') return null
  const value = Number(text)
  return Number.isFinite(value) && value >= low && value <= high ? value : null
}

function readPosition(text: string | undefined): Position | null {
  const [z, y, x] = (text ?? '').split('/')
  const [zoom, lat, lon] = [number(z, 0, 24), number(y, -85, 85), number(x, -180, 180)]
  return zoom === null || lat === null || lon === null ? null : { zoom, lat, lon }
}

function readMark(text: string | undefined): MapState['mark'] {
  const [x, y] = (text ?? '').split(',')
  const [lon, lat] = [number(x, -180, 180), number(y, -85, 85)]
  return lon === null || lat === null ? null : [lon, lat]
}

/** `roads,-water` → on and off. */
function readLayers(text: string | undefined): Record<string, boolean> {
  const words = (text ?? '').split(',').filter((word) => /^-?[\w-]+$/.test(word))
  return Object.fromEntries(words.map((word) => (word.startsWith('-') ? [word.slice(1), false] : [word, true])))
}

/** `parcels:0.6` → 0.6. */
function readOpacity(text: string | undefined): Record<string, number> {
  const pairs = (text ?? '').split(',').map((pair) => pair.split(':'))
  return Object.fromEntries(pairs.flatMap(([id, share]) => {
    const value = number(share, 0, 1)
    return id === undefined || value === null ? [] : [[id, value]]
  }))
}

/** `2000..50000`, either side may be missing; m². */
function readArea(text: string | undefined): Pick<Filters, 'areaMin' | 'areaMax'> {
  const [low, high] = (text ?? '').split('..')
  return { areaMin: number(low, 0, 1e10), areaMax: number(high, 0, 1e10) }
}

/** A code holds no comma. */
const readChosen = (text: string | undefined): string[] => [...new Set((text ?? '').split(',').filter((code) => code !== ''))].slice(0, MOST_CHOSEN)

function readOpen(text: string | undefined): MapState['open'] {
  return text === undefined ? null : DRAWERS.filter((drawer) => text.split(',').includes(drawer))
}

/** The state that an address asks for; what it does not say, or says wrongly, is the default. */
export function parseState(query: Readonly<Partial<Query>>): MapState {
  return {
    position: readPosition(query.at),
    layers: readLayers(query.layers),
    opacity: readOpacity(query.opacity),
    filters: {
      stages: readStages(query.stage ?? ''),
      hold: oneOf(HOLDS, query.hold),
      idle: oneOf(IDLES, query.idle),
      jurisdiction: query.jurisdiction ?? null,
      region: query.region ?? null,
      landUse: query.land_use ?? null,
      ...readArea(query.area),
      q: query.q ?? '',
    },
    inView: query.in_view === '1',
    sort: oneOf(SORTS, query.sort) ?? DEFAULT_STATE.sort,
    parcel: query.parcel ?? null,
    chosen: readChosen(query.chosen),
    tab: oneOf(TABS, query.tab) ?? DEFAULT_STATE.tab,
    mark: readMark(query.mark),
    asOf: /^\d{4}-\d{2}-\d{2}$/.test(query.as_of ?? '') ? query.as_of ?? null : null,
    time: query.time === '1',
    open: readOpen(query.open),
  }
}

const trimmed = (value: number, digits: number): string => String(Number(value.toFixed(digits)))

const writePosition = ({ zoom, lat, lon }: Position): string => `${trimmed(zoom, 2)}/${trimmed(lat, 6)}/${trimmed(lon, 6)}`

/** The query of an address that says this state: only what differs from the default. */
export function formatState(state: MapState): Query {
  const { filters } = state
  const entries: [typeof KEYS[number], string | null][] = [
    ['at', state.position === null ? null : writePosition(state.position)],
    ['layers', Object.entries(state.layers).map(([id, on]) => (on ? id : `-${id}`)).join(',')],
    ['opacity', Object.entries(state.opacity).filter(([, share]) => share < 1).map(([id, share]) => `${id}:${trimmed(share, 2)}`).join(',')],
    ['stage', writeStages(filters.stages)],
    ['hold', filters.hold],
    ['idle', filters.idle],
    ['jurisdiction', filters.jurisdiction],
    ['region', filters.region],
    ['land_use', filters.landUse],
    ['area', filters.areaMin === null && filters.areaMax === null ? null : `${filters.areaMin ?? ''}..${filters.areaMax ?? ''}`],
    ['q', filters.q],
    ['in_view', state.inView ? '1' : null],
    ['sort', state.sort === DEFAULT_STATE.sort ? null : state.sort],
    ['parcel', state.parcel],
    ['chosen', state.chosen.join(',')],
    ['tab', state.tab === DEFAULT_STATE.tab ? null : state.tab],
    ['mark', state.mark?.map((value) => trimmed(value, 7)).join(',') ?? null],
    ['as_of', state.asOf],
    ['time', state.time ? '1' : null],
  ]
  const query = Object.fromEntries(entries.filter((entry): entry is [typeof KEYS[number], string] => entry[1] !== null && entry[1] !== ''))
  // An empty list of drawers is a choice too.
  return state.open === null ? query : { ...query, open: state.open.join(',') }
}
