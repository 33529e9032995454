// What was seen of what GitHub describes, as a table, and why the rest was not: each status that we never
// answer has its reason here, by name.
import type { Conformity } from './conformity.ts'
import { OPERATIONS, type Operation } from './description.ts'

type Reason = {
  readonly status: number
  /** Which operations it is about. */
  readonly where: RegExp
  readonly why: string
}

const REASONS: readonly Reason[] = [
  {
    status: 304,
    where: /^(?:POST|PUT|DELETE) |^GET \/user\/starred\/\{owner\}/,
    why: 'there is nothing to have already: a change, or an answer without a body (RFC 9110, 13.1.2)',
  },
  {
    status: 422,
    where: /\/deliveries\/\{delivery_id\}/,
    why: 'takes nothing but ids, and an id that is none is not found',
  },
  {
    status: 422,
    where: /\/stargazers$/,
    why: 'takes nothing but a page, and every page is answered: one beyond the last is empty',
  },
  {
    status: 404,
    where: /^GET \/rate_limit$/,
    why: 'is how the Enterprise Server says that it has no limits',
  },
  {
    status: 301,
    where: /^(?:POST|PUT|PATCH|DELETE) /,
    why: 'GitHub answers a change 307: after a 301 a client would make a GET of a POST',
  },
  {
    status: 409,
    where: /^DELETE \/repos/,
    why: 'nothing stands in the way of deleting a repository',
  },
  {
    status: 200,
    where: /^POST \/admin\/users\/\{username\}\/authorizations$/,
    why: 'a token is told once, when it is made: only its hash is kept',
  },
  {
    status: 201,
    where: /^PUT .*\/collaborators\/\{username\}$/,
    why: 'is an invitation, which the Enterprise Server does not send either: who is added is in',
  },
  {
    status: 202,
    where: /^PATCH \/user\/memberships/,
    why: 'there are no invitations that would have to be accepted',
  },
  {
    status: 422,
    where: /^DELETE .*\/(?:collaborators|repositories)\/\{\w+\}$/,
    why: 'whoever is there can be taken out, and who is not stays out',
  },
  { status: 409, where: /^PATCH \/orgs/, why: 'no setting of an organization is in the way of another' },
]

export function reasonFor({ name }: Operation, status: number): Reason | undefined {
  return REASONS.find(reason => reason.status === status && reason.where.test(name))
}

const STATUSES = [200, 201, 202, 204, 301, 302, 304, 307, 400, 401, 403, 404, 409, 410, 422, 503]

/** `●` described and seen, `+` seen though not described, a letter for a reason, `?` for a hole. */
export function printCoverage(it: Conformity): void {
  const width = Math.max(...OPERATIONS.map(({ name }) => name.length))
  console.log(`${' '.repeat(width)} ${STATUSES.join(' ')}`)
  for (const operation of OPERATIONS) {
    const cells = STATUSES.map(status => cell(it, operation, status).padStart(2).padEnd(3))
    console.log(`${operation.name.padEnd(width)} ${cells.join(' ')}`.trimEnd())
  }
  for (const reason of REASONS) console.log(`${markOf(reason)} ${reason.status} ${reason.why}`)
}

function cell(it: Conformity, operation: Operation, status: number): string {
  const isDescribed = operation.responses.has(status)
  if (it.seen(operation).has(status)) return isDescribed ? '●' : '+'
  if (!isDescribed) return '·'
  const reason = reasonFor(operation, status)
  return reason ? markOf(reason) : '?'
}

function markOf(reason: Reason): string {
  return String.fromCharCode('a'.charCodeAt(0) + REASONS.indexOf(reason))
}
