import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { Budget, Overrun } from './budget.ts'
import { checkAgainst, SchemaError } from './json-schema.ts'
import { SchemaReader } from './json-schema-read.ts'

suite('a fault is told with its place', () => {
  const user = { type: 'object', required: ['login'], properties: { login: { type: 'string' } } }
  const cases: [schema: unknown, value: unknown, ...faults: string[]][] = [
    [{ type: 'string' }, 7, ' is not a string'],
    [{ type: ['integer', 'null'] }, 'x', ' is not an integer or null'],
    [{ type: 'integer' }, 1.5, ' is not an integer'],
    [{ properties: { user } }, { user: {} }, 'user.login is missing'],
    [{ properties: { user } }, { user: { login: 7 } }, 'user.login is not a string'],
    [{ items: user }, [{ login: 'x' }, 7], '[1] is not an object'],
    [{ properties: { a: { items: user } } }, { a: [{}] }, 'a[0].login is missing'],
    [{ additionalProperties: false, properties: { a: {} } }, { a: 1, b: 2 }, 'b is not allowed'],
    [{ enum: ['a', 'b'] }, 'c', ' is not one of "a", "b"'],
    [{ const: 1 }, 2, ' is not 1'],
    [{ maxLength: 2 }, 'abc', ' has more than 2 characters'],
    [{ minimum: 3 }, 2, ' is less than 3'],
    [{ anyOf: [{ type: 'null' }, user] }, {}, 'login is missing'],
    [{ anyOf: [{ type: 'null' }, user] }, 7, ' fits nothing that is allowed there'],
    [
      { required: ['a', 'b'], properties: { c: { type: 'null' } } },
      { c: 1 },
      'a is missing',
      'b is missing',
      'c is not null',
    ],
    [false, 1, ' is not allowed'],
  ]
  for (const [schema, value, ...expected] of cases) {
    test(`${JSON.stringify(schema)}: ${expected.join(', ')}`, () => {
      const faults = faultsOf(schema, value).map(({ path, message }) => `${path} ${message}`)
      assert.deepEqual(faults.sort(), expected.sort())
    })
  }
})

suite('a schema is refused', () => {
  const cases: [schema: unknown, says: string][] = [
    [{ pattern: 'a' }, '/pattern is refused: regular expressions are not allowed'],
    [{ properties: { a: { patternProperties: {} } } }, '/properties/a/patternProperties is refused'],
    [{ requierd: ['a'] }, '/requierd is not a word of JSON Schema'],
    [{ $ref: 'https://example.com/a.json' }, '/$ref must lead to a place of the same schema'],
    [{ $ref: '#/$defs/a' }, 'refers to #/$defs/a, which is not there'],
    [{ $ref: '#' }, 'has more than 100 levels'],
    [{ type: 'text' }, '/type must be one or several of'],
    [{ required: 'a' }, '/required must be an array'],
    [{ required: [1] }, '/required must be an array of texts'],
    [{ properties: [] }, '/properties must be an object'],
    [{ items: [{}] }, '/items is neither an object nor true or false'],
    [{ minLength: -1 }, '/minLength must be a whole number'],
    [{ exclusiveMinimum: true }, '/exclusiveMinimum must be a number'],
    [{ anyOf: [] }, '/anyOf must not be empty'],
    [{ multipleOf: 0 }, '/multipleOf must be a number above 0'],
    [nested(200), 'has more than 100 levels'],
  ]
  for (const [schema, says] of cases) {
    test(`with ${JSON.stringify(schema).slice(0, 60)}: ${says}`, () => {
      assert.throws(
        () => new SchemaReader(schema).at(),
        (error: unknown) => error instanceof SchemaError && error.message.includes(says),
      )
    })
  }
})

test('tells no more faults than it is asked for', () => {
  const keys = Array.from({ length: 1000 }, (_, index) => `key ${index}`)
  assert.equal(faultsOf({ required: keys }, {}).length, 10)
  assert.equal(faultsOf({ items: { type: 'null' } }, keys).length, 10)
})

test('follows a schema that refers to itself', () => {
  const list = { properties: { next: { $ref: '#' } }, required: ['n'] }
  assert.deepEqual(faultsOf(list, { n: 1, next: { n: 2, next: { n: 3 } } }), [])
  assert.equal(faultsOf(list, { n: 1, next: { n: 2, next: {} } })[0]?.path, 'next.next.n')
})

