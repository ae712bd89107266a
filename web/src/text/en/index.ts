import { admin } from './admin'
import { common } from './common'
import { constraints } from './constraints'
import { imports } from './imports'
import { map } from './map'
import { shell } from './shell'

import type { Text } from '../zh'

export const en: Text = { common, shell, map, imports, constraints, admin }
