// Makes the schemas that published payloads are checked against out of GitHub's description of its
// webhooks: without prose, formats and examples, each shape once, and loosened where GitHub's description refuses
// what GitHub has sent (`@octokit/webhooks-examples`). The same package gives the same bytes.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const SOURCE = '@octokit/openapi-webhooks/generated/api.github.com.json'

export type Json = { readonly [key: string]: unknown }

export type Description = {
  readonly webhooks: Record<string, { readonly post: Operation }>
  readonly components: { readonly schemas: Record<string, Json> }
}

type Operation = {
  readonly requestBody: {
    readonly content: { readonly 'application/json': { readonly schema: { readonly $ref: string } } }
  }
  readonly 'x-github': { readonly subcategory: string }
}

/** What is written: for each event, its schema by action, as an index of `shapes`. */
export type EventSchemas = {
  /** An event without actions has one schema, under `-`; of any action, under `*`. */
  readonly events: Record<string, Record<string, number>>
  /** They refer to each other by `#/shapes/7`. */
  readonly shapes: readonly unknown[]
}

// What decides nothing. `format` is for people: recorded payloads have addresses that are none.
const PASSED_OVER = new Set([
  ...['title', 'description', 'example', 'examples', 'deprecated', 'default', 'format', 'readOnly'],
  ...['x-github', 'externalDocs'],
])

// A reference has some 20 characters.
const SHARED_LENGTH_MIN = 40

/** Each rule loosens one schema, which stands under a property of that name (empty: the payload as a whole). */
type Rule = { readonly why: string; loosen(schema: Json, property: string): Json }

export const LOOSENED: Readonly<Record<string, Rule>> = {
  later: {
    why: 'GitHub added these keys; payloads from before, and of Enterprise servers, have none.',
    loosen: schema =>
      optional(schema, [
        ...['active_lock_reason', 'app_slug', 'auto_merge', 'cvss', 'cwes', 'disabled', 'display_title'],
        ...['draft', 'has_discussions', 'immutable', 'is_one_time', 'lock_branch_enforcement_level'],
        ...['original_line', 'original_start_line', 'performed_via_github_app', 'reactions', 'requester'],
        ...['run_attempt', 'side', 'start_line', 'start_side', 'state_reason', 'suspended_at'],
        ...['suspended_by', 'topics', 'triggering_actor', 'verified_at', 'visibility', 'workflow_name'],
      ]),
  },
  laterThere: {
    why: 'The same, of keys whose names are too common to let them all go.',
    loosen: (schema, property) => optional(schema, LATER_THERE[property] ?? []),
  },
  unixTimes: {
    why: 'An installation’s times are sent as seconds since 1970.',
    loosen: (schema, property) =>
      property === 'installation' ? retyped(schema, ['created_at', 'updated_at'], TIME) : schema,
  },
  spellings: {
    why: 'A plan’s price model has been spelt `PER_UNIT`, `per-unit` and `flat-rate`.',
    loosen: schema => retyped(schema, ['price_model'], { type: 'string' }),
  },
  anyShape: {
    why: 'Of several shapes a payload may fit more than one: that is no fault of the payload’s.',
    loosen: ({ oneOf, ...rest }) => (oneOf === undefined ? rest : { ...rest, anyOf: oneOf }),
  },
  open: {
    why: 'GitHub adds keys without notice.',
    loosen: ({ additionalProperties: more, ...rest }) =>
      typeof more === 'object' ? { ...rest, additionalProperties: more } : rest,
  },
}

const TIME = { type: ['string', 'integer'] }

const LATER_THERE: Readonly<Record<string, readonly string[]>> = {
  '': ['workflow', 'workflow_run'],
  alert: ['node_id', 'number', 'state'],
  app: ['events', 'permissions'],
  check_run: ['details_url', 'node_id'],
  comment: ['line'],
  label: ['description'],
  labels: ['description'],
  release: ['updated_at'],
  sender: ['node_id'],
  workflow_job: ['created_at', 'head_branch'],
  workflow_run: ['actor', 'path'],
}

export function makeEventSchemas(): EventSchemas {
  const source = fileURLToPath(import.meta.resolve(SOURCE))
  const description = JSON.parse(readFileSync(source, 'utf8')) as Description
  const shapes = new Shapes(description.components.schemas)
  const roots: { readonly event: string; readonly action: string; readonly shape: string }[] = []
  for (const { post } of Object.values(description.webhooks)) {
    // Three are spelt with hyphens there, and nowhere else.
    const event = post['x-github'].subcategory.replaceAll('-', '_')
    const root = post.requestBody.content['application/json'].schema
    for (const action of actionsOf(root, description)) roots.push({ event, action, shape: shapes.add(root) })
  }

  const events: Record<string, Record<string, number>> = {}
  roots.sort((a, b) => compare(`${a.event} ${a.action}`, `${b.event} ${b.action}`))
  for (const { event, action, shape } of roots) {
    const known = events[event] ?? {}
    if (known[action] !== undefined) throw new Error(`${event} ${action} is described twice`)
    known[action] = shapes.numberOf(shape)
    events[event] = known
  }
  return { events, shapes: shapes.written() }
}

