// Takes GitHub's schemas of the payloads that we build out of `@octokit/openapi-webhooks` and
// writes them, without their prose, as one JSON Schema document for the tests. Run it again after
// an upgrade of that package: `node scripts/take-webhook-schemas.ts`.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const EVENTS = ['ping', 'issues', 'issue_comment', 'label', 'repository', 'meta', 'star', 'watch']
const SOURCE = '@octokit/openapi-webhooks/generated/api.github.com.json'
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

const source = fileURLToPath(import.meta.resolve(SOURCE))
const { webhooks, components } = JSON.parse(readFileSync(source, 'utf8')) as Description

const schemas: Record<string, { $ref: string }> = {}
for (const { post } of Object.values(webhooks)) {
  const event = post['x-github'].subcategory
  if (!EVENTS.includes(event)) continue
  const name = post.requestBody.content['application/json'].schema.$ref.slice(REFERENCE.length)
  const action = actionOf(components.schemas[name])
  schemas[action ? `${event}.${action}` : event] = { $ref: `#/$defs/${name}` }
}

const defs: Record<string, unknown> = {}
for (const { $ref } of Object.values(schemas)) define($ref.slice('#/$defs/'.length))

const text = JSON.stringify({ schemas, $defs: defs })
writeFileSync(TARGET, `${text}\n`)
console.log(
  `${Object.keys(schemas).length} payloads, ${Object.keys(defs).length} schemas, ${text.length} bytes`,
)

function actionOf(schema: Json | undefined): string | undefined {
  const properties = schema?.properties as
    | { readonly action?: { readonly enum?: readonly string[] } }
    | undefined
  return properties?.action?.enum?.[0]
}

/** Copies a schema and whatever it refers to. */
function define(name: string): void {
  if (name in defs) return
  defs[name] = null // Taken, so that schemas may refer to each other in a circle.
  defs[name] = copy(components.schemas[name], false)
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
  const name = String(reference).slice(REFERENCE.length)
  define(name)
  return `#/$defs/${name}`
}
