import { acts } from './acts'
import { admin } from './admin'
import { boundary } from './boundary'
import { checklists } from './checklists'
import { chosen } from './chosen'
import { common } from './common'
import { constraints } from './constraints'
import { contracts } from './contracts'
import { deadlines } from './deadlines'
import { exports } from './exports'
import { imports } from './imports'
import { legal } from './legal'
import { lineage } from './lineage'
import { lots } from './lots'
import { map } from './map'
import { overview } from './overview'
import { plan } from './plan'
import { plans } from './plans'
import { review } from './review'
import { rules } from './rules'
import { schemes } from './schemes'
import { shell } from './shell'
import { workdays } from './workdays'

export const zh = {
  acts,
  boundary,
  checklists,
  chosen,
  common,
  constraints,
  contracts,
  deadlines,
  exports,
  imports,
  legal,
  lineage,
  lots,
  map,
  overview,
  plan,
  plans,
  review,
  rules,
  schemes,
  shell,
  workdays,
  admin,
}

type Words<T> = { [K in keyof T]: T[K] extends string ? string : Words<T[K]> }
/** The shape of all words; English has to have it too. */
export type Text = Words<typeof zh>
