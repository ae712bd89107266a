import { parseProblem, Problem } from './problem'

type Scalar = string | number | boolean
export type Query = Record<string, Scalar | readonly Scalar[] | null | undefined>

interface Options {
  query?: Query
  body?: unknown
  ifMatch?: string
  signal?: AbortSignal | undefined
}

interface Answer<T> { data: T, etag: string | null }

const context = {
  csrfToken: '',
  language: 'zh',
  onUnauthenticated: (): void => undefined,
}

/** What every request carries: set by the session and by the language switch. */
export function configureClient(change: Partial<typeof context>): void {
  Object.assign(context, change)
}

export function queryString(query: Query = {}): string {
  const parts = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === '') continue
    for (const one of Array.isArray(value) ? (value as readonly Scalar[]) : [value as Scalar]) parts.append(name, String(one))
  }
  const joined = parts.toString()
  return joined === '' ? '' : `?${joined}`
}

export function headersFor(method: string): Record<string, string> {
  const headers: Record<string, string> = {
    Accept: 'application/json, application/problem+json',
    'Accept-Language': context.language,
  }
  if (method !== 'GET' && context.csrfToken !== '') headers['X-CSRF-Token'] = context.csrfToken
  return headers
}

export function readJson(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  } catch {
    return undefined
  }
}

/** The failure of an answer; a lost session is announced once, here. */
export function failure(status: number, text: string, requestId: string): Problem {
  const problem = parseProblem(status, readJson(text), requestId)
  if (status === 401 && problem.code === 'unauthenticated' && context.csrfToken !== '') context.onUnauthenticated()
  return problem
}

/**
 * Send one request and give the answer's JSON with its ETag.
 * `path` starts with `/`; a `next` link of a list may be passed as it came.
 * Throws `Problem` for every answer that is not 2xx and for a network failure (code `network`).
 */
export async function send<T>(method: string, path: string, options: Options = {}): Promise<Answer<T>> {
  const headers = headersFor(method)
  if (options.ifMatch !== undefined) headers['If-Match'] = options.ifMatch
  const init: RequestInit = { method, headers, credentials: 'same-origin', signal: options.signal ?? null }
  if (options.body instanceof FormData) {
    init.body = options.body
  } else if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json'
    init.body = JSON.stringify(options.body)
  }
  let response: Response
  try {
    response = await fetch(path + queryString(options.query), init)
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') throw thrown
    throw new Problem({ code: 'network' })
  }
  const text = await response.text()
  if (!response.ok) throw failure(response.status, text, response.headers.get('X-Request-ID') ?? '')
  return { data: readJson(text) as T, etag: response.headers.get('ETag') }
}

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return (await send<T>('GET', path, { query, signal })).data
}
