/** What the service can write, and what the sheet offers for each: systems in the order of use, encodings. */
export const FORMATS = ['xlsx', 'csv', 'shp', 'gpkg', 'txt', 'dxf', 'geojson', 'kml', 'parquet'] as const
export type FileFormat = typeof FORMATS[number]

export const SYSTEMS = ['4526', '4547', '4490', '4326', '3857'] as const
export type System = typeof SYSTEMS[number]
export type Encoding = 'utf-8' | 'gbk'

/** Answered at once up to so many parcels; more are written in the background. */
export const MOST_AT_ONCE = 10_000

const LIMITED: Partial<Record<FileFormat, readonly System[]>> = {
  geojson: ['4490', '4326'], kml: ['4326'], txt: ['4526', '4547'], dxf: ['4526', '4547', '3857'],
}

export const systemsOf = (format: FileFormat): readonly System[] => LIMITED[format] ?? SYSTEMS

export function encodingsOf(format: FileFormat): readonly Encoding[] {
  if (format === 'txt') return ['gbk', 'utf-8']
  return format === 'csv' || format === 'shp' ? ['utf-8', 'gbk'] : []
}

/** The choice that is kept if the new format has it, else the format's first. */
export const kept = <T>(chosen: T, offered: readonly T[]): T | null => (offered.includes(chosen) ? chosen : offered[0] ?? null)