test('ends a schema that doubles with each level, one that goes in circles, and a value as deep as they come', () => {
  const doubling = Object.fromEntries(
    Array.from({ length: 40 }, (_, level) => {
      const next = { $ref: `#/$defs/${level + 1}` }
      return [level, level === 39 ? { type: 'string' } : { allOf: [next, next] }]
    }),
  )
  assert.throws(() => faultsOf({ $ref: '#/$defs/0', $defs: doubling }, 'x'), Overrun)
  assert.throws(() => faultsOf({ allOf: [{ $ref: '#', title: 'again' }] }, 'x'), Overrun)
  assert.throws(
    () => faultsOf({ items: { $ref: '#' } }, JSON.parse('['.repeat(2000) + ']'.repeat(2000))),
    Overrun,
  )
  assert.deepEqual(faultsOf({ items: { $ref: '#' } }, JSON.parse('['.repeat(900) + ']'.repeat(900))), [])
  const many = Array.from({ length: 3000 }, (_, index) => ({ index }))
  assert.throws(() => faultsOf({ uniqueItems: true }, many), Overrun)
})

test('agrees with ajv on whatever schema and value', () => {
  const ajv = new Ajv2020({
    strict: false,
    validateFormats: false,
    logger: false,
    addUsedSchema: false,
    ownProperties: true,
  })
  let valid = 0
  fc.assert(
    fc.property(schema, value, (schema, value) => {
      const expected = ajv.validate(schema, value)
      const found = faultsOf(schema, value)
      assert.equal(found.length === 0, expected, JSON.stringify(found))
      if (expected) valid++
    }),
    { numRuns: 3000 },
  )
  assert.ok(valid > 300 && valid < 2700, `${valid} of 3,000 were valid`)
})

const KEYS = ['a', 'b', 'c', 'constructor']
const key = fc.constantFrom(...KEYS)
const small = fc.nat(3)

const value = fc.letrec<{ any: unknown }>(tie => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<unknown>(null, true, 0, 1, 2, 1.5, -1, '', 'a', 'ab', '💡', 'abc'),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(key, tie('any'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).any

const KINDS = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']

const schema = fc.letrec<{ any: object | boolean }>(tie => {
  const some = fc.array(tie('any'), { minLength: 1, maxLength: 3 })
  const named = fc.dictionary(key, tie('any'), { maxKeys: 3, noNullPrototype: true })
  const keys = fc.uniqueArray(key, { maxLength: 2 })
  return {
    any: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom({}, true, false, { type: 'string' }, { type: ['integer', 'null'] }),
      fc.record(
        {
          type: fc.oneof(
            fc.constantFrom(...KINDS),
            fc.uniqueArray(fc.constantFrom(...KINDS), { minLength: 1 }),
          ),
          properties: named,
          required: keys,
          additionalProperties: tie('any'),
        },
        { requiredKeys: [] },
      ),
      fc.record(
        { items: tie('any'), prefixItems: some, minItems: small, maxItems: small },
        { requiredKeys: [] },
      ),
      fc.record(
        { contains: tie('any'), minContains: small, maxContains: small, uniqueItems: fc.boolean() },
        { requiredKeys: [] },
      ),
      fc.record(
        { minLength: small, maxLength: small, minimum: small, exclusiveMaximum: small },
        { requiredKeys: [] },
      ),
      fc.record(
        { multipleOf: fc.constantFrom(1, 2, 0.5), maximum: small, exclusiveMinimum: small },
        { requiredKeys: [] },
      ),
      fc.record(
        { minProperties: small, maxProperties: small, propertyNames: tie('any') },
        { requiredKeys: [] },
      ),
      fc.record(
        { dependentRequired: fc.dictionary(key, keys, { noNullPrototype: true }), dependentSchemas: named },
        { requiredKeys: [] },
      ),
      fc.record({ allOf: some, anyOf: some, oneOf: some }, { requiredKeys: [] }),
      fc.record(Object.fromEntries(['if', 'then', 'else'].map(word => [word, tie('any')])), {
        requiredKeys: [],
      }),
      fc.record({ enum: fc.uniqueArray(value, { minLength: 1, maxLength: 3, comparator: isSame }) }),
      fc.record({ const: value }),
      // By itself: beside `if`, ajv takes `"not": {}` for an error of the whole schema.
      fc.record({ not: tie('any') }),
    ),
  }
}).any

function isSame(one: unknown, other: unknown): boolean {
  try {
    assert.deepEqual(one, other)
    return true
  } catch {
    return false
  }
}

function nested(levels: number): unknown {
  let schema: unknown = {}
  for (let level = 0; level < levels; level++) schema = { not: schema }
  return schema
}

function faultsOf(schema: unknown, value: unknown) {
  return checkAgainst(new SchemaReader(schema).at(), value, new Budget(1_000_000), 10)
}