/** The shapes that were met, as text: equal ones are one. */
class Shapes {
  readonly #schemas: Record<string, Json>
  readonly #uses = new Map<string, number>()
  readonly #numbers = new Map<string, number>()
  readonly #written: unknown[] = []
  readonly #open = new Set<unknown>()

  constructor(schemas: Record<string, Json>) {
    this.#schemas = schemas
  }

  add(root: Json): string {
    const shape = JSON.stringify(this.#plain(root, ''))
    this.#count(JSON.parse(shape))
    return shape
  }

  numberOf(shape: string): number {
    const known = this.#numbers.get(shape)
    if (known !== undefined) return known
    const number = this.#written.push(null) - 1
    this.#numbers.set(shape, number)
    this.#written[number] = inside(JSON.parse(shape), schema => this.#shared(schema))
    return number
  }

  written(): readonly unknown[] {
    return this.#written
  }

  /** Without references, loosened, with its keys in order. */
  #plain(schema: unknown, property: string): unknown {
    if (typeof schema !== 'object' || schema === null) return schema
    const { $ref } = schema as { readonly $ref?: string }
    if ($ref !== undefined) {
      if (this.#open.has($ref)) throw new Error(`${$ref} refers to itself`)
      this.#open.add($ref)
      const plain = this.#plain(this.#schemas[$ref.replace('#/components/schemas/', '')], property)
      this.#open.delete($ref)
      return plain
    }
    let loosened = schema as Json
    for (const { loosen } of Object.values(LOOSENED)) loosened = loosen(loosened, property)
    const kept = Object.entries(loosened).filter(([word]) => !PASSED_OVER.has(word))
    return inside(sorted(kept), (inner, name) => this.#plain(inner, name ?? property))
  }

  #count(schema: unknown): unknown {
    const shape = JSON.stringify(schema)
    const uses = this.#uses.get(shape) ?? 0
    this.#uses.set(shape, uses + 1)
    // What is within it has been counted, and counts once.
    return uses > 0 ? schema : inside(schema, inner => this.#count(inner))
  }

  #shared(schema: unknown): unknown {
    const shape = JSON.stringify(schema)
    if (shape.length < SHARED_LENGTH_MIN || (this.#uses.get(shape) ?? 0) < 2) {
      return inside(schema, inner => this.#shared(inner))
    }
    return { $ref: `#/shapes/${this.numberOf(shape)}` }
  }
}

const LISTS = ['allOf', 'anyOf']

/** The schema with every schema right inside of it replaced; of a property its name is given, too. */
function inside(schema: unknown, replace: (inner: unknown, property?: string) => unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema
  const words = Object.entries(schema).map(([word, value]) => {
    if (LISTS.includes(word)) return [word, value.map((inner: unknown) => replace(inner))]
    if (word === 'items' || word === 'additionalProperties') return [word, replace(value)]
    if (word !== 'properties') return [word, word === 'required' ? value.toSorted() : value]
    return [word, sorted(Object.entries(value).map(([name, inner]) => [name, replace(inner, name)]))]
  })
  return Object.fromEntries(words)
}

function sorted(entries: [string, unknown][]): Json {
  return Object.fromEntries(entries.sort(([a], [b]) => compare(a, b)))
}

function optional(schema: Json, keys: readonly string[]): Json {
  if (!Array.isArray(schema.required)) return schema
  return { ...schema, required: schema.required.filter(key => !keys.includes(key)) }
}

function retyped(schema: Json, keys: readonly string[], type: Json): Json {
  const { properties } = schema as { readonly properties?: Json }
  const found = keys.filter(key => properties && Object.hasOwn(properties, key))
  if (found.length === 0) return schema
  return { ...schema, properties: { ...properties, ...Object.fromEntries(found.map(key => [key, type])) } }
}

/** The values of `action` that the schema lets in: `-` when there is none, `*` when it may be any. */
export function actionsOf(schema: Json, { components }: Description): readonly string[] {
  const { $ref, oneOf, properties } = schema as {
    readonly $ref?: string
    readonly oneOf?: readonly Json[]
    readonly properties?: { readonly action?: { readonly enum?: readonly string[] } }
  }
  if ($ref !== undefined) {
    const named = components.schemas[$ref.replace('#/components/schemas/', '')]
    return named ? actionsOf(named, { webhooks: {}, components }) : []
  }
  if (oneOf) return [...new Set(oneOf.flatMap(one => actionsOf(one, { webhooks: {}, components })))]
  const action = properties?.action
  return action === undefined ? ['-'] : (action.enum ?? ['*'])
}

// By code unit: the same in every country.
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
