import { admin } from './admin'
import { common } from './common'
import { imports } from './imports'
import { map } from './map'
import { review } from './review'
import { shell } from './shell'

export const zh = { common, shell, map, imports, review, admin }

type Words<T> = { [K in keyof T]: T[K] extends string ? string : Words<T[K]> }
/** The shape of all words; English has to have it too. */
export type Text = Words<typeof zh>
