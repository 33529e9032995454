// How bodies are read and checked. A body is read as JSON whatever its Content-Type says, as GitHub does;
// a route without a schema for it ignores it. Values in a body are never coerced: the text "true" is not
// a boolean. Values in a query or a path are text, and are coerced.
import { Ajv, type ValidateFunction } from 'ajv'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { measureJson } from '../base/json-measure.ts'
import { AppError } from '../errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Texts in the body keep their NULs, which are removed otherwise. */
    exact?: boolean
  }
}

// `verbose` hands the schema and the value to faults.ts. Ajv stops at the first fault: a body of 1 MB can
// have half a million. The schemas are our own and are not checked against JSON Schema's own schema,
// which would take half of the start; unknown keywords are refused all the same.
const OPTIONS = {
  verbose: true,
  useDefaults: true,
  allowUnionTypes: true,
  strictRequired: false,
  meta: false,
  validateSchema: false,
} as const

// The parser that Ruby comes with, and so GitHub, goes no deeper. Events are published by a parser of their own.
const DEPTH_MAX = 100

// The largest of our own bodies, an event type with a schema of 64 KB, has some 4,000.
const KEYS_MAX = 10_000

const bodies = new Ajv(OPTIONS)
const parameters = new Ajv({ ...OPTIONS, coerceTypes: true })

export function readBodies(app: FastifyInstance): void {
  // Fastify would refuse a malformed Content-Type before it asks any parser.
  app.addHook('onRequest', async ({ raw }) => {
    if (raw.headers['content-type'] !== undefined) raw.headers['content-type'] = 'application/json'
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const { config, schema } = request.routeOptions
    if (body.byteLength === 0 || schema?.body === undefined) return undefined
    refuseUnwieldy(body)
    return parse(body.toString(), config.exact === true)
  })
}

export function checkBodies(app: FastifyInstance): void {
  app.setValidatorCompiler(({ schema, httpPart }) =>
    compiledWhenAsked(httpPart === 'body' ? bodies : parameters, schema as object),
  )
  // A missing body is told as `"title" wasn't supplied.`, not as `Body should be a JSON object`.
  app.addHook('preValidation', async request => {
    if (request.body === undefined && request.routeOptions.schema?.body !== undefined) request.body = {}
  })
}

// Compiling all of them takes a sixth of the start, and few are asked for soon.
function compiledWhenAsked(ajv: Ajv, schema: object) {
  const check = (value: unknown): boolean => {
    const compiled = ajv.compile(schema)
    const fits = compiled(value)
    check.errors = compiled.errors
    return fits
  }
  check.errors = null as ValidateFunction['errors']
  return check
}

function refuseUnwieldy(body: Buffer): void {
  const { depth, keys } = measureJson(body)
  if (depth > DEPTH_MAX) throw new AppError('bad_json', 'Problems parsing JSON')
  if (keys > KEYS_MAX) throw new AppError('too_large', 'Payload Too Large')
}

function parse(text: string, exact: boolean): unknown {
  try {
    return JSON.parse(text, exact || !text.includes('\\u0000') ? undefined : withoutNul)
  } catch (error) {
    throw new AppError('bad_json', 'Problems parsing JSON', { cause: error })
  }
}

// Postgres cannot store one in a text, and nobody has written one on purpose.
function withoutNul(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '') : value
}
