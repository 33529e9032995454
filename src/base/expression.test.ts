import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Environment } from '@marcbachmann/cel-js'
import fc from 'fast-check'
import { Budget, Overrun } from './budget.ts'
import { compileExpression, EXPRESSION_LENGTH_MAX, ExpressionError, Fault, type Value } from './expression.ts'

const VARIABLES = { event: 'string', action: 'dyn', payload: 'map' } as const

const PAYLOAD = {
  action: 'opened',
  number: 7,
  ratio: 0.5,
  big: 9007199254740991,
  title: 'Fix the Öl leak 🦑',
  draft: false,
  merged: true,
  milestone: null,
  labels: [
    { name: 'bug', color: 'f00' },
    { name: 'help wanted', color: '0f0' },
  ],
  numbers: [1, 2, 3],
  names: ['a', 'b'],
  mixed: [1, 'a', null],
  empty: [],
  user: { login: 'octocat', id: 1, flags: {} },
}

test('gives what CEL gives', () => {
  const cases: [source: string, value: Value][] = [
    ['true', true],
    ['event == "issues"', true],
    ['action in ["opened", "reopened"]', true],
    ['payload.number > 5', true],
    ['payload.number == 7 && payload.number == 7.0', true],
    ['payload.number != 7', false],
    ['payload.milestone == null', true],
    ['payload.user.login == "octocat" && !payload.draft', true],
    ['payload["user"]["login"].startsWith("octo")', true],
    ['payload.title.contains("Öl") && payload.title.endsWith("🦑")', true],
    ['size(payload.title) == 17 && payload.title.size() == 17', true],
    ['payload.title.lowerAscii() == "fix the Öl leak 🦑"', true],
    ['payload.user.login.upperAscii() == "OCTOCAT"', true],
    ['size(payload.labels) == 2 && size(payload.user) == 3', true],
    ['payload.labels.exists(l, l.name == "bug")', true],
    ['payload.labels.all(l, l.color.size() == 3)', true],
    ['payload.labels.exists_one(l, l.name == "bug")', true],
    ['payload.numbers.exists_one(n, n > 1)', false],
    ['payload.labels.filter(l, l.name.contains(" ")).size() == 1', true],
    ['payload.labels.map(l, l.name) == ["bug", "help wanted"]', true],
    ['"bug" in payload.labels.map(l, l.color == "f00", l.name)', true],
    ['payload.numbers.exists(n, payload.names.exists(s, s == "b" && n == 3))', true],
    ['payload.user.exists(key, key == "login")', true],
    ['payload.empty.all(x, false) && !payload.empty.exists(x, true)', true],
    ['"login" in payload.user && !("x" in payload.user)', true],
    ['1 in payload.mixed && null in payload.mixed && !("b" in payload.mixed)', true],
    ['has(payload.user.login) && !has(payload.user.name) && has(payload.milestone)', true],
    ['payload.numbers[0] == 1 && payload.numbers[payload.number - 5] == 3', true],
    ['payload.draft ? false : payload.merged', true],
    ['payload.number == 7 || payload.nothing', true],
    ['payload.nothing || payload.number == 7', true],
    ['payload.nothing && payload.number == 8', false],
    ['payload.labels.exists(l, l.missing == 1 || l.name == "help wanted")', true],
    ['-payload.number < 0 && -(1) == -1', true],
    ['7 / 2 == 3 && 7 % 2 == 1 && 7.0 / 2.0 == 3.5', true],
    ['payload.number + 0.5 == 7.5', true],
    ['"a" + "b" == "ab" && payload.names + ["c"] == ["a", "b", "c"]', true],
    ['int("12") == 12 && int(payload.ratio) == 0 && double("1.5e1") == 15.0', true],
    ['string(payload.number) + string(12) + string(true) == "712true"', true],
    ['"a" < "b" && false < true && 1 < 1.5', true],
    ['payload.user == payload.user && payload.user != payload.labels[0]', true],
    ['payload.title != 1 && payload.milestone != "x"', true],
    ['// what we care about\npayload.number == 7', true],
  ]
  for (const [source, value] of cases) assert.deepEqual(evaluate(source), value, source)
})

