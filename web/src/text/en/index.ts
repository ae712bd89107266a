import { admin } from './admin'
import { common } from './common'
import { exports } from './exports'
import { constraints } from './constraints'
import { imports } from './imports'
import { lineage } from './lineage'
import { map } from './map'
import { plan } from './plan'
import { review } from './review'
import { shell } from './shell'

import type { Text } from '../zh'

export const en: Text = { common, shell, map, imports, admin, plan }
export const en: Text = { common, shell, map, imports, exports, admin }
export const en: Text = { common, shell, map, imports, admin, lineage }
export const en: Text = { common, shell, map, imports, constraints, admin }
export const en: Text = { common, shell, map, imports, review, admin }
