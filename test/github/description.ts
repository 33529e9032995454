// GitHub's own description, held against every answer: its status, its body, its headers, and the page
// that its errors point to. `npm run describe` takes it; where GitHub itself does otherwise than it
// describes, the deviation stands in deviations.ts by name.
import assert from 'node:assert/strict'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { TestAnswer } from '../../src/api/test-server.ts'
import { readDescription } from '../../src/github/description.ts'
import { allowsStatus, amend, isForPeople, isMoved, isUnrouted, mayLack } from './deviations.ts'
import { shapeOf } from './routes.ts'

export type Operation = {
  /** `GET /repos/{owner}/{repo}/hooks` */
  readonly name: string
  readonly method: string
  /** GitHub's page about it. */
  readonly docs: string
  /** What is described, by status. */
  readonly responses: ReadonlyMap<number, Response>
  /** Where the schema of the request's body is, when it has one. */
  readonly body: string | undefined
}

type Response = {
  /** Where the schema is, by media type; none for an answer without a body. */
  readonly schemas: ReadonlyMap<string, string>
  readonly headers: readonly string[]
}

type Json = { readonly [key: string]: any }

const fixture: Json = readDescription()

/** What GitHub describes of all that Hookline has. */
export const OPERATIONS: readonly Operation[] = Object.entries(fixture.parts as Json).flatMap(
  ([part, { paths }]) =>
    Object.entries(paths as Json).flatMap(([path, methods]) =>
      Object.entries(methods as Json).map(([method, described]) =>
        operationOf(part, path, method, described),
      ),
    ),
)

/** The shape of every operation that GitHub has. */
export const OFFERED: ReadonlySet<string> = new Set(fixture.offered as string[])

const FAULTS_MAX = 10

// Each part of an `allOf` lists some of the keys; what a client may send is GitHub's business.
const OPEN: ReadonlySet<string> = new Set(['allOf', 'requestBody'])

const DOCS = 'https://docs.github.com/rest'

const matchers = OPERATIONS.map(operation => ({ operation, pattern: patternOf(operation.name) }))

/** The operation that a request is for; undefined for what GitHub does not have. */
export function findOperation(method: string, url: string): Operation | undefined {
  const path = url.replace(/[?#].*$/s, '').replace(/^\/api\/v3(?=\/|$)/, '') || '/'
  // A repository's other address, which GitHub does not describe.
  const name = `${method} ${path.replace(/^\/repositories\/\d+(?=\/|$)/, '/repos/owner/name')}`
  // `…/issues/comments/7` is also `…/issues/{issue_number}/…` in form: the most literal one is meant.
  const [first] = matchers
    .filter(({ pattern }) => pattern.test(name))
    .sort((a, b) => paramsIn(a.operation) - paramsIn(b.operation))
  return first?.operation
}

/** What is wrong with the answer, in a line each. */
function faultsOf(operation: Operation, answer: TestAnswer): string[] {
  const { status, headers } = answer
  const faults = [...commonFaults(answer)]
  const response = operation.responses.get(status)
  if (!response && !allowsStatus(operation, status)) faults.push(`${status} is not described`)
  if (status >= 400) return [...faults, ...errorFaults(operation, answer)]
  if (status === 304) return [...faults, ...(headers.has('etag') ? [] : ['no ETag'])]
  if (isMoved(status) && headers.get('location') !== answer.json?.url)
    faults.push('its url is not its Location')
  return [...faults, ...bodyFaults(response, answer), ...headerFaults(response, answer)]
}

/** Throws unless GitHub describes such an answer to such a request, or has no such operation. */
export function assertDescribed(method: string, url: string, answer: TestAnswer): void {
  const operation = findOperation(method, url)
  const faults = operation && !isForPeople(answer) ? faultsOf(operation, answer) : []
  if (faults.length === 0) return
  const { status, text } = answer
  assert.fail(
    `${operation?.name} answers ${status} as GitHub does not describe it:\n${faults.slice(0, FAULTS_MAX).join('\n')}\n${text.slice(0, 2000)}`,
  )
}

/** What GitHub would say against this body of a request. */
export function requestFaults({ body }: Operation, value: unknown): string[] {
  return body === undefined ? [] : faultsBy(body, value)
}

function commonFaults(answer: TestAnswer): string[] {
  const { headers, text } = answer
  const required = [
    'x-github-request-id',
    ...(isUnrouted(answer) ? [] : ['x-github-media-type', 'x-github-api-version-selected']),
    ...(text === '' ? [] : ['content-type']),
  ]
  return required.filter(name => !headers.get(name)).map(name => `no ${name}`)
}

// The envelope of section 4.1: `status` is a string, and the page is the operation's unless it is about who
// asks.
function errorFaults({ docs, responses }: Operation, { status, headers, json }: TestAnswer): string[] {
  const type = headers.get('content-type')
  if (type !== 'application/json; charset=utf-8') return [`content-type is ${type}`]
  const described = responses.get(status)?.schemas.get('application/json')
  const page = status === 401 ? DOCS : docs
  // It has a string `status` since 2024, which is described for some errors alone.
  const { status: told, ...body } = json ?? {}
  return [
    ...faultsBy(described ?? schemaOf(status === 422 ? 'validation-error' : 'basic-error'), body),
    ...(told === String(status) ? [] : [`its status is ${told}`]),
    ...(body.documentation_url === page
      ? []
      : [`its documentation_url is ${body.documentation_url}, not ${page}`]),
  ]
}

function bodyFaults(response: Response | undefined, { status, headers, json, text }: TestAnswer): string[] {
  if (!response) return []
  // 202 is described without a body, and comes with an empty object.
  if (status === 202 && response.schemas.size === 0) return faultsBy(`${PART}${ACCEPTED}`, json)
  if (response.schemas.size === 0) return text === '' ? [] : [`has a body: ${text.slice(0, 100)}`]

  const [type = ''] = (headers.get('content-type') ?? '').split(';')
  // GitHub calls its JSON `application/json` even when another form of it was asked for.
  const isJson = type === 'application/json'
  const schemas = [...response.schemas].filter(
    ([name]) => name === type || (isJson && name.endsWith('+json')),
  )
  if (schemas.length === 0) return [`content-type is ${type}, not ${[...response.schemas.keys()]}`]
  const [first = [], ...others] = schemas.map(([, schema]) => faultsBy(schema, isJson ? json : text))
  return others.some(faults => faults.length === 0) ? [] : first
}

const ACCEPTED = '#/components/responses/accepted/content/application~1json/schema'

const RELATION = /^<https?:\/\/[^>]+>; rel="(?:prev|next|last|first)"$/

function headerFaults(response: Response | undefined, { status, headers, json }: TestAnswer): string[] {
  const link = headers.get('link')
  const location = headers.get('location')
  return [
    ...(link === null || link.split(', ').every(one => RELATION.test(one)) ? [] : [`Link is ${link}`]),
    ...(status === 201 && location !== null && location !== json?.url ? [`Location is ${location}`] : []),
    ...(response?.headers ?? [])
      .filter(name => !headers.has(name) && !mayLack(name))
      .map(name => `no ${name}`),
  ]
}

const PART = 'api.github.com'

function schemaOf(name: string): string {
  return `${PART}#/components/schemas/${name}`
}

function operationOf(part: string, path: string, method: string, described: Json): Operation {
  const at = `${part}#/paths/${escaped(path)}/${method}`
  const responses = Object.entries(described.responses as Json).map(
    ([status, response]) =>
      [Number(status), responseOf(part, `${at}/responses/${status}`, response)] as const,
  )
  const hasBody = described.requestBody?.content?.['application/json']
  return {
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    docs: described.externalDocs,
    responses: new Map(responses),
    body: hasBody && `${at}/requestBody/content/application~1json/schema`,
  }
}

function responseOf(part: string, at: string, response: Json): Response {
  if (response.$ref) {
    const name = response.$ref.split('/').at(-1)
    return responseOf(part, part + response.$ref, fixture.parts[part].components.responses[name])
  }
  const types = Object.keys(response.content ?? {})
  return {
    schemas: new Map(types.map(type => [type, `${at}/content/${escaped(type)}/schema`])),
    headers: Object.keys(response.headers ?? {}),
  }
}

// A reference within a JSON document, RFC 6901, within the fragment of an address.
function escaped(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))
}

