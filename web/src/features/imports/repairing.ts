import type { MultiPolygon } from 'geojson'
import type { RowShapes } from '@/api/review'

/** The shapes of several rows as one, before and after: what the map shows of repairs that are done together. */
export function together(rows: readonly RowShapes[]): RowShapes {
  const all = (side: keyof RowShapes): MultiPolygon => ({
    type: 'MultiPolygon',
    coordinates: rows.flatMap((row) => { const shape = row[side]; return shape === null ? [] : shape.type === 'Polygon' ? [shape.coordinates] : shape.coordinates }),
  })
  return { before: all('before'), after: all('after') }
}
