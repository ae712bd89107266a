const STORED = 'recent-searches'
const MOST = 6

/** What was searched for in this browser, the last first. */
export function recentSearches(): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(STORED) ?? '[]')
    return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
  } catch {
    return []
  }
}

export function remember(text: string): void {
  localStorage.setItem(STORED, JSON.stringify([text, ...recentSearches().filter((one) => one !== text)].slice(0, MOST)))
}

export const forgetSearches = (): void => localStorage.removeItem(STORED)