test('takes whole numbers and those of JSON together, which strict CEL does not', () => {
  const sources = [
    'payload.number + 1 == 8',
    'payload.number % 2 == 1',
    '2 * payload.ratio == 1',
    '15 / payload.number > 2',
  ]
  for (const source of sources) assert.equal(evaluate(source), true, source)
})

test('gives a fault where there is no value, and says why', () => {
  const cases: [source: string, reason: string][] = [
    ['payload.pull_request.draft', 'No such key: pull_request'],
    ['payload["x"] == 1', 'No such key: "x"'],
    ['payload.numbers[3] == 1', 'No such index: 3'],
    ['payload.numbers[-1] == 1', 'No such index: -1'],
    ['payload.milestone.title == "x"', 'No such key: title'],
    ['has(payload.milestone.title)', 'null has no fields.'],
    ['payload.title > 5', 'There is no string > int.'],
    ['payload.milestone < payload.milestone', 'There is no null < null.'],
    ['payload.title + payload.number == 1', 'There is no string + double.'],
    ['payload.ratio % 2 == 0', 'Only whole numbers have a remainder.'],
    ['payload.number % 0 == 0', 'There is no remainder of a division by zero.'],
    ['1 / 0 == 0', 'A whole number is divided by zero.'],
    ['9223372036854775807 + 1 > 0', 'A whole number has more than 64 bits.'],
    ['payload.number && true', 'A condition gives double.'],
    ['payload.title ? true : false', 'A condition gives string.'],
    ['!payload.title', 'There is no opposite of string.'],
    ['-payload.title == 1', 'There is no negative of string.'],
    ['payload.number.startsWith("7")', 'startsWith() is for texts, not for double and string.'],
    ['payload.number.lowerAscii() == ""', 'lowerAscii() is for texts, not for double.'],
    ['size(payload.number) > 0', 'There is no size of double.'],
    ['payload.number in payload.title', 'Nothing is in string.'],
    ['payload.title.exists(x, true)', 'There is nothing to iterate over in string.'],
    ['payload.labels.exists(l, l.missing == 1)', 'No such key: missing'],
    ['payload.labels.all(l, l.missing == 1)', 'No such key: missing'],
    ['payload.labels.filter(l, l.missing == 1).size() == 0', 'No such key: missing'],
    ['payload.labels.map(l, l.missing).size() == 0', 'No such key: missing'],
    ['payload.labels.exists_one(l, l.missing == 1)', 'No such key: missing'],
    ['int(payload.title) == 1', 'There is no whole number in "Fix the Öl leak 🦑".'],
    ['int(payload.user) == 1', 'There is no whole number in map.'],
    ['double("x") == 1.0', 'There is no number in "x".'],
    ['string(payload.user) == ""', 'There is no text of map.'],
    ['payload.user[1] == 2', 'There is no element of map by int.'],
  ]
  for (const [source, reason] of cases) {
    const result = evaluate(source)
    assert.ok(result instanceof Fault, source)
    assert.equal(result.reason, reason, source)
  }
})

test('does not find what an object inherits', () => {
  for (const name of ['constructor', 'toString', 'hasOwnProperty', '__proto__']) {
    assert.equal(evaluate(`has(payload.user.login) && "${name}" in payload`), false)
    assert.ok(evaluate(`payload["${name}"] == 1`) instanceof Fault)
  }
})

