/** A count with thousands separators: 12,345; `—` for absent. */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? '—' : value.toLocaleString('en-US')
}

const UNITS = ['B', 'kB', 'MB', 'GB'] as const

/** The size of a file: 980 B, 1.2 kB, 34 MB. */
export function bytes(value: number): string {
  let size = value
  let unit = 0
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000
    unit += 1
  }
  const shown = unit === 0 || size >= 10 ? Math.round(size) : Math.round(size * 10) / 10
  return `${shown} ${UNITS[unit] ?? ''}`
}

/** A share of a whole in percent, 0 to 100; 0 when the whole is unknown. */
export function percent(part: number, whole: number | null): number {
  if (whole === null || whole <= 0) return 0
  return Math.min(100, Math.max(0, Math.round((part / whole) * 100)))
}
