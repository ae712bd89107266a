import { describe, expect, it } from 'vitest'
import type { User } from '@/api/types'
import { changesOf, formOf, mistakes, rebase } from './userForm'

const user: User = {
  username: 'li', display_name: '李敏', role: 'planner', lead_bureau: null, jurisdictions: ['zdxq'],
  is_active: true, locked_until: null, last_login_at: null, created_at: '', version: 3,
}

describe('a new account', () => {
  it('needs a user name, a name and a password', () => {
    expect(mistakes(formOf(null), true)).toEqual(['username', 'display_name', 'password'])
  })

  it('of a track officer needs the bureau too', () => {
    const form = { ...formOf(null), username: 'x', display_name: 'X', password: 'long enough 12', role: 'track_officer' as const }
    expect(mistakes(form, true)).toEqual(['lead_bureau'])
    expect(mistakes({ ...form, lead_bureau: 'ecology' }, true)).toEqual([])
  })
})

describe('a changed account', () => {
  it('sends only what differs', () => {
    expect(changesOf(formOf(user), user)).toEqual({})
    expect(changesOf({ ...formOf(user), display_name: '李', jurisdictions: null }, user)).toEqual({ display_name: '李', jurisdictions: null })
  })

  it('needs a password only if one is given', () => {
    expect(mistakes(formOf(user), false)).toEqual([])
    expect(mistakes({ ...formOf(user), password: 'short' }, false)).toEqual(['password'])
  })

  it('keeps what was filled in when someone else was faster, and takes the rest anew', () => {
    const mine = { ...formOf(user), display_name: '李小敏' }
    const theirs: User = { ...user, role: 'approver', display_name: '李大敏', version: 4 }
    expect(rebase(mine, user, theirs)).toMatchObject({ display_name: '李小敏', role: 'approver' })
  })
})
