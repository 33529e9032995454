// What our own document says of our own operations, held against every answer of theirs: its status, and that
// its body has the keys that are told and no others.
import assert from 'node:assert/strict'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { githubPart } from '../src/api/openapi/github-part.ts'
import { OWN_OPERATIONS, type OwnOperation } from '../src/api/openapi/own-operations.ts'
import { OWN_SCHEMAS, type Schema } from '../src/api/openapi/own-schemas.ts'
import type { TestAnswer } from '../src/api/test-server.ts'
import { readDescription } from '../src/github/description.ts'
import { findOperation, translated } from './github/description.ts'
import { amend } from './github/deviations.ts'

const PLACES: Readonly<Record<string, string>> = {
  '{hook}': '(?:/repos/[^/]+/[^/]+/hooks/\\d+|/orgs/[^/]+/hooks/\\d+|/admin/hooks/\\d+|/app/hook)',
  '{target}': '(?:/repos/[^/]+/[^/]+|/orgs/[^/]+|/admin|/app|/user)',
  '.': '\\.',
}

const matchers = Object.entries(OWN_OPERATIONS).map(([key, operation]) => ({
  key,
  operation,
  pattern: new RegExp(`^${key.replace(/\{\w+\}|:\w+|\./g, one => PLACES[one] ?? '[^/]+')}$`),
}))

const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false, logger: false })
addFormats.default(ajv)
ajv.addFormat('timestamp', true)
const { components } = amend({ components: githubPart(readDescription()).components, paths: {} })
const own = Object.entries(OWN_SCHEMAS).map(([name, schema]) => [name, joined(schema)] as const)
ajv.addSchema(
  translated({
    components: { ...components, schemas: { ...components.schemas, ...Object.fromEntries(own) } },
    answers: matchers.map(({ operation }) => operation.answers),
  }) as object,
  'document',
)

const validators = new Map<string, ValidateFunction>()

/** One of GitHub's shapes with keys of ours: its own keys alone would not do. */
function joined(schema: Schema): Schema {
  if (!schema.allOf) return schema
  const parts = (schema.allOf as Schema[]).map(part =>
    typeof part.$ref === 'string' ? (components.schemas[part.$ref.split('/').at(-1) ?? ''] as Schema) : part,
  )
  return {
    type: 'object',
    required: parts.flatMap(({ required }) => required ?? []),
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
  }
}

/** Throws unless our document tells of such an answer; what is GitHub's is not looked at. */
export function assertTold(method: string, url: string, answer: TestAnswer): void {
  if (answer.status >= 400 || answer.status === 304 || findOperation(method, url)) return
  const path = url.replace(/[?#].*$/s, '').replace(/^\/api\/v3(?=\/|$)/, '')
  const name = `${method} ${path.replace(/^\/repositories\/\d+(?=\/)/, '/repos/owner/name')}`
  const index = matchers.findIndex(({ pattern }) => pattern.test(name))
  const found = matchers[index]
  if (found) assertAnswer(found.operation, `document#/answers/${index}`, name, answer)
}

function assertAnswer(
  { answers, type }: OwnOperation,
  place: string,
  name: string,
  { status, json, text }: TestAnswer,
): void {
  const schema = answers[status]
  assert.notEqual(schema, undefined, `${name} answers ${status}, which the document does not tell`)
  if (schema === null) assert.equal(text, '', `${name} has a body`)
  if (schema === null || type) return
  const $ref = `${place}/${status}`
  const validate = validators.get($ref) ?? ajv.compile({ $ref })
  validators.set($ref, validate)
  assert.ok(validate(json), `${name} ${status} is told otherwise: ${ajv.errorsText(validate.errors)}`)
}
