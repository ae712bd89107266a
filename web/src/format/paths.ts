/** Where to return after signing in: a path of ours, never another origin. */
export function returnPath(value: unknown): string {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : '/desk/map'
}
