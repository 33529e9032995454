// The words of JSON Schema, each made into the rule that it states. What a word's own value must be is
// checked here, too, so that a schema that cannot mean anything is refused when it is read.
import { isObject } from './is-object.ts'
import { allowsKind, type Rule, type Run, SchemaError, type SchemaNode } from './json-schema.ts'
import type { SchemaReader } from './json-schema-read.ts'

type Json = Readonly<Record<string, unknown>>

type Place = {
  readonly reader: SchemaReader
  /** The pointer to the word's value. */
  readonly at: string
  readonly schema: Json
  /** The pointer to the schema that the word stands in. */
  readonly pointer: string
}

type Word = (value: unknown, place: Place) => Rule | undefined

export const WORDS: Readonly<Record<string, Word>> = {
  $ref: (value, { reader, at }) => {
    const node = reader.referred(value, at)
    return (it, run) => run.fits(node, it)
  },

  // Any value.
  const: value => (it, run) => same(it, value, run) || run.fault(`is not ${shown([value])}`),
  enum: (value, { at }) => {
    const values = list(value, at)
    return (it, run) => values.some(one => same(it, one, run)) || run.fault(`is not ${shown(values)}`)
  },
  allOf: (value, place) => {
    const nodes = schemas(value, place)
    return (it, run) => nodes.map(node => run.fits(node, it)).every(Boolean)
  },
  anyOf: (value, place) => {
    const nodes = schemas(value, place)
    return (it, run) => {
      if (nodes.some(node => run.fitsQuietly(node, it))) return true
      // Where only one could be meant, as of an object or null, its own faults say more.
      const likely = nodes.filter(node => allowsKind(node, it))
      const [only] = likely
      return only && likely.length === 1 ? run.fits(only, it) : run.fault(NONE)
    }
  },
  oneOf: (value, place) => {
    const nodes = schemas(value, place)
    return (it, run) => {
      const count = nodes.filter(node => run.fitsQuietly(node, it)).length
      return count === 1 || run.fault(count === 0 ? NONE : 'fits more than one of what is allowed there')
    }
  },
  not: (value, { reader, at }) => {
    const node = reader.read(value, at)
    return (it, run) => !run.fitsQuietly(node, it) || run.fault('is what is not allowed there')
  },
  if: (value, { reader, at, schema, pointer }) => {
    const condition = reader.read(value, at)
    const then = reader.read(schema.then ?? true, `${pointer}/then`)
    const otherwise = reader.read(schema.else ?? true, `${pointer}/else`)
    return (it, run) => run.fits(run.fitsQuietly(condition, it) ? then : otherwise, it)
  },

  // Objects.
  required: (value, { at }) => {
    const keys = texts(value, at)
    return ofObject((it, run) => {
      run.spend(keys.length)
      let fits = true
      for (const key of keys) {
        if (!Object.hasOwn(it, key)) fits = run.fault('is missing', { key, missing: true })
      }
      return fits
    })
  },
  properties: (value, place) => {
    const entries = [...namedSchemas(value, place)]
    return ofObject((it, run) => {
      run.spend(entries.length)
      let fits = true
      for (const [key, node] of entries) {
        if (Object.hasOwn(it, key) && !run.fitsAt(key, node, it[key])) fits = false
      }
      return fits
    })
  },
  additionalProperties: (value, { reader, at, schema }) => {
    const node = reader.read(value, at)
    const named = isObject(schema.properties) ? schema.properties : {}
    if (value === true) return undefined
    return ofObject((it, run) => {
      let fits = true
      for (const key of Object.keys(it)) {
        run.spend(1)
        if (!Object.hasOwn(named, key) && !run.fitsAt(key, node, it[key])) fits = false
      }
      return fits
    })
  },
  propertyNames: (value, { reader, at }) => {
    const node = reader.read(value, at)
    return ofObject((it, run) => Object.keys(it).every(key => run.fitsAt(key, node, key)))
  },
  dependentRequired: (value, { at }) => {
    const needs = Object.entries(members(value, at)).map(([key, names]) => [key, texts(names, at)] as const)
    return ofObject((it, run) => {
      let fits = true
      for (const [key, names] of needs) {
        run.spend(names.length)
        if (!Object.hasOwn(it, key)) continue
        for (const name of names) {
          if (!Object.hasOwn(it, name)) fits = run.fault('is missing', { key: name, missing: true })
        }
      }
      return fits
    })
  },
  dependentSchemas: (value, place) => {
    const nodes = [...namedSchemas(value, place)]
    return ofObject((it, run) => {
      run.spend(nodes.length)
      return nodes.every(([key, node]) => !Object.hasOwn(it, key) || run.fits(node, it))
    })
  },
  minProperties: atLeast(ofObject, 'keys', it => Object.keys(it).length),
  maxProperties: atMost(ofObject, 'keys', it => Object.keys(it).length),

  // Arrays.
  items: (value, { reader, at, schema }) => {
    const node = reader.read(value, at)
    const from = Array.isArray(schema.prefixItems) ? schema.prefixItems.length : 0
    return ofArray((it, run) => {
      let fits = true
      for (let index = from; index < it.length; index++) {
        if (!run.fitsAt(index, node, it[index])) fits = false
      }
      return fits
    })
  },
  prefixItems: (value, place) => {
    const nodes = schemas(value, place)
    return ofArray((it, run) =>
      nodes.every((node, index) => index >= it.length || run.fitsAt(index, node, it[index])),
    )
  },
  contains: (value, { reader, at, schema, pointer }) => {
    const node = reader.read(value, at)
    const min = schema.minContains === undefined ? 1 : count(schema.minContains, `${pointer}/minContains`)
    const max =
      schema.maxContains === undefined ? Infinity : count(schema.maxContains, `${pointer}/maxContains`)
    return ofArray((it, run) => {
      const found = it.filter(one => run.fitsQuietly(node, one)).length
      return (found >= min && found <= max) || run.fault('has too few or too many items of one kind')
    })
  },
  uniqueItems: (value, { at }) => {
    if (typeof value !== 'boolean') throw new SchemaError(at, 'must be true or false')
    if (!value) return undefined
    return ofArray((it, run) => {
      for (let last = 1; last < it.length; last++) {
        for (let first = 0; first < last; first++) {
          if (same(it[first], it[last], run)) return run.fault('has the same item twice')
        }
      }
      return true
    })
  },
  minItems: atLeast(ofArray, 'items', it => it.length),
  maxItems: atMost(ofArray, 'items', it => it.length),

  // Texts and numbers.
  minLength: atLeast(ofText, 'characters', charactersOf),
  maxLength: atMost(ofText, 'characters', charactersOf),
  minimum: ofNumbers((it, limit) => it >= limit, 'is less than'),
  maximum: ofNumbers((it, limit) => it <= limit, 'is more than'),
  exclusiveMinimum: ofNumbers((it, limit) => it > limit, 'is not more than'),
  exclusiveMaximum: ofNumbers((it, limit) => it < limit, 'is not less than'),
  multipleOf: (value, { at }) => {
    if (typeof value !== 'number' || value <= 0) throw new SchemaError(at, 'must be a number above 0')
    return ofNumber((it, run) => Number.isInteger(it / value) || run.fault(`is no multiple of ${value}`))
  },
}

