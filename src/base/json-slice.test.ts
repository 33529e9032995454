import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DEPTH_MAX, readElements, sliceMember } from './json-slice.ts'

test('gives the very bytes of a member', () => {
  const cases = [
    ['{"payload":{"a":1.0,"b":9007199254740993}}', '{"a":1.0,"b":9007199254740993}'],
    [' {\n"x" : "}" ,\t"payload"\r:  [ 1 ,2 ]  }', '[ 1 ,2 ]'],
    ['{"payload":"\\"}{\\\\","x":1}', '"\\"}{\\\\"'],
    ['{"pay\\u006coad":true}', 'true'],
    ['{"payload":1,"payload":2}', '2'],
    ['{"payload":-1.5e+3 }', '-1.5e+3'],
    ['{"payload":null,"é":"ü"}', 'null'],
    ['{"x":{"payload":1},"payload":{}}', '{}'],
  ] as const
  for (const [text, wanted] of cases) assert.equal(memberOf(text, 'payload'), wanted)
})

test('finds nothing where there is no such member', () => {
  for (const text of ['{}', '{ }', '{"x":{"payload":1}}', '{"Payload":1}', '{"x":"payload"}']) {
    assert.equal(memberOf(text, 'payload'), undefined)
  }
})

test('gives the elements of an array in their order', () => {
  assert.deepEqual(elementsOf(' [ {"a":[1]} , "x,]" ,3, null] '), ['{"a":[1]}', '"x,]"', '3', 'null'])
  assert.deepEqual(elementsOf('[]'), [])
  assert.deepEqual(elementsOf('[ ]'), [])
})

test('reads an array, element by element, as JSON.parse does the whole, and refuses what that refuses', () => {
  const piece = fc.constantFrom(
    '[',
    ']',
    '{',
    '}',
    ',',
    ':',
    ' ',
    '\n',
    '1',
    '-1.5e3',
    '"a"',
    '"',
    '\\',
    'null',
    'tru',
    '[]',
    '{"a":[1]}',
  )
  const text = fc.array(piece, { maxLength: 12 }).map(pieces => pieces.join(''))
  let read = 0
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        text.map(inner => `[${inner}]`),
        fc.array(fc.json()).map(all => ` [${all}] `),
      ),
      text => {
        const expected = outcomeOf(() => JSON.parse(text))
        const found = outcomeOf(() => {
          const elements = readElements(Buffer.from(text))
          return elements && [...elements].map(({ value }) => value)
        })
        if (!/^[ \n]*\[/.test(text)) assert.equal(found, undefined)
        else assert.deepEqual(found, expected)
        if (Array.isArray(found)) read++
      },
    ),
    { numRuns: 3000 },
  )
  assert.ok(read > 300, `${read} of 3,000 were arrays`)
})

/** `SyntaxError` for what is none. */
function outcomeOf(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    assert.ok(error instanceof SyntaxError)
    return 'SyntaxError'
  }
}

test('begins where it is told to', () => {
  const bytes = Buffer.from('[{"a":1},{"a":2}]')
  const starts = [...(readElements(bytes) ?? [])].map(({ start }) => start)
  const values = starts
    .map(start => sliceMember(bytes, start, 'a'))
    .map(slice => bytes.toString('utf8', slice?.start, slice?.end))
  assert.deepEqual(values, ['1', '2'])
})

test('reads a view into a larger buffer', () => {
  const whole = Buffer.from('xx{"a":"b"}')
  const view = whole.subarray(2)
  const slice = sliceMember(view, 0, 'a')
  assert.equal(view.toString('utf8', slice?.start, slice?.end), '"b"')
})

test('reads up to the ceiling of nesting, and refuses what lies deeper', () => {
  const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
  assert.equal(memberOf(nested(DEPTH_MAX), 'a')?.length, 2 * DEPTH_MAX)
  assert.throws(() => memberOf(nested(DEPTH_MAX + 1), 'a'), RangeError)
})

test('agrees with JSON.parse on every object, however it is written', () => {
  fc.assert(
    fc.property(objectText(), text => {
      const parsed = JSON.parse(text)
      for (const name of [...Object.keys(parsed), 'payload']) {
        const member = memberOf(text, name)
        const wanted = Object.hasOwn(parsed, name) ? [parsed[name]] : []
        assert.deepEqual(member === undefined ? [] : [JSON.parse(member)], wanted)
        if (member !== undefined) assert.equal(member, member.trim())
      }
    }),
    { numRuns: 500 },
  )
})

test('agrees with JSON.parse on every array, however it is written', () => {
  fc.assert(
    fc.property(arrayText(), text => {
      assert.deepEqual(
        elementsOf(text).map(element => JSON.parse(element)),
        JSON.parse(text),
      )
    }),
    { numRuns: 500 },
  )
})

function memberOf(text: string, name: string): string | undefined {
  const bytes = Buffer.from(text)
  const slice = sliceMember(bytes, 0, name)
  return slice && bytes.toString('utf8', slice.start, slice.end)
}

function elementsOf(text: string): string[] {
  const bytes = Buffer.from(text)
  return [...(readElements(bytes) ?? [])].map(({ start, end }) => bytes.toString('utf8', start, end))
}

// JSON texts rather than values: with space anywhere, any character escaped, and names repeated.
function texts() {
  const space = fc.constantFrom('', '', ' ', '\n', '\t\r\n  ')
  const string = fc
    .array(fc.tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), fc.boolean()), {
      maxLength: 8,
    })
    .map(
      units =>
        `"${units.map(([unit, escaped]) => (escaped ? escapedText(unit) : JSON.stringify(unit).slice(1, -1))).join('')}"`,
    )
  const key = fc.oneof(string, fc.constantFrom('"payload"', '"pay\\u006coad"', '"__proto__"', '"a"'))
  const number = fc.constantFrom(
    '0',
    '-0',
    '1.0',
    '1E5',
    '-1.5e-3',
    '9007199254740993',
    '123456789012345678901',
  )
  const bare = fc.oneof(number, fc.constantFrom('true', 'false', 'null'))

  return fc.letrec<{ value: string; object: string; array: string }>(tie => ({
    value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, bare, string, tie('object'), tie('array')),
    object: fc
      .tuple(
        space,
        fc.array(fc.tuple(space, key, space, space, tie('value'), space), { maxLength: 5 }),
        space,
      )
      .map(([before, members, after]) => {
        const inner = members.map(([a, k, b, c, v, d]) => `${a}${k}${b}:${c}${v}${d}`).join(',')
        return `${before}{${inner}${inner ? '' : after}}${after}`
      }),
    array: fc
      .tuple(space, fc.array(fc.tuple(space, tie('value'), space), { maxLength: 5 }), space)
      .map(
        ([before, elements, after]) =>
          `${before}[${elements.map(parts => parts.join('')).join(',')}]${after}`,
      ),
  }))
}

const objectText = () => texts().object
const arrayText = () => texts().array

function escapedText(unit: string): string {
  return [...Array(unit.length).keys()]
    .map(at => `\\u${unit.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')
}
