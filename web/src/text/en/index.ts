import { admin } from './admin'
import { common } from './common'
import { imports } from './imports'
import { map } from './map'
import { review } from './review'
import { shell } from './shell'

import type { Text } from '../zh'

export const en: Text = { common, shell, map, imports, review, admin }
