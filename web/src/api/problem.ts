/** One wrong field of a refused request; `pointer` is a JSON pointer into the request body. */
export interface FieldError { pointer: string, detail: string, code: string }

interface ProblemBody {
  type: string
  title: string
  status: number
  detail: string
  code: string
  request_id: string
  errors: FieldError[]
  members: Readonly<Record<string, unknown>>
}

/** A request that did not succeed, as the service told it (RFC 9457), or as the network did. */
export class Problem extends Error {
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly code: string
  readonly requestId: string
  readonly errors: readonly FieldError[]
  /** Everything the service told, with what only this kind of problem has. */
  readonly members: Readonly<Record<string, unknown>>

  constructor(body: Partial<ProblemBody>) {
    super(body.detail ?? body.title ?? body.code ?? 'problem')
    this.name = 'Problem'
    this.status = body.status ?? 0
    this.title = body.title ?? ''
    this.detail = body.detail ?? ''
    this.code = body.code ?? 'unknown'
    this.requestId = body.request_id ?? ''
    this.errors = body.errors ?? []
    this.members = body.members ?? {}
  }

  /** Messages by the last part of their pointer: `/lead_bureau` → `lead_bureau`; `/codes/3` → `codes`. */
  fields(): Record<string, string> {
    const found: Record<string, string> = {}
    for (const error of this.errors) {
      const parts = error.pointer.replace(/^#?\//, '').split('/')
      const name = parts.filter((part) => part !== 'body' && !/^\d+$/.test(part)).at(-1)
      if (name !== undefined && name !== '') found[name] ??= error.detail
    }
    return found
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return []
  return value.filter(isRecord).map((item) => ({
    pointer: text(item.pointer), detail: text(item.detail), code: text(item.code),
  }))
}

/** The problem told by an answer's body; anything that is no problem document becomes `http_<status>`. */
export function parseProblem(status: number, body: unknown, requestId = ''): Problem {
  if (!isRecord(body) || typeof body.code !== 'string') {
    return new Problem({ status, code: `http_${status}`, request_id: requestId })
  }
  return new Problem({
    status,
    type: text(body.type),
    title: text(body.title),
    detail: text(body.detail),
    code: body.code,
    request_id: text(body.request_id) || requestId,
    errors: fieldErrors(body.errors),
    members: body,
  })
}

/** Whatever was thrown, as a problem. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  return new Problem({ code: 'unexpected', detail: thrown instanceof Error ? thrown.message : String(thrown) })
}
