import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { listAudit } from './audit'
import { changeUser } from './accounts'
import { configureClient } from './client'
import { readSession, signIn, signOut } from './session'
import type { User } from './types'

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(status === 204 ? null : JSON.stringify(body), { status, headers })

let asked: Request[] = []
let reply: () => Response = () => answer(200, {})

beforeEach(() => {
  asked = []
  vi.stubGlobal('fetch', (request: Request) => {
    asked.push(request)
    return Promise.resolve(reply())
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  reply = () => answer(200, {})
  configureClient({ csrfToken: '', language: 'zh', onUnauthenticated: () => undefined })
})

const { signal } = new AbortController()
const user: User = {
  username: 'li.na', display_name: '李娜', role: 'viewer', lead_bureau: null, jurisdictions: null,
  is_active: true, locked_until: null, last_login_at: null, created_at: '', version: 3,
}

describe('a request', () => {
  it('says the language, and the token only when it changes something', async () => {
    configureClient({ csrfToken: 't', language: 'en' })
    await readSession()
    await changeUser(user, { display_name: '李' })
    const [read, change] = asked
    expect([read?.headers.get('Accept-Language'), read?.headers.get('X-CSRF-Token')]).toEqual(['en', null])
    expect([change?.headers.get('X-CSRF-Token'), change?.headers.get('If-Match'), change?.method]).toEqual(['t', '"3"', 'PATCH'])
    expect(await change?.json()).toEqual({ display_name: '李' })
  })

  it('leaves out of the query what is not set, and escapes the rest', async () => {
    await listAudit({ actor: '', action: '', subject_type: 'parcel', subject_id: '郑政东出〔2022〕5号(网)&', from: '', to: '' }, signal)
    const query = new URL(asked[0]?.url ?? '').searchParams
    expect([...query]).toEqual([['subject_type', 'parcel'], ['subject_id', '郑政东出〔2022〕5号(网)&']])
  })

  it('may have an empty answer', async () => {
    reply = () => answer(204, null)
    await expect(signOut(false)).resolves.toBeUndefined()
  })

  it('that fails throws the problem', async () => {
    reply = () => answer(409, { code: 'conflict', title: 'T' }, { 'X-Request-ID': 'r9' })
    await expect(readSession()).rejects.toMatchObject({ status: 409, code: 'conflict', requestId: 'r9' })
    reply = () => new Response('<html>', { status: 502 })
    await expect(readSession()).rejects.toMatchObject({ status: 502, code: 'http_502' })
  })

  it('that never arrives is a network problem', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
    await expect(readSession()).rejects.toMatchObject({ code: 'network' })
  })
})

describe('a lost session', () => {
  it('is announced when there was one, and not at the door', async () => {
    const lost = vi.fn()
    configureClient({ onUnauthenticated: lost })
    reply = () => answer(401, { code: 'unauthenticated' })
    await expect(readSession()).rejects.toMatchObject({ status: 401 })
    expect(lost).not.toHaveBeenCalled()
    configureClient({ csrfToken: 't' })
    reply = () => answer(401, { code: 'wrong-credentials' })
    await expect(signIn('a', 'b')).rejects.toMatchObject({ status: 401 })
    expect(lost).not.toHaveBeenCalled()
    reply = () => answer(401, { code: 'unauthenticated' })
    await expect(readSession()).rejects.toMatchObject({ status: 401 })
    expect(lost).toHaveBeenCalledOnce()
  })
})
