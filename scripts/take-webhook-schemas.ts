// Takes GitHub's schemas of the payloads that we build out of `@octokit/openapi-webhooks` and
// writes them, without their prose, as one JSON Schema document for the tests. Run it again after
// an upgrade of that package: `node scripts/take-webhook-schemas.ts`.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const EVENTS = [
  'ping',
  'issues',
  'issue_comment',
  'label',
  'repository',
  'meta',
  'star',
  'watch',
  'milestone',
  'member',
  'organization',
  'installation',
  'installation_repositories',
]
// Events that only GitHub Enterprise Server has.
const ENTERPRISE_EVENTS = ['user']
const SOURCE = '@octokit/openapi-webhooks/generated/api.github.com.json'
const ENTERPRISE_SOURCE = '@octokit/openapi-webhooks/generated/ghes-3.19.json'
const TARGET = new URL('../test/github/fixtures/webhook-schemas.json', import.meta.url)

// What no validator reads. `format` stays: it tells an address from a template.
const PROSE = new Set(['title', 'description', 'example', 'examples', 'deprecated', 'default'])
const REFERENCE = '#/components/schemas/'

type Json = { readonly [key: string]: unknown }

type Description = {
  readonly webhooks: Record<string, { readonly post: Operation }>
  readonly components: { readonly schemas: Record<string, Json> }
}

type Operation = {
  readonly requestBody: {
    readonly content: { readonly 'application/json': { readonly schema: { $ref: string } } }
  }
  readonly 'x-github': { readonly subcategory: string }
}

const schemas: Record<string, { $ref: string }> = {}
const defs: Record<string, unknown> = {}
let components: Description['components']
// Two descriptions may call different schemas by one name.
let prefix = ''
take(SOURCE, EVENTS, '')
take(ENTERPRISE_SOURCE, ENTERPRISE_EVENTS, 'enterprise-')

const text = JSON.stringify({ schemas, $defs: defs })
writeFileSync(TARGET, `${text}\n`)
console.log(
  `${Object.keys(schemas).length} payloads, ${Object.keys(defs).length} schemas, ${text.length} bytes`,
)

function take(specifier: string, events: readonly string[], as: string): void {
  const description = JSON.parse(
    readFileSync(fileURLToPath(import.meta.resolve(specifier)), 'utf8'),
  ) as Description
  components = description.components
  prefix = as
  for (const { post } of Object.values(description.webhooks)) {
    const event = post['x-github'].subcategory
    if (!events.includes(event)) continue
    const name = post.requestBody.content['application/json'].schema.$ref.slice(REFERENCE.length)
    const action = actionOf(components.schemas[name])
    schemas[action ? `${event}.${action}` : event] = { $ref: define(name) }
  }
}

function actionOf(schema: Json | undefined): string | undefined {
  const properties = schema?.properties as
    | { readonly action?: { readonly enum?: readonly string[] } }
    | undefined
  return properties?.action?.enum?.[0]
}

/** Copies a schema and whatever it refers to, and gives its place. */
function define(name: string): string {
  const key = prefix + name
  if (!(key in defs)) {
    defs[key] = null // Taken, so that schemas may refer to each other in a circle.
    defs[key] = copy(components.schemas[name], false)
  }
  return `#/$defs/${key}`
}

// Under `properties` the keys are GitHub's own: a property may be called `description`.
function copy(value: unknown, areProperties: boolean): unknown {
  if (Array.isArray(value)) return value.map(item => copy(item, false))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => areProperties || !PROSE.has(key))
  return Object.fromEntries(
    kept.map(([key, inner]) => [
      key,
      key === '$ref' ? moved(inner) : copy(inner, key === 'properties' && !areProperties),
    ]),
  )
}

function moved(reference: unknown): string {
  return define(String(reference).slice(REFERENCE.length))
}
