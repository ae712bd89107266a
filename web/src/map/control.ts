/** How control layers look: hatches that lean the other way than those of trouble, so that neither is taken for the other. */
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import type { Theme } from './palette'
import { stripes, type PatternImage, type Stripes } from './patterns'
import type { Toggle } from './style-ground'

export type ControlColour = 'danger' | 'warn' | 'accent' | 'ok'
export type ControlPattern = 'dense' | 'sparse' | 'crossed' | 'outline'
/** How one type is drawn. */
export interface ControlLook { key: string, colour: ControlColour, pattern: ControlPattern }

export const CONTROL_COLOUR: Record<Theme, Record<ControlColour, string>> = {
  light: { danger: '#b3261e', warn: '#8a5a00', accent: '#1a5fb4', ok: '#1b6e3a' },
  dark: { danger: '#f2938c', warn: '#e9b95a', accent: '#7fb0ee', ok: '#7fcf9b' },
}
const HATCHES = ['dense', 'sparse', 'crossed'] as const
/** The image name of a hatch. */
export const controlPattern = (theme: Theme, colour: ControlColour, pattern: ControlPattern): string => `control-${theme}-${colour}-${pattern}`

const STRIPES: Record<typeof HATCHES[number], Stripes> = {
  dense: { width: 2, lines: 2 }, sparse: { width: 1.8, lines: 1 }, crossed: { width: 1.6, lines: 1, crossed: true },
}

/** The hatches by image name. */
export const CONTROL_PATTERNS: Record<string, PatternImage> = Object.fromEntries(
  (['light', 'dark'] as const).flatMap((theme) => Object.entries(CONTROL_COLOUR[theme]).flatMap(([colour, hex]) =>
    HATCHES.map((pattern) => [controlPattern(theme, colour as ControlColour, pattern), stripes(hex, STRIPES[pattern])] as const))),
)

const control = { source: 'control', 'source-layer': 'control' } as const

function byType(looks: readonly ControlLook[], value: (look: ControlLook) => string, otherwise: string): ExpressionSpecification | string {
  return looks.length === 0 ? otherwise : ['match', ['get', 'type'], ...looks.flatMap((look) => [look.key, value(look)]), otherwise] as unknown as ExpressionSpecification
}

/** Hatches and outlines of the control layers, above the parcels' fills; dashed where only the line counts. */
export function controlLayers(looks: readonly ControlLook[], theme: Theme, { visibility, opacity }: Toggle): LayerSpecification[] {
  const hatched = looks.filter((look) => look.pattern !== 'outline')
  const keys = (some: readonly ControlLook[]): ExpressionSpecification => ['in', ['get', 'type'], ['literal', some.map((look) => look.key)]]
  const shade = opacity('control')
  const layout = { visibility: visibility('control') }
  const edge = (id: string, some: readonly ControlLook[], dashes: number[] | null): LayerSpecification => ({
    id, type: 'line', ...control, filter: keys(some), layout: { ...layout, 'line-join': 'round' },
    paint: {
      'line-color': byType(some, (look) => CONTROL_COLOUR[theme][look.colour], CONTROL_COLOUR[theme].warn), 'line-opacity': shade,
      'line-width': ['interpolate', ['linear'], ['zoom'], 10, 0.8, 15, dashes === null ? 1.4 : 2.2],
      ...(dashes === null ? {} : { 'line-dasharray': dashes }),
    },
  })
  return [
    {
      id: 'control', type: 'fill', ...control, filter: keys(hatched), layout,
      paint: { 'fill-pattern': byType(hatched, (look) => controlPattern(theme, look.colour, look.pattern), controlPattern(theme, 'warn', 'sparse')), 'fill-opacity': 0.75 * shade },
    },
    edge('control-edge', hatched, null),
    edge('control-outline', looks.filter((look) => look.pattern === 'outline'), [4, 2]),
  ]
}
