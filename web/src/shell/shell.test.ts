import { describe, expect, it } from 'vitest'
import type { Permission, Session } from '@/api/types'
import { isOurs } from '@/ui/ours'
import type { RouteMeta } from 'vue-router'
import { gate } from './gate'
import { openSections } from './places'

const session = (...permissions: Permission[]): Session => ({
  user: { username: 'a', display_name: 'A', role: 'viewer', lead_bureau: null, jurisdictions: null },
  permissions, csrf_token: 't', expires_at: '', today: '2022-11-15', demo: false,
})
const page = (name: string, meta: RouteMeta, query = {}): Parameters<typeof gate>[0] => ({ name, fullPath: `/${name}?x=1`, meta, query })

describe('the gate', () => {
  it('lets anybody see the public face', () => {
    expect(gate(page('home', {}), null)).toBe(true)
  })

  it('sends a stranger to sign in and remembers the way', () => {
    expect(gate(page('map', { desk: true }), null)).toEqual({ name: 'login', query: { next: '/map?x=1' } })
  })

  it('sends who is signed in past the door, never to another site', () => {
    expect(gate(page('login', {}), null)).toBe(true)
    expect(gate(page('login', {}, { next: '/desk/imports' }), session())).toBe('/desk/imports')
    expect(gate(page('login', {}, { next: '//evil.example' }), session())).toBe('/desk/map')
  })

  it('says so where the role does not reach', () => {
    const users = page('users', { desk: true, needs: 'user:manage' })
    expect(gate(users, session('parcel:read'))).toEqual({ name: 'forbidden', query: { from: '/users?x=1' } })
    expect(gate(users, session('user:manage'))).toBe(true)
  })
})

describe('the rail', () => {
  const names = (...permissions: Permission[]): string[] =>
    openSections((one) => permissions.includes(one)).flatMap((section) => section.places.map((place) => place.route))

  it('holds only what the role may use', () => {
    expect(names()).toEqual([])
    expect(names('parcel:read', 'audit:read')).toEqual(['map', 'overview', 'deadlines', 'constraints', 'audit'])
    expect(names('parcel:read', 'import:read', 'user:manage', 'apikey:manage', 'audit:read')).toEqual(['map', 'overview', 'deadlines', 'imports', 'constraints', 'users', 'keys', 'audit'])
    expect(names('layer:read')).toEqual(['controlLayers'])
  })
})

describe('a key', () => {
  const press = (target: object | null, modifier = false): Parameters<typeof isOurs>[0] =>
    ({ ctrlKey: modifier, metaKey: false, altKey: false, target: target as EventTarget | null })

  it('is left alone while writing or with a modifier', () => {
    expect(isOurs(press({ tagName: 'DIV' }))).toBe(true)
    expect(isOurs(press(null))).toBe(true)
    expect(isOurs(press({ tagName: 'INPUT' }))).toBe(false)
    expect(isOurs(press({ tagName: 'DIV', isContentEditable: true }))).toBe(false)
    expect(isOurs(press({ tagName: 'DIV' }, true))).toBe(false)
  })
})