// An id begins like a number: `/user/apps` is no user.
function patternOf(name: string): RegExp {
  const source = name.replace(/\{(\w+)\}|([.*+?^$()|[\]\\])/g, (_, param: string | undefined, sign) => {
    if (param === undefined) return `\\${sign}`
    return param.endsWith('_id') ? '[-\\d][^/]*' : '[^/]+'
  })
  return new RegExp(`^${source}$`)
}

function paramsIn({ name }: Operation): number {
  return shapeOf(name).split('{}').length
}

const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false, logger: false })
addFormats.default(ajv)
ajv.addFormat('timestamp', true)
for (const [part, description] of Object.entries(fixture.parts as Json)) {
  ajv.addSchema(translated(amend(description)) as object, part)
}

const validators = new Map<string, ValidateFunction>()

function faultsBy(schema: string, value: unknown): string[] {
  const validate = validators.get(schema) ?? ajv.compile({ $ref: schema })
  validators.set(schema, validate)
  return validate(value) ? [] : (validate.errors ?? []).map(faultOf)
}

function faultOf({ instancePath, message, params, keyword }: ErrorObject): string {
  const detail = keyword === 'additionalProperties' ? `: ${params.additionalProperty}` : ''
  return `${instancePath || 'the body'} ${message}${detail}`
}

/**
 * OpenAPI 3.0 as JSON Schema: `nullable` becomes the type `null`. What GitHub lists no further keys
 * for has none: an answer with more is a fault, too.
 */
export function translated(value: unknown, isOpen = false): unknown {
  if (Array.isArray(value)) return value.map(item => translated(item, isOpen))
  if (typeof value !== 'object' || value === null) return value
  const {
    nullable,
    discriminator: _,
    oneOf,
    ...given
  } = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, translated(inner, isOpen || OPEN.has(key))]),
  ) as Json
  const isClosed =
    !isOpen && given.type === 'object' && given.properties && !('additionalProperties' in given)
  const schema = {
    ...given,
    // An error without items is of both of the kinds that GitHub says it is one of.
    ...(oneOf && { [isOpen ? 'oneOf' : 'anyOf']: oneOf }),
    ...(isClosed && { additionalProperties: false }),
  } as Json
  if (nullable !== true) return schema
  if (schema.type === undefined) return { anyOf: [{ type: 'null' }, schema] }
  return { ...schema, type: [schema.type, 'null'], ...(schema.enum && { enum: [...schema.enum, null] }) }
}