const NONE = 'fits nothing that is allowed there'

function ofObject(rule: (value: Json, run: Run) => boolean): Rule {
  return (value, run) => !isObject(value) || rule(value, run)
}

function ofArray(rule: (value: readonly unknown[], run: Run) => boolean): Rule {
  return (value, run) => !Array.isArray(value) || rule(value, run)
}

function ofText(rule: (value: string, run: Run) => boolean): Rule {
  return (value, run) => typeof value !== 'string' || rule(value, run)
}

function ofNumber(rule: (value: number, run: Run) => boolean): Rule {
  return (value, run) => typeof value !== 'number' || rule(value, run)
}

type Only<T> = (rule: (value: T, run: Run) => boolean) => Rule

function atLeast<T>(only: Only<T>, what: string, sizeOf: (value: T, run: Run) => number): Word {
  return (value, { at }) => {
    const limit = count(value, at)
    return only((it, run) => sizeOf(it, run) >= limit || run.fault(`has less than ${limit} ${what}`))
  }
}

function atMost<T>(only: Only<T>, what: string, sizeOf: (value: T, run: Run) => number): Word {
  return (value, { at }) => {
    const limit = count(value, at)
    return only((it, run) => sizeOf(it, run) <= limit || run.fault(`has more than ${limit} ${what}`))
  }
}

function ofNumbers(holds: (value: number, limit: number) => boolean, complaint: string): Word {
  return (value, { at }) => {
    if (typeof value !== 'number') throw new SchemaError(at, 'must be a number')
    return ofNumber((it, run) => holds(it, value) || run.fault(`${complaint} ${value}`))
  }
}

// A character is one code point, however many units of UTF-16 it has.
function charactersOf(text: string, run: Run): number {
  run.spend(text.length >> 4)
  let length = 0
  for (const _ of text) length++
  return length
}

function count(value: unknown, at: string): number {
  if (Number.isInteger(value) && (value as number) >= 0) return value as number
  throw new SchemaError(at, 'must be a whole number, 0 or more')
}

function list(value: unknown, at: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new SchemaError(at, 'must be an array')
}

function texts(value: unknown, at: string): readonly string[] {
  const found = list(value, at)
  if (found.every(one => typeof one === 'string')) return found
  throw new SchemaError(at, 'must be an array of texts')
}

function members(value: unknown, at: string): Json {
  if (isObject(value)) return value
  throw new SchemaError(at, 'must be an object')
}

function schemas(value: unknown, { reader, at }: Place): readonly SchemaNode[] {
  const found = list(value, at)
  if (found.length === 0) throw new SchemaError(at, 'must not be empty')
  return found.map((schema, index) => reader.read(schema, `${at}/${index}`))
}

function namedSchemas(value: unknown, { reader, at }: Place): ReadonlyMap<string, SchemaNode> {
  const named = Object.entries(members(value, at))
  return new Map(named.map(([key, schema]) => [key, reader.read(schema, `${at}/${key.slice(0, 100)}`)]))
}

/** Equal as JSON is: the order of keys does not matter. */
function same(one: unknown, other: unknown, run: Run): boolean {
  run.spend(1)
  if (one === other) return true
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => same(item, other[index], run))
  }
  if (!isObject(one) || !isObject(other)) return false
  const keys = Object.keys(one)
  run.spend(keys.length)
  return (
    keys.length === Object.keys(other).length &&
    keys.every(key => Object.hasOwn(other, key) && same(one[key], other[key], run))
  )
}

const SHOWN_MAX = 10

function shown(values: readonly unknown[]): string {
  const texts = values.slice(0, SHOWN_MAX).map(value => JSON.stringify(value).slice(0, 100))
  if (values.length > SHOWN_MAX) texts.push('…')
  return texts.length === 1 ? texts.join() : `one of ${texts.join(', ')}`
}
