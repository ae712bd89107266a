import { admin } from './admin'
import { common } from './common'
import { imports } from './imports'
import { lineage } from './lineage'
import { map } from './map'
import { shell } from './shell'

import type { Text } from '../zh'

export const en: Text = { common, shell, map, imports, admin, lineage }