test('refuses what is no expression or gives no truth, and says where', () => {
  const cases: [source: string, message: string | RegExp][] = [
    ['', /^Unexpected token: EOF/],
    ['payload.', /^Expected IDENTIFIER, got EOF/],
    ['payload.a ==', /at character 13/],
    ['"abc', 'Unterminated string (at character 1).'],
    ['payload.a = 1', 'Unexpected character: = (at character 11).'],
    ['paylod.a == 1', 'Unknown variable: paylod (at character 1).'],
    ['1 + 1', 'It gives int, and not true or false.'],
    ['payload', /^It gives map/],
    ['"a" > 1', /^no such overload: string > int \(at character 1\)/],
    ['event.action == "x"', /^Cannot index type 'string'/],
    ['payload.a && 1', /^Logical operator requires bool operands/],
    [`payload.a == "${'x'.repeat(EXPRESSION_LENGTH_MAX)}"`, 'Only 2000 characters are allowed.'],
    [`${'('.repeat(40)}true${')'.repeat(40)}`, /^Exceeded maxDepth/],
    [Array(300).fill('true').join('||'), /^Exceeded maxAstNodes/],
    [`payload.a in [${Array(101).fill('1')}]`, /^Exceeded maxListElements/],
    ['has(payload)', 'has() asks for a field, as in has(payload.issue) (at character 5).'],
  ]
  for (const [source, message] of cases) {
    assert.throws(() => compileExpression(source, VARIABLES), { name: 'ExpressionError', message }, source)
  }
})

test('has no functions that it cannot bound', () => {
  const sources = [
    'payload.title.matches("^(a+)+$")',
    'cel.bind(x, payload.a, x == 1)',
    'payload.title.split("").size() > 1',
    'timestamp(payload.title) == timestamp("2026-01-01T00:00:00Z")',
    '{"a": 1}.a == 1',
    '[[1]] == payload.a',
    'payload.?a == 1',
    'b"abc" == payload.a',
    '1u == payload.a',
    'type(payload.a) == int',
    'size(payload.a, payload.b) == 1',
    'payload.title.startsWith()',
    'payload.labels.exists(l.name, true)',
    'payload.labels.map(l, true, l, l).size() == 1',
  ]
  for (const source of sources)
    assert.throws(() => compileExpression(source, VARIABLES), ExpressionError, source)
  assert.throws(() => compileExpression('event.matches("a")', VARIABLES), {
    message: 'matches() is not available here. Use contains, startsWith or endsWith (at character 1).',
  })
})

test('gives up when there is too much work, whatever the expression would make of it', () => {
  const list = Array.from({ length: 3_000 }, (_, index) => index)
  const text = 'ab'.repeat(500_000)
  const sources = [
    'payload.list.exists(a, payload.list.exists(b, a + b < 0))',
    'payload.list.all(a, payload.list.all(b, payload.list.all(c, a + b + c >= 0)))',
    'payload.list.exists(a, payload.list.exists(b, b.missing)) || true',
    'payload.list.map(a, payload.list).size() == 0 || payload.list.exists(a, -1 in payload.list)',
    'payload.list.exists(a, payload.list == payload.copy && a < 0)',
    'payload.list.exists(a, size(payload.list + payload.list) == 0)',
    'payload.list.exists(a, payload.text.contains("ba"+"b"+"c"))',
    'payload.list.exists(a, payload.text == payload.text2)',
    'payload.list.exists(a, size(payload.text) == 0)',
    'payload.list.exists(a, payload.text.upperAscii() == "")',
    'payload.list.exists(a, size(payload.map) == 0)',
    'payload.list.exists(a, payload.map.exists(key, false))',
    'payload.list.exists(a, payload.map == payload.map && a < 0)',
    'payload.list.exists(a, payload.text > payload.text2)',
    'payload.list.exists(a, (payload.text + payload.text) == "")',
  ]
  const payload = { list, copy: [...list], text, text2: `${text.slice(1)}a`, map: { ...list } }
  for (const source of sources) {
    const expression = compileExpression(source, VARIABLES)
    assert.throws(
      () => expression({ event: '', action: null, payload }, new Budget(100_000)),
      Overrun,
      source,
    )
  }
})

