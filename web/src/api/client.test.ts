import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { configureClient, get, queryString, send } from './client'

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(status === 204 ? null : JSON.stringify(body), { status, headers })

let asked: [string, RequestInit][] = []
let reply: () => Response = () => answer(200, {})

beforeEach(() => {
  asked = []
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push([url, init])
    return Promise.resolve(reply())
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  configureClient({ csrfToken: '', language: 'zh', onUnauthenticated: () => undefined })
})

const headers = (): Record<string, string> => asked[0]?.[1].headers as Record<string, string>

describe('a query', () => {
  it('leaves out what is not set and repeats lists', () => {
    expect(queryString({ a: 1, b: null, c: undefined, d: '', e: ['x', 'y'], f: false })).toBe('?a=1&e=x&e=y&f=false')
    expect(queryString({})).toBe('')
    expect(queryString({ q: '5号(网)&' })).toBe('?q=5%E5%8F%B7%28%E7%BD%91%29%26')
  })
})

describe('a request', () => {
  it('says the language, and the token only when it changes something', async () => {
    configureClient({ csrfToken: 't', language: 'en' })
    await get('/x')
    expect(headers()).toMatchObject({ 'Accept-Language': 'en' })
    expect(headers()).not.toHaveProperty('X-CSRF-Token')
    asked = []
    await send('PATCH', '/x', { body: { a: 1 }, ifMatch: '"3"' })
    expect(headers()).toMatchObject({ 'X-CSRF-Token': 't', 'If-Match': '"3"', 'Content-Type': 'application/json' })
  })

  it('gives the ETag with the data, and nothing for an empty answer', async () => {
    reply = () => answer(200, { n: 1 }, { ETag: '"7"' })
    expect(await send('GET', '/x')).toEqual({ data: { n: 1 }, etag: '"7"' })
    reply = () => answer(204, null)
    expect((await send('DELETE', '/x')).data).toBeUndefined()
  })

  it('that fails throws the problem', async () => {
    reply = () => answer(409, { code: 'conflict', title: 'T' }, { 'X-Request-ID': 'r9' })
    await expect(get('/x')).rejects.toMatchObject({ status: 409, code: 'conflict', requestId: 'r9' })
  })

  it('that never arrives is a network problem', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
    await expect(get('/x')).rejects.toMatchObject({ code: 'network' })
  })
})

describe('a lost session', () => {
  it('is announced when there was one, and not at the door', async () => {
    const lost = vi.fn()
    configureClient({ onUnauthenticated: lost })
    reply = () => answer(401, { code: 'unauthenticated' })
    await expect(get('/x')).rejects.toMatchObject({ status: 401 })
    expect(lost).not.toHaveBeenCalled()
    configureClient({ csrfToken: 't' })
    reply = () => answer(401, { code: 'wrong-credentials' })
    await expect(send('POST', '/api/v1/session')).rejects.toMatchObject({ status: 401 })
    expect(lost).not.toHaveBeenCalled()
    reply = () => answer(401, { code: 'unauthenticated' })
    await expect(get('/x')).rejects.toMatchObject({ status: 401 })
    expect(lost).toHaveBeenCalledOnce()
  })
})
