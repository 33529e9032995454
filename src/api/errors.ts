// From an error to GitHub's answer: the only place that knows which HTTP status an error has, and
// the words in which GitHub tells what is wrong with the form of a request.
import type { ErrorObject } from 'ajv'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../base/log.ts'
import { AppError, type ErrorCode, notFound } from '../errors.ts'
import { errorBody } from '../github/error.ts'

const STATUS: Readonly<Record<ErrorCode, number>> = {
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
  misconfigured: 500,
  unavailable: 503,
}

const DOCS = 'https://docs.github.com/rest'

// These are about who is asking, not about what was asked for.
const ABOUT_AUTHENTICATION: ReadonlySet<ErrorCode> = new Set(['unauthorized', 'bad_credentials'])

export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log) {
  const appError = appErrorOf(error)
  const status = appError ? STATUS[appError.code] : 500
  if (status === 500) log.error({ err: error, requestId: request.id, url: request.url }, 'a request failed')
  if (status === 503) log.warn({ err: error, requestId: request.id }, 'a request was put off')
  if (appError?.retryAfterSeconds !== undefined) reply.header('retry-after', appError.retryAfterSeconds)

  const told = appError && status !== 500 ? appError : new AppError('unavailable', 'Server Error')
  // Fastify closes the connection, which resets it under a client that still sends: one in ten of 26 MB
  // got EPIPE for an answer. Left open, Node reads the rest and throws it away until REQUEST_TIMEOUT_MS.
  if (told.code === 'too_large') reply.removeHeader('connection')
  const docs = ABOUT_AUTHENTICATION.has(told.code) ? DOCS : (request.routeOptions.config.docs ?? DOCS)
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(errorBody(told, status, docs)))
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
  // A number that is none: there is nothing at that address.
  if (part === 'params') return notFound()
  const [first] = faults
  if (first?.schemaPath === '#/type') return new AppError('not_an_object', 'Body should be a JSON object')
  return new AppError('invalid_request', 'Invalid request.', {
    faults: faults.slice(0, FAULTS_MAX).map(fault),
  })
}

const FAULTS_MAX = 10
const NAMED_MAX = 10
const SHOWN_LENGTH_MAX = 100

function fault(error: ErrorObject): string {
  const { keyword, params, data } = error
  switch (keyword) {
    case 'required':
      return suppliedFault(error)
    case 'additionalProperties':
      return keysFault(error)
    case 'type':
      return at(error, `${shown(data)} is not ${kindOf(params.type)}.`)
    case 'enum':
      return at(error, `${shown(data)} is not a member of ${shown(params.allowedValues)}.`)
    case 'maxLength':
      return at(error, `Only ${params.limit} characters are allowed; ${lengthOf(data)} were supplied.`)
    case 'minLength':
      return at(
        error,
        `At least ${params.limit} characters are required; only ${lengthOf(data)} were supplied.`,
      )
    case 'maxItems':
      return at(error, `No more than ${params.limit} items are allowed; ${lengthOf(data)} were supplied.`)
    case 'minItems':
      return at(error, `${params.limit} or more items are required; only ${lengthOf(data)} were supplied.`)
    case 'anyOf':
    case 'oneOf':
      return at(error, `No subschema in "${keyword}" matched.`)
    default:
      return at(error, `${shown(data)} ${error.message ?? 'is not valid'}.`)
  }
}

// Ajv stops at the first, since going on would let a body of 1 MB make half a million errors; what
// lacks and what is too much is then found here, all at once, as GitHub tells it.
function suppliedFault({ parentSchema, data, params }: ErrorObject): string {
  const required: readonly string[] = parentSchema?.required ?? [params.missingProperty]
  const missing = required.filter(name => !Object.hasOwn(data as object, name))
  return `${quoted(missing)} ${missing.length === 1 ? "wasn't" : "weren't"} supplied.`
}

function keysFault({ parentSchema, data }: ErrorObject): string {
  const allowed = parentSchema?.properties ?? {}
  const extra = Object.keys(data as object).filter(name => !Object.hasOwn(allowed, name))
  return extra.length === 1
    ? `${quoted(extra)} is not a permitted key.`
    : `${quoted(extra)} are not permitted keys.`
}

// `#/properties/events/items/type` is GitHub's `properties/events/items`.
function at({ schemaPath }: ErrorObject, text: string): string {
  const place = schemaPath.replace(/^#\//, '').replace(/\/?[^/]*$/, '')
  return place === '' ? text : `For '${place}', ${text}`
}

function quoted(names: readonly string[]): string {
  return names
    .slice(0, NAMED_MAX)
    .map(name => `"${name.slice(0, SHOWN_LENGTH_MAX)}"`)
    .join(', ')
}

/** GitHub is written in Ruby, and shows. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nil'
  const text = textOf(value)
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text
}

// Reading JSON takes any depth, writing it does not: 1 MB of `[` overflows the stack.
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return '…'
  }
}

const ARTICLES: Readonly<Record<string, string>> = {
  array: 'an array',
  integer: 'an integer',
  object: 'an object',
  null: 'nil',
}

function kindOf(types: string | readonly string[]): string {
  return [types]
    .flat()
    .map(type => ARTICLES[type] ?? `a ${type}`)
    .join(' or ')
}

function lengthOf(data: unknown): number {
  return typeof data === 'string' || Array.isArray(data) ? data.length : 0
}