// Numbers with a fraction throughout: where whole numbers and JSON's meet, ours gives more than the library.
const { truth: anyTruth } = fc.letrec<{ truth: string; value: string }>(tie => {
  const [truth, value] = [tie('truth'), tie('value')]
  const oneOf = (...words: string[]) => fc.constantFrom(...words)
  const join = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map(words => `(${words.join(' ')})`)
  const macro = (range: fc.Arbitrary<string>, name: fc.Arbitrary<string>, body: fc.Arbitrary<string>) =>
    fc.tuple(range, name, body).map(words => `${words[0]}.${words[1]}(x, ${words[2]})`)
  const list = oneOf('labels', 'numbers', 'names', 'mixed', 'empty', 'user').map(name => `payload.${name}`)
  return {
    truth: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      oneOf('true', 'false', 'payload.draft', 'payload.merged', 'payload.missing', 'has(payload.user.login)'),
      join(value, oneOf('==', '!=', '<', '<=', '>', '>=', 'in'), value),
      join(truth, oneOf('&&', '||'), truth),
      truth.map(one => `!(${one})`),
      join(truth, oneOf('?'), truth, oneOf(':'), truth),
      macro(list, oneOf('exists', 'all', 'exists_one'), truth),
      fc
        .tuple(value, oneOf('contains', 'startsWith', 'endsWith'), value)
        .map(([a, b, c]) => `${a}.${b}(${c})`),
    ),
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      oneOf(
        '1.5',
        '7.0',
        '"bug"',
        '"octocat"',
        'null',
        'event',
        'action',
        'x',
        'x.name',
        '["bug", "x"]',
        '[1.0]',
      ),
      oneOf('number', 'ratio', 'title', 'milestone', 'user', 'user.login', 'labels', 'mixed').map(
        it => `payload.${it}`,
      ),
      oneOf('labels[0].name', 'labels[1]', 'numbers[1]', 'numbers[9]', 'user["id"]', 'user.x').map(
        it => `payload.${it}`,
      ),
      join(value, oneOf('+', '-', '*', '/'), value),
      join(truth, oneOf('?'), value, oneOf(':'), value),
      macro(list, oneOf('filter'), truth),
      macro(list, oneOf('map'), value),
    ),
  }
})

test('gives what the library gives, on any expression that both take', () => {
  const library = new Environment({ homogeneousAggregateLiterals: false })
  for (const [name, type] of Object.entries(VARIABLES)) library.registerVariable(name, type)
  const inputs = { event: 'issues', action: 'opened', payload: PAYLOAD }
  let compared = 0
  fc.assert(
    fc.property(anyTruth, body => {
      // So that there is always an `x`.
      const source = `payload.mixed.exists_one(x, ${body})`
      const ours = compiled(source)
      if (!ours) return
      const result = ours(inputs, new Budget(1_000_000))
      const expected = attempt(() => library.evaluate(source, inputs))
      if (expected instanceof Error) {
        assert.ok(result instanceof Fault, `${source} gives ${result}, and there ${expected.message}`)
      } else {
        compared++
        assert.equal(result instanceof Fault ? result.reason : result, expected, source)
      }
    }),
    { numRuns: 5_000 },
  )
  assert.ok(compared > 1_000, `${compared} were compared`)
})

test('either reads a text or says why not, and never throws anything else', () => {
  const token = fc.constantFrom(
    ...['payload.labels', 'payload', 'event', 'x', '1', '2.5', '"a"', 'true', 'null', 'has(payload.a)', '\n'],
    ...[
      '==',
      '&&',
      '||',
      ' in ',
      '.exists(',
      'x,',
      '.map(',
      'b"',
      '1u',
      '0x',
      ...'()[]{}.,?:+-*/%<>=!&|"\'\\',
    ],
  )
  const tokens = fc.array(token, { maxLength: 20 }).map(found => found.join(''))
  const text = fc.oneof(tokens, fc.string(), anyTruth)
  fc.assert(
    fc.property(text, fc.jsonValue(), (source, payload) => {
      const expression = compiled(source)
      if (!expression) return
      const result = expression({ event: 'push', action: null, payload }, new Budget(1_000_000))
      assert.notEqual(result, undefined)
    }),
    { numRuns: 5_000 },
  )
})

function evaluate(source: string): Value | Fault {
  const inputs = { event: 'issues', action: 'opened', payload: PAYLOAD }
  return compileExpression(source, VARIABLES)(inputs, new Budget(100_000))
}

function compiled(source: string) {
  try {
    return compileExpression(source, VARIABLES)
  } catch (error) {
    if (error instanceof ExpressionError) return undefined
    throw error
  }
}

function attempt<T>(work: () => T): T | Error {
  try {
    return work()
  } catch (error) {
    return error as Error
  }
}
