/** Geometry of the lanes: days to pixels, bars packed into rows, dependencies routed at right angles. */

const DAY_MS = 86_400_000
export const dayNumber = (day: string): number => Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS)
export const dayOf = (number: number): string => new Date(number * DAY_MS).toISOString().slice(0, 10)

export const ROW = 26
export const BAR = 16
export const HEAD = 24
const GAP = 6
/** Between what stands side by side in a row. */
const APART = 10

export interface Scale { first: number, last: number, perDay: number, width: number, x: (day: string) => number, end: (day: string) => number }

/** A scale that holds all days, with room before and after; stretched to `width` unless `perDay` asks for more. */
export function scaleOf(days: readonly string[], width: number, perDay: number): Scale {
  const numbers = days.map(dayNumber).filter(Number.isFinite)
  const first = numbers.reduce((a, b) => Math.min(a, b), Infinity) - 3
  const last = numbers.reduce((a, b) => Math.max(a, b), -Infinity) + 10
  if (!Number.isFinite(first) || !Number.isFinite(last)) return { first: 0, last: 0, perDay, width, x: () => 0, end: () => 0 }
  const each = Math.max(perDay, width / (last - first + 1))
  const x = (day: string): number => Math.round((dayNumber(day) - first) * each * 10) / 10
  return { first, last, perDay: each, width: Math.ceil((last - first + 1) * each), x, end: (day) => Math.round((x(day) + each) * 10) / 10 }
}

export interface Tick { x: number, label: string, major: boolean }

/** The first days of months; of years with the year; where days are wide, Mondays too. */
export function ticksOf({ first, last, perDay }: Scale): Tick[] {
  const every = perDay * 30 >= 56 ? 1 : 3
  const found: Tick[] = []
  for (let number = first; number <= last; number += 1) {
    const [year = '', month = '', day = ''] = dayOf(number).split('-')
    const x = Math.round((number - first) * perDay * 10) / 10
    const start = day === '01' && (Number(month) - 1) % every === 0
    if (start) found.push({ x, label: month === '01' || !found.some((one) => one.major) ? `${year}-${month}` : month, major: true })
    else if (perDay >= 10 && new Date(number * DAY_MS).getUTCDay() === 1) found.push({ x, label: day, major: false })
  }
  return found
}

/** How wide a text of 12 px comes out: Han stand in squares, the rest takes about half. */
export const textWidth = (text: string): number => Array.from(text).reduce((sum, one) => sum + (/[\u2e80-\uffef]/.test(one) ? 12 : 6.7), 0)

export interface Bar { key: string, lane: string, start: string, finish: string, label: string, latest: string | null, milestone?: boolean }
export interface Placed extends Bar { x: number, width: number, y: number, row: number, latestX: number | null, labelX: number, inside: boolean }
export interface Lane { key: string, y: number, height: number }
export interface Chart { lanes: Lane[], bars: Placed[], height: number }

/** Every bar in the first row of its lane where it, its float and its name have room. */
export function packLanes(lanes: readonly string[], bars: readonly Bar[], scale: Scale, top = 0): Chart {
  let y = top
  const placed: Placed[] = []
  const made = lanes.map((lane): Lane => {
    const ends: number[] = []
    const own = bars.filter((one) => one.lane === lane).sort((a, b) => a.start.localeCompare(b.start) || a.finish.localeCompare(b.finish) || a.key.localeCompare(b.key))
    for (const bar of own) {
      const x = scale.x(bar.start)
      const width = bar.milestone === true ? 0 : Math.max(4, scale.end(bar.finish) - x)
      const latestX = bar.latest !== null && bar.latest > bar.finish ? scale.end(bar.latest) : null
      const label = textWidth(bar.label)
      const inside = label + 8 <= width
      const edge = x + width + (bar.milestone === true ? BAR / 2 : 0)
      const labelX = inside ? x + 4 : edge + 5
      const found = ends.findIndex((end) => end + APART <= x)
      const row = found === -1 ? ends.length : found
      ends[row] = Math.max(edge, latestX ?? 0, inside ? 0 : labelX + label)
      placed.push({ ...bar, x, width, row, y: y + HEAD + row * ROW + (ROW - BAR) / 2, latestX, labelX, inside })
    }
    const height = HEAD + ends.length * ROW + GAP
    const at = y
    y += height
    return { key: lane, y: at, height }
  })
  return { lanes: made, bars: placed, height: y }
}

/** A scale on which everything has room, the names behind the last bars too; wider only if `perDay` asks for it. */
export function fittedScale(days: readonly string[], bars: readonly Bar[], width: number, perDay: number, room: number): Scale {
  const lanes = [...new Set(bars.map((one) => one.lane))]
  let scale = scaleOf(days, Math.max(300, width - room), perDay)
  for (let round = 0, left = room; round < 4 && scale.perDay > perDay; round += 1) {
    const over = rightOf(packLanes(lanes, bars, scale).bars) + APART - width
    if (over <= 0) break
    left += over
    scale = scaleOf(days, Math.max(300, width - left), perDay)
  }
  return scale
}

/** Where the line of a float begins: behind the name, if that leaves something of it. */
export function floatFrom(bar: Placed): number {
  const named = bar.inside ? bar.x + bar.width : bar.labelX + textWidth(bar.label) + 4
  return named < (bar.latestX ?? 0) ? named : bar.x + bar.width
}

/** The line from the end of one bar to the start of another: down the gap before it, or around when it lies behind. */
export function routeOf(from: Placed, to: Placed): string {
  const [x1, y1, x2, y2] = [from.x + from.width, from.y + BAR / 2, to.x, to.y + BAR / 2]
  if (x2 - x1 >= 6) return `M${x1} ${y1}H${x2 - 4}V${y2}H${x2}`
  const between = y2 >= y1 ? y1 + ROW / 2 : y1 - ROW / 2
  return `M${x1} ${y1}H${x1 + 4}V${between}H${x2 - 5}V${y2}H${x2}`
}

/** The right edge of everything drawn. */
export const rightOf = (bars: readonly Placed[]): number =>
  bars.reduce((most, one) => Math.max(most, one.inside ? one.x + one.width : one.labelX + textWidth(one.label)), 0)

/** Where an arrow key leads from a bar: before and after in time, up and down to the nearest of another row. */
export function neighbour(bars: readonly Placed[], key: string, arrow: 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown'): string {
  const here = bars.find((one) => one.key === key)
  if (here === undefined) return bars[0]?.key ?? key
  if (arrow === 'ArrowLeft' || arrow === 'ArrowRight') {
    const order = [...bars].sort((a, b) => a.start.localeCompare(b.start) || a.y - b.y)
    return order[order.indexOf(here) + (arrow === 'ArrowRight' ? 1 : -1)]?.key ?? key
  }
  const down = arrow === 'ArrowDown'
  const rows = bars.filter((one) => (down ? one.y > here.y : one.y < here.y))
  const next = rows.reduce((best, one) => (down ? Math.min(best, one.y) : Math.max(best, one.y)), down ? Infinity : -Infinity)
  const near = rows.filter((one) => one.y === next).sort((a, b) => Math.abs(a.x - here.x) - Math.abs(b.x - here.x))
  return near[0]?.key ?? key
}
