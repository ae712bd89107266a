import { admin } from './admin'
import { common } from './common'
import { exports } from './exports'
import { constraints } from './constraints'
import { imports } from './imports'
import { lineage } from './lineage'
import { map } from './map'
import { plan } from './plan'
import { shell } from './shell'

export const zh = { common, shell, map, imports, admin, plan }
export const zh = { common, shell, map, imports, exports, admin }
export const zh = { common, shell, map, imports, admin, lineage }
export const zh = { common, shell, map, imports, constraints, admin }
import { review } from './review'
import { shell } from './shell'

export const zh = { common, shell, map, imports, review, admin }

type Words<T> = { [K in keyof T]: T[K] extends string ? string : Words<T[K]> }
/** The shape of all words; English has to have it too. */
export type Text = Words<typeof zh>
