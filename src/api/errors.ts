// From an error to GitHub's answer: the only place that knows which HTTP status an error has. Bugs, and
// what had to be put off, are logged here, once.
import type { ErrorObject } from 'ajv'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../base/log.ts'
import { AppError, type ErrorCode, notFound } from '../errors.ts'
import { errorBody } from '../github/error.ts'
import { faultOf, invalidRequest } from './faults.ts'

const STATUS: Readonly<Record<ErrorCode, number>> = {
  bad_request: 400,
  bad_json: 400,
  not_an_object: 400,
  unsupported: 400,
  unauthorized: 401,
  bad_credentials: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_large: 413,
  invalid_request: 422,
  validation_failed: 422,
  rate_limited: 429,
  // GitHub has answered 403 for longer than 429, and more clients know it.
  quota_exceeded: 403,
  misconfigured: 500,
  unavailable: 503,
}

export function statusOf(code: ErrorCode): number {
  return STATUS[code]
}

/** GitHub's page for what belongs to no operation. */
export const DOCS = 'https://docs.github.com/rest'

// These are about who is asking, not about what was asked for.
const DOCS_OF: Partial<Readonly<Record<ErrorCode, string>>> = {
  unauthorized: DOCS,
  bad_credentials: DOCS,
  quota_exceeded: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api',
}

export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log) {
  const { told, status } = takeError(error, request, reply, log)
  const docs = DOCS_OF[told.code] ?? request.routeOptions.config.docs ?? DOCS
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(errorBody(told, status, docs)))
}

export type Told = { readonly told: AppError; readonly status: number }

/** The error to tell, and its status: a bug becomes `Server Error` and is logged. */
export function takeError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): Told {
  const appError = appErrorOf(error)
  const status = appError ? STATUS[appError.code] : 500
  if (status === 500) log.error({ err: error, ...placeOf(request) }, 'a request failed')
  // Who has hung up is put off by nobody: it is what a server meets that closes behind them.
  if (status === 503 && !request.raw.socket.destroyed)
    log.warn({ err: error, ...placeOf(request) }, 'a request was put off')
  if (appError?.retryAfterSeconds !== undefined) reply.header('retry-after', appError.retryAfterSeconds)

  const told = appError && status !== 500 ? appError : new AppError('unavailable', 'Server Error')
  // Fastify closes the connection, which resets it under a client that still sends: one in ten of 26 MB
  // got EPIPE for an answer. Left open, Node reads the rest and throws it away until REQUEST_TIMEOUT_MS.
  if (told.code === 'too_large') reply.removeHeader('connection')
  return { told, status }
}

// The route's pattern, never the address: a sign-in link has its code in there.
function placeOf({ id, method, routeOptions }: FastifyRequest) {
  return { requestId: id, method, route: routeOptions.url ?? null }
}

/** The error as one of our own, or undefined when it is a bug. */
function appErrorOf(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error
  const { code, validation, validationContext, statusCode } = error as FastifyError
  if (validation) return invalid(validation as ErrorObject[], validationContext)
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new AppError('too_large', 'Payload Too Large')
  if (code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH') return notFound()
  // A body that ended before its Content-Length, and whatever else Fastify holds against a client.
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new AppError('bad_json', 'Problems parsing JSON')
  }
  return undefined
}

function invalid(faults: readonly ErrorObject[], part: string | undefined): AppError {
  // Not a number: 404.
  if (part === 'params') return notFound()
  const [first] = faults
  if (first?.schemaPath === '#/type') return new AppError('not_an_object', 'Body should be a JSON object')
  return invalidRequest(...faults.map(faultOf))
}
