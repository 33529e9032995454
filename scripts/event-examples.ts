// Makes an example payload for each of GitHub's events and actions: what GitHub has sent, where
// `@octokit/webhooks-examples` has recorded it; else another action of the same event with what differs; else one
// that is put together by GitHub's schema, out of recorded parts where they fit. The same packages give the same bytes.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Ajv, type ValidateFunction } from 'ajv'
import { Budget } from '../src/base/budget.ts'
import { isObject } from '../src/base/is-object.ts'
import { checkAgainst } from '../src/base/json-schema.ts'
import { findEventSchema } from '../src/github/event-schemas.ts'
import { actionsOf, type Description, type Json, SOURCE } from './event-schemas.ts'

/** By event and action; `-` for an event without actions. */
export type EventExamples = Readonly<Record<string, Readonly<Record<string, Json>>>>

type Recordings = readonly { readonly name: string; readonly examples: readonly Json[] }[]

// What an action changes besides its name: the recording of another action would contradict it.
const CHANGES: Readonly<Record<string, Json>> = {
  'issues closed': {
    issue: { state: 'closed', state_reason: 'completed', closed_at: '2019-05-15T15:20:18Z' },
  },
  'pull_request edited': { changes: { title: { from: 'Update README' } } },
  'pull_request_review edited': { changes: { body: { from: 'Looks good' } } },
  'project edited': { changes: { name: { from: 'Projects' } } },
  'milestone edited': { changes: { title: { from: 'v0.9' } } },
  'repository archived': { repository: { archived: true } },
}

// Left out of what is put together unless it is asked for: a repository's own webhook is told of neither.
const OPTIONAL_LEFT_OUT = ['enterprise', 'installation', 'organization']

const TEXTS: Readonly<Record<string, string>> = {
  'date-time': '2019-05-15T15:20:18Z',
  date: '2019-05-15',
  uri: 'https://api.github.com/repos/Codertocat/Hello-World',
  'uri-template': 'https://api.github.com/repos/Codertocat/Hello-World{/number}',
  email: 'octocat@github.com',
}

// Deeper than any payload: a schema that refers to itself ends here.
const DEPTH_MAX = 12

const STEPS_MAX = 1_000_000

