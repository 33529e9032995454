// A JSON Schema, read into what a value is checked by. The words are those of draft 2020-12 that can be
// bounded; `format` and what else only describes is passed over. Regular expressions are refused, since one can run
// for ever, and so is a word that nobody knows: it would be a typing error that lets everything in.
import { isObject } from './is-object.ts'
import { KINDS, type Rule, SchemaError, SchemaNode } from './json-schema.ts'
import { WORDS } from './json-schema-words.ts'

// A schema's own nesting. Reading goes through it by recursion, so it needs an end.
const LEVELS_MAX = 100

type Json = Readonly<Record<string, unknown>>

/** Reads parts of one document; what two of them refer to is read once. */
export class SchemaReader {
  readonly #document: unknown
  readonly #nodes = new Map<object, SchemaNode>()
  #levels = 0

  constructor(document: unknown) {
    this.#document = document
  }

  /** The schema at a JSON pointer, by default the document as a whole. */
  at(pointer = ''): SchemaNode {
    let value = this.#document
    for (const step of pointer.split('/').slice(1)) {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) {
        throw new SchemaError('', `refers to #${pointer.slice(0, 100)}, which is not there`)
      }
      value = (value as Json)[key]
    }
    return this.read(value, pointer)
  }

  read(schema: unknown, pointer: string): SchemaNode {
    if (schema === true) return new SchemaNode()
    if (schema === false) return nothing()
    if (!isObject(schema)) throw new SchemaError(pointer, 'is neither an object nor true or false')
    const known = this.#nodes.get(schema)
    if (known) return known

    if (++this.#levels > LEVELS_MAX) throw new SchemaError('', `has more than ${LEVELS_MAX} levels`)
    const node = this.#readNew(schema, pointer)
    this.#levels--
    return node
  }

  #readNew(schema: Json, pointer: string): SchemaNode {
    const words = Object.keys(schema)
    // Nothing but a reference: what it leads to is meant itself.
    if (words.length === 1 && words[0] === '$ref') return this.referred(schema.$ref, `${pointer}/$ref`)
    const node = new SchemaNode()
    // Known before it is read: schemas refer to themselves.
    this.#nodes.set(schema, node)
    if (schema.type !== undefined) node.kinds = readKinds(schema.type, pointer)
    node.rules = this.#rulesOf(schema, pointer)
    return node
  }

  referred(reference: unknown, at: string): SchemaNode {
    if (typeof reference === 'string' && /^#(\/|$)/.test(reference))
      return this.at(decoded(reference.slice(1), at))
    throw new SchemaError(at, 'must lead to a place of the same schema, as "#/$defs/name" does')
  }

  #rulesOf(schema: Json, pointer: string): Rule[] {
    const rules: Rule[] = []
    for (const [word, value] of Object.entries(schema)) {
      if (DESCRIBING.has(word)) continue
      const at = `${pointer}/${word}`
      const make = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined
      if (!make) throw new SchemaError(at, REFUSED.get(word) ?? UNKNOWN)
      const rule = make(value, { reader: this, at, schema, pointer })
      if (rule) rules.push(rule)
    }
    return rules
  }
}

const UNKNOWN = 'is not a word of JSON Schema that is understood here'
const NO_PATTERNS = 'is refused: regular expressions are not allowed, since one can run for ever'

const REFUSED: ReadonlyMap<string, string> = new Map([
  ['pattern', NO_PATTERNS],
  ['patternProperties', NO_PATTERNS],
])

// What describes, and what is read together with another word.
const DESCRIBING: ReadonlySet<string> = new Set([
  ...['$comment', '$defs', '$id', '$schema', 'definitions', 'title', 'description', 'default', 'deprecated'],
  ...['example', 'examples', 'format', 'readOnly', 'writeOnly', 'contentEncoding', 'contentMediaType'],
  ...['contentSchema', 'else', 'maxContains', 'minContains', 'then', 'type'],
])

function nothing(): SchemaNode {
  const node = new SchemaNode()
  node.kinds = 0
  return node
}

function readKinds(value: unknown, pointer: string): number {
  let kinds = 0
  for (const name of Array.isArray(value) ? value : [value]) {
    if (typeof name !== 'string' || !Object.hasOwn(KINDS, name)) {
      throw new SchemaError(`${pointer}/type`, `must be one or several of ${Object.keys(KINDS).join(', ')}`)
    }
    kinds |= KINDS[name as keyof typeof KINDS]
  }
  return kinds
}

function decoded(fragment: string, at: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch (cause) {
    throw Object.assign(new SchemaError(at, 'is not well encoded'), { cause })
  }
}
