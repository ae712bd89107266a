import type { RowAction } from '@/api/review'

/** A row of an import that a person looks at: on the map with its outline before and after, and a place to go to. */
export interface Chosen { row: number, code: string | null, action: RowAction, place: readonly [lon: number, lat: number] | null }
