import { effectScope, nextTick, ref } from 'vue'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Problem } from './problem'
import { useResource, type Resource } from './resource'
import { usePagedList } from './paged'

interface Order { key: string, signal: AbortSignal, resolve: (value: string) => void, reject: (reason: unknown) => void }

function setUp(): { key: { value: string | null }, orders: Order[], resource: Resource<string>, stop: () => void } {
  const key = ref<string | null>('a')
  const orders: Order[] = []
  const scope = effectScope()
  const resource = scope.run(() => useResource(() => key.value, (now, signal) =>
    new Promise<string>((resolve, reject) => { orders.push({ key: now, signal, resolve, reject }) })))
  if (resource === undefined) throw new Error('no scope')
  return { key, orders, resource, stop: () => scope.stop() }
}
const settle = async (): Promise<void> => { await nextTick(); await Promise.resolve(); await nextTick() }

describe('server data', () => {
  it('shows the answer to the last question, whichever comes last', async () => {
    const { key, orders, resource } = setUp()
    key.value = 'b'
    await settle()
    expect(orders.map((order) => [order.key, order.signal.aborted])).toEqual([['a', true], ['b', false]])
    orders[1]?.resolve('B')
    await settle()
    orders[0]?.resolve('A')
    await settle()
    expect(resource.data.value).toBe('B')
    expect(resource.loading.value).toBe(false)
  })

  it('keeps the old data beside a new problem, and recovers on reload', async () => {
    const { orders, resource } = setUp()
    orders[0]?.resolve('A')
    await settle()
    resource.reload()
    orders[1]?.reject(new Problem({ code: 'unavailable' }))
    await settle()
    expect([resource.data.value, resource.problem.value?.code]).toEqual(['A', 'unavailable'])
    resource.reload()
    orders[2]?.resolve('B')
    await settle()
    expect([resource.data.value, resource.problem.value]).toEqual(['B', null])
  })

  it('asks nothing without a key and nothing after its end', async () => {
    const { key, orders, resource, stop } = setUp()
    key.value = null
    await settle()
    expect([orders.length, resource.data.value, resource.loading.value]).toEqual([1, null, false])
    key.value = 'c'
    await settle()
    stop()
    expect(orders[1]?.signal.aborted).toBe(true)
  })
})

describe('a paged list', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('follows its next links to the end', async () => {
    const asked: string[] = []
    vi.stubGlobal('fetch', (request: Request) => {
      asked.push(new URL(request.url).search)
      return Promise.resolve(new Response(JSON.stringify({ items: [3], next: null })))
    })
    const list = effectScope().run(() => usePagedList(() => 'k', () => Promise.resolve({ items: [1, 2], next: '/list?cursor=2' })))
    await settle()
    expect(list?.data.value).toEqual([1, 2])
    await list?.more()
    await list?.more()
    expect([list?.data.value, list?.next.value, asked]).toEqual([[1, 2, 3], null, ['?cursor=2']])
  })

  it('keeps what it has when the next page fails', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('', { status: 503 })))
    const list = effectScope().run(() => usePagedList(() => 'k', () => Promise.resolve({ items: [1], next: '/list?cursor=1' })))
    await settle()
    await list?.more()
    expect([list?.data.value, list?.moreProblem.value?.code, list?.next.value]).toEqual([[1], 'http_503', '/list?cursor=1'])
  })
})
