import type { HexColor, TerraDrawLineStringMode, TerraDrawPolygonMode, TerraDrawSelectMode } from 'terra-draw'
import { GROUND, mix, SELECTED, type Theme } from './palette'

type Style<Mode extends abstract new (...args: never[]) => unknown> = NonNullable<NonNullable<ConstructorParameters<Mode>[0] extends infer O ? O extends { styles?: infer S } ? S : never : never>>

const hex = (colour: string): HexColor => colour as HexColor

export interface DrawingStyles {
  polygon: Style<typeof TerraDrawPolygonMode>
  line: Style<typeof TerraDrawLineStringMode>
  edit: Style<typeof TerraDrawSelectMode>
}

/** How drawn shapes look: the colour of a selection, points in the ground's halo, so that they stand out in both themes. */
export function drawingStyles(theme: Theme): DrawingStyles {
  const ground = GROUND[theme]
  const line = hex(theme === 'light' ? SELECTED : mix(SELECTED, '#ffffff', 0.35))
  const halo = hex(ground.halo)
  const text = hex(ground.label)
  const fill = ({ properties }: { properties: Record<string, unknown> }): number => (properties.hollow === true ? 0 : 0.12)
  return {
    polygon: {
      fillColor: line, fillOpacity: fill, outlineColor: line, outlineWidth: 2,
      closingPointColor: halo, closingPointWidth: 5, closingPointOutlineColor: line, closingPointOutlineWidth: 2,
      snappingPointColor: line, snappingPointWidth: 6, snappingPointOutlineColor: halo, snappingPointOutlineWidth: 2,
    },
    line: {
      lineStringColor: line, lineStringWidth: 2.5,
      closingPointColor: halo, closingPointWidth: 5, closingPointOutlineColor: line, closingPointOutlineWidth: 2,
      snappingPointColor: line, snappingPointWidth: 6, snappingPointOutlineColor: halo, snappingPointOutlineWidth: 2,
    },
    edit: {
      selectedPolygonColor: line, selectedPolygonFillOpacity: fill, selectedPolygonOutlineColor: line, selectedPolygonOutlineWidth: 2.5,
      selectedLineStringColor: line, selectedLineStringWidth: 2.5,
      selectionPointColor: halo, selectionPointWidth: 5, selectionPointOutlineColor: line, selectionPointOutlineWidth: 2,
      midPointColor: line, midPointWidth: 3, midPointOutlineColor: halo, midPointOutlineWidth: 1.5,
      selectedPointColor: text,
    },
  }
}
