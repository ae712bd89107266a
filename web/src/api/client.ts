import createClient, { type Client } from 'openapi-fetch'
import { parseProblem, Problem } from './problem'
import type { paths } from './schema'

const context = {
  csrfToken: '',
  language: 'zh',
  onUnauthenticated: (): void => undefined,
}

/** What every request carries: set by the session and by the language switch. */
export function configureClient(change: Partial<typeof context>): void {
  Object.assign(context, change)
}

export function headersFor(method: string): Record<string, string> {
  const headers: Record<string, string> = {
    'Accept': 'application/json, application/problem+json',
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
export function failure(status: number, body: unknown, requestId: string): Problem {
  const problem = parseProblem(status, body, requestId)
  if (status === 401 && problem.code === 'unauthenticated' && context.csrfToken !== '') context.onUnauthenticated()
  return problem
}

/** The service's operations, typed by its OpenAPI document. Every call goes through `answer`. */
export const service: Client<paths> = createClient<paths>({
  baseUrl: typeof location === 'undefined' ? 'http://localhost' : location.origin,
  credentials: 'same-origin',
  fetch: (request) => globalThis.fetch(request),
})
service.use({
  onRequest({ request }) {
    for (const [name, value] of Object.entries(headersFor(request.method))) request.headers.set(name, value)
  },
})

interface Reply<T> { data?: T, error?: unknown, response: Response }

/** What a call gives. Throws `Problem` for every answer that is not 2xx and for a network failure (code `network`). */
export async function answer<T>(call: Promise<Reply<T>>): Promise<T> {
  let reply: Reply<T>
  try {
    reply = await call
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') throw thrown
    throw new Problem({ code: 'network' })
  }
  const { response } = reply
  if (!response.ok) throw failure(response.status, reply.error, response.headers.get('X-Request-ID') ?? '')
  return reply.data as T
}

/** The next page of a list, by the link that the list gave. */
export function follow<T>(next: string): Promise<T> {
  const path = next as '/api/v1/imports'
  return answer(service.GET(path, {})) as Promise<T>
}

/** The ETag of a version, for `If-Match`. */
export const etag = (version: number): string => `"${version}"`
