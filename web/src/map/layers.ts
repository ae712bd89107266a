/** What a person switches on and off in the layer tree; each stands for several layers of the style. */
export const LAYER_GROUPS = [
  { id: 'business', layers: ['parcels', 'labels', 'readiness'] },
  { id: 'constraints', layers: ['control'] },
  { id: 'ground', layers: ['townships', 'roads', 'water', 'green'] },
] as const

export type LayerId = typeof LAYER_GROUPS[number]['layers'][number]
/** Shown only when asked for. */
export const OFF_AT_FIRST: ReadonlySet<string> = new Set(['control', 'readiness'])
export const LAYER_IDS: readonly LayerId[] = LAYER_GROUPS.flatMap((group) => [...group.layers])

/** Below this zoom tiles of very many parcels carry cells with counts instead. */
export const PARCEL_ZOOM = 12
/** From this zoom a parcel carries its code, name and area. */
export const CODE_ZOOM = 14
/** From this zoom parcels are labelled. */
export const LABEL_ZOOM = 15

/** The zoom below which a layer shows nothing: it is greyed in the tree, with a hint. */
export const LAYER_MINZOOM: Record<LayerId, number> = { parcels: 0, labels: LABEL_ZOOM, readiness: 0, control: 8, townships: 0, roads: 9, water: 0, green: 10 }

/** Where the service serves the map's data. */
export const TILEJSON = { parcels: '/tiles/parcels.json', control: '/tiles/control.json', readiness: '/tiles/readiness.json', backdrop: '/tiles/backdrop.json' } as const
/** Sources and layers of what is being drawn begin like this: they stand beside the style, a new one keeps them. */
export const DRAWING_PREFIX = 'drawing'
