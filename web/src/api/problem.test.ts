import { describe, expect, it } from 'vitest'
import { asProblem, parseProblem, Problem } from './problem'

const DOCUMENT = {
  type: '/problems/invalid', title: '内容有误', status: 422, detail: '请修改', code: 'invalid', request_id: '01J', instance: '/api/v1/users',
  errors: [{ pointer: '/password', detail: '密码过短', code: 'password_length' }],
}

describe('a problem document', () => {
  it('is taken as the service told it', () => {
    const problem = parseProblem(422, DOCUMENT)
    expect([problem.status, problem.title, problem.detail, problem.code, problem.requestId]).toEqual([422, '内容有误', '请修改', 'invalid', '01J'])
  })

  it('without a code is only a status', () => {
    expect(parseProblem(502, '<html>').code).toBe('http_502')
    expect(parseProblem(500, null, 'r1').requestId).toBe('r1')
  })

  it('survives an errors member of the wrong shape', () => {
    expect(parseProblem(422, { code: 'invalid', errors: 'all' }).errors).toEqual([])
    expect(parseProblem(422, { code: 'invalid', errors: [null, { pointer: 3 }] }).errors).toEqual([{ pointer: '', detail: '', code: '' }])
  })
})

describe('messages by field', () => {
  it.each([
    ['/password', 'password'],
    ['#/password', 'password'],
    ['/body/lead_bureau', 'lead_bureau'],
    ['/codes/3', 'codes'],
    ['/planning/far/min', 'min'],
  ])('%s belongs to %s', (pointer, field) => {
    expect(new Problem({ errors: [{ pointer, detail: 'x', code: 'c' }] }).fields()).toEqual({ [field]: 'x' })
  })

  it('keep the first of several and skip the whole document', () => {
    const error = (pointer: string, detail: string) => ({ pointer, detail, code: '' })
    expect(new Problem({ errors: [error('/a', '1'), error('/a', '2'), error('', '3')] }).fields()).toEqual({ a: '1' })
  })
})

describe('whatever was thrown', () => {
  it('stays a problem or becomes one', () => {
    const problem = new Problem({ code: 'x' })
    expect(asProblem(problem)).toBe(problem)
    expect(asProblem(new TypeError('no'))).toMatchObject({ code: 'unexpected', detail: 'no' })
    expect(asProblem('no')).toMatchObject({ code: 'unexpected', detail: 'no' })
  })
})
