/** Colours of the map: parcel stages in five families and a neutral ground, for light and dark. */

export const STAGES = [
  'candidate', 'acquiring', 'reserved', 'cleared', 'scheme_approved', 'publicised', 'announced', 'listed',
  'sold', 'contracted', 'paid', 'delivered', 'started', 'completed', 'reclaimed',
] as const
export type Stage = typeof STAGES[number]

export const FAMILIES = ['reserve', 'scheme', 'market', 'supplied', 'building', 'withdrawn'] as const
export type Family = typeof FAMILIES[number]

export const FAMILY_STAGES: Record<Family, readonly Stage[]> = {
  reserve: ['candidate', 'acquiring', 'reserved', 'cleared'],
  scheme: ['scheme_approved', 'publicised'],
  market: ['announced', 'listed'],
  supplied: ['sold', 'contracted', 'paid', 'delivered'],
  building: ['started', 'completed'],
  withdrawn: ['reclaimed'],
}

/** Lightness falls within a family as the stage advances, so that the order survives a black-and-white print. */
export const STAGE_FILL: Record<Stage, string> = {
  candidate: '#dfe3e8', acquiring: '#c3cad3', reserved: '#9ba7b4', cleared: '#6f7f90',
  scheme_approved: '#7cc4bd', publicised: '#3f9c94',
  announced: '#f2c56b', listed: '#e08e0b',
  sold: '#b9d3f2', contracted: '#86b2e6', paid: '#4f8cd6', delivered: '#2a66b3',
  started: '#8fcb9b', completed: '#3f8f57',
  reclaimed: '#cfd2d6',
}

export const SELECTED = '#c2185b'
export const TROUBLE = { hold: '#3b2f1b', idle: '#b3261e', reclaimed: '#5c6066' } as const

export type Theme = 'light' | 'dark'

export interface Ground {
  land: string
  outside: string
  water: string
  waterLabel: string
  green: string
  road: string
  roadEdge: string
  roadLabel: string
  limit: string
  label: string
  halo: string
  hover: string
  /** How strongly stage fills stand on this ground. */
  fillOpacity: number
}

export const GROUND: Record<Theme, Ground> = {
  light: {
    land: '#f7f7f4', outside: '#eceeee', water: '#d3e3ee', waterLabel: '#3f6480', green: '#e3eddc',
    road: '#ffffff', roadEdge: '#d9dbd8', roadLabel: '#5c6066', limit: '#8a8f96',
    label: '#1f2328', halo: '#ffffff', hover: '#1f2328', fillOpacity: 0.92,
  },
  dark: {
    land: '#171a1e', outside: '#101215', water: '#1c2a36', waterLabel: '#8fb3cc', green: '#1b251e',
    road: '#2b3037', roadEdge: '#0f1114', roadLabel: '#a9b0b8', limit: '#6b727b',
    label: '#f2f4f6', halo: '#0f1114', hover: '#e6e8eb', fillOpacity: 0.82,
  },
}

export function familyOf(stage: Stage): Family {
  const found = FAMILIES.find((family) => FAMILY_STAGES[family].includes(stage))
  if (found === undefined) throw new RangeError(`no family for stage ${stage}`)
  return found
}

export const isStage = (value: string): value is Stage => (STAGES as readonly string[]).includes(value)

const channels = (hex: string): [number, number, number] =>
  [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as [number, number, number]

/** `colour` with `share` (0–1) of `other` mixed in, both `#rrggbb`. */
export function mix(colour: string, other: string, share: number): string {
  const b = channels(other)
  const mixed = channels(colour).map((value, index) => Math.round(value + ((b[index] ?? value) - value) * share))
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

/**
 * The boundary line of a parcel: its own fill, darkened. Clearly darker where the market is open, and for an approved
 * scheme, whose light teal is the fill nearest to the slate of reserved land for deuteranopic eyes.
 */
export function stageOutline(stage: Stage, theme: Theme): string {
  const share = ['market', 'scheme'].includes(familyOf(stage)) ? 0.5 : 0.35
  return mix(STAGE_FILL[stage], theme === 'light' ? '#1f2328' : '#0f1114', share)
}