export function makeEventExamples(): EventExamples {
  const description = JSON.parse(
    readFileSync(fileURLToPath(import.meta.resolve(SOURCE)), 'utf8'),
  ) as Description
  const recordings: Recordings = createRequire(import.meta.url)('@octokit/webhooks-examples')
  const recorded = new Map<string, Json[]>()
  for (const { name, examples } of recordings)
    recorded.set(name, [...(recorded.get(name) ?? []), ...examples])
  const maker = new Maker(description, recorded)

  const made = new Map<string, Record<string, Json>>()
  for (const { post } of Object.values(description.webhooks)) {
    const event = post['x-github'].subcategory.replaceAll('-', '_')
    const root = post.requestBody.content['application/json'].schema
    const examples = made.get(event) ?? {}
    for (const action of actionsOf(root, description)) {
      const example = maker.example(event, action, root)
      // Nothing fits a repository advisory's schema: it asks for an author that is null and an object.
      if (isAccepted(event, action, example)) examples[action] = example
    }
    if (Object.keys(examples).length > 0) made.set(event, examples)
  }
  return Object.fromEntries([...made].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Whether the publish call would take it. */
function isAccepted(event: string, action: string, payload: Json): boolean {
  const schema = findEventSchema(event, action === '-' ? null : action)
  return schema !== undefined && checkAgainst(schema, payload, new Budget(STEPS_MAX), 1).length === 0
}

class Maker {
  readonly #components: Description['components']
  readonly #recorded: ReadonlyMap<string, readonly Json[]>
  readonly #ajv = new Ajv({ strict: false, validateFormats: false })
  readonly #validators = new Map<string, ValidateFunction>()
  /** What was recorded under a name anywhere: an issue, a user, a label. */
  readonly #parts = new Map<string, unknown[]>()

  constructor({ components }: Description, recorded: ReadonlyMap<string, readonly Json[]>) {
    this.#components = components
    this.#recorded = recorded
    this.#ajv.addSchema({ $id: 'github', components })
    for (const payload of [...recorded.values()].flat()) this.#takeParts(payload)
  }

  example(event: string, action: string, root: Json): Json {
    const all = this.#recorded.get(event) ?? []
    const own = all.find(payload => (payload.action ?? '-') === action || action === '*')
    if (own) return own
    const changes = CHANGES[`${event} ${action}`] ?? {}
    for (const other of all) {
      const changed = merged(other, { action, ...changes })
      if (this.#fits(root, changed)) return changed
    }
    const sampled = this.#sample(root, '', 0)
    if (!isObject(sampled)) throw new Error(`${event} ${action} is no object`)
    return merged(sampled, action === '-' || action === '*' ? changes : { action, ...changes })
  }

  #takeParts(value: unknown): void {
    if (Array.isArray(value)) for (const item of value) this.#takeParts(item)
    if (!isObject(value)) return
    for (const [name, part] of Object.entries(value)) {
      const known = this.#parts.get(name) ?? []
      // A few of each are enough to find one that fits.
      if (part !== null && known.length < 8) this.#parts.set(name, [...known, part])
      this.#takeParts(part)
    }
  }

  #sample(schema: unknown, name: string, depth: number): unknown {
    if (!isObject(schema) || depth > DEPTH_MAX) return null
    const part = this.#parts.get(name)?.find(value => this.#fits(schema, value))
    if (part !== undefined) return part
    const { $ref, enum: values, oneOf, anyOf, allOf, example, type } = schema as Json & Words
    if ($ref !== undefined) return this.#sample(this.#components.schemas[nameOf($ref)], name, depth)
    if (values) return values[0]
    if (example !== undefined && this.#fits(schema, example)) return example
    const choices = oneOf ?? anyOf
    if (choices)
      return this.#sample(choices.find(choice => choice.type !== 'null') ?? choices[0], name, depth)
    if (allOf) return Object.assign({}, ...allOf.map(one => this.#sample(one, name, depth)))
    const types = [type].flat()
    if (types.includes('object') || schema.properties) return this.#object(schema, depth)
    return plain(types, schema, name)
  }

  #object(schema: Json, depth: number): Json {
    const { properties = {}, required = [] } = schema as Words
    const names = Object.keys(properties).filter(
      name => required.includes(name) || (depth === 0 && !OPTIONAL_LEFT_OUT.includes(name)),
    )
    return Object.fromEntries(names.map(name => [name, this.#sample(properties[name], name, depth + 1)]))
  }

  #fits(schema: Json, value: unknown): boolean {
    const text = JSON.stringify(schema)
    let validator = this.#validators.get(text)
    if (!validator) {
      validator = this.#ajv.compile(JSON.parse(text.replaceAll('"$ref":"#/', '"$ref":"github#/')))
      this.#validators.set(text, validator)
    }
    return validator(value)
  }
}

type Words = {
  readonly $ref?: string
  readonly enum?: readonly unknown[]
  readonly oneOf?: readonly Json[]
  readonly anyOf?: readonly Json[]
  readonly allOf?: readonly Json[]
  readonly example?: unknown
  readonly type?: string | readonly string[]
  readonly properties?: Json
  readonly required?: readonly string[]
}

function plain(types: readonly unknown[], { format, items, minItems }: Json, name: string): unknown {
  if (types.includes('string')) return TEXTS[String(format)] ?? name.replaceAll('_', '-')
  if (types.includes('integer') || types.includes('number')) return 1
  if (types.includes('boolean')) return false
  if (types.includes('array')) return minItems ? [plain([(items as Json).type], items as Json, name)] : []
  return null
}

function nameOf(ref: string): string {
  return ref.replace('#/components/schemas/', '')
}

function merged(base: Json, changes: Json): Json {
  const entries = Object.entries(changes).map(([key, value]) => {
    const before = base[key]
    return [key, isObject(before) && isObject(value) ? merged(before, value) : value]
  })
  return { ...base, ...Object.fromEntries(entries) }
}
