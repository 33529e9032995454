import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AppError } from '../errors.ts'
import { PUBLICATIONS_MAX, readPublications } from './publication.ts'

test('keeps the bytes of a payload exactly as they were sent', async () => {
  const payload = '{ "a":1.0,\t"b":"\\u00e9",  "c":9007199254740993 }'
  const { list, publications } = await read(`{"event" : "push", "payload" : ${payload} }`)
  assert.equal(list, false)
  assert.equal(textOf(publications[0]?.payload), payload)
})

test('takes the action that is sent, else the one in the payload', async () => {
  const actions = [
    ['{"event":"issues","action":"opened","payload":{"action":"closed"}}', 'opened'],
    ['{"event":"issues","payload":{"action":"closed"}}', 'closed'],
    ['{"event":"issues","action":null,"payload":{"action":"closed"}}', null],
    ['{"event":"issues","payload":{"action":7}}', null],
    ['{"event":"push","payload":{}}', null],
  ] as const
  for (const [text, action] of actions) assert.equal((await read(text)).publications[0]?.action, action)
})

test('reads an array in its order, also an empty one', async () => {
  const { list, publications } = await read(
    ' [{"event":"push","payload":{"n":1}},{"payload":{"n":2},"event":"star"}]',
  )
  assert.equal(list, true)
  assert.deepEqual(
    publications.map(({ name, payload }) => [name, textOf(payload)]),
    [
      ['push', '{"n":1}'],
      ['star', '{"n":2}'],
    ],
  )
  assert.deepEqual(await read('[]'), { list: true, publications: [] })
})

test('does not hold on to the whole request for one of its payloads', async () => {
  const { publications } = await read(
    '[{"event":"push","payload":{"n":1}},{"event":"push","payload":{"n":2}}]',
  )
  for (const { payload } of publications) assert.equal(payload.buffer.byteLength, payload.byteLength)
})

test('refuses what is no JSON, no UTF-8, or neither object nor array', async () => {
  const bodies: [body: Buffer | undefined, code: string][] = [
    [undefined, 'bad_json'],
    [Buffer.alloc(0), 'bad_json'],
    [Buffer.from('{"event":'), 'bad_json'],
    [
      Buffer.concat([
        Buffer.from('{"event":"push","payload":{"a":"'),
        Buffer.from([0xff]),
        Buffer.from('"}}'),
      ]),
      'bad_json',
    ],
    [Buffer.from('﻿{"event":"push","payload":{}}'), 'bad_json'],
    [Buffer.from('"push"'), 'not_an_object'],
    [Buffer.from('null'), 'not_an_object'],
  ]
  for (const [body, code] of bodies) await assert.rejects(() => readPublications(body), { code })
})

test('tells what is wrong in GitHub’s words, and where', async () => {
  const cases: [body: string, ...faults: string[]][] = [
    ['{}', '"event" wasn\'t supplied.', '"payload" wasn\'t supplied.'],
    [
      '{"event":null,"payload":[]}',
      "For 'properties/event', nil is not a string.",
      "For 'properties/payload', [] is not an object.",
    ],
    ['{"event":"push","payload":{},"x":1}', '"x" is not a permitted key.'],
    ['{"event":"push","payload":{},"action":7}', "For 'properties/action', 7 is not a string."],
    ['[{"event":"push","payload":{}},7]', "For 'items/1', 7 is not an object."],
    ['[{"event":"push","payload":"x"}]', 'For \'items/0/properties/payload\', "x" is not an object.'],
    ['[{"event":"push"}]', "\"payload\" wasn't supplied (in 'items/0')."],
  ]
  for (const [body, ...faults] of cases)
    await assert.rejects(() => read(body), { code: 'invalid_request', faults })
})

test('refuses an action that no index would hold', async () => {
  for (const action of ['', 'x'.repeat(256), 'a\\u0000b']) {
    await assert.rejects(() => read(`{"event":"push","action":"${action}","payload":{}}`), {
      code: 'invalid_request',
    })
  }
})

test('takes up to a thousand at once', async () => {
  const bodyOf = (count: number) => `[${Array(count).fill('{"event":"push","payload":{}}').join(',')}]`
  assert.equal((await read(bodyOf(PUBLICATIONS_MAX))).publications.length, PUBLICATIONS_MAX)
  await assert.rejects(() => read(bodyOf(PUBLICATIONS_MAX + 1)), { code: 'invalid_request' })
})

test('refuses a payload that is nested too deep', async () => {
  const deep = `${'['.repeat(2000)}${']'.repeat(2000)}`
  await assert.rejects(() => read(`{"event":"push","payload":{"a":${deep}}}`), { code: 'invalid_request' })
})

test('either reads a body or refuses it as a client’s fault, whatever it is', async () => {
  const item = fc.record(
    {
      event: fc.oneof(fc.constantFrom('push', 'issues', 'x'), fc.jsonValue()),
      action: fc.jsonValue(),
      payload: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  const body = fc.oneof(
    fc.uint8Array().map(bytes => Buffer.from(bytes)),
    fc.oneof(fc.jsonValue(), item, fc.array(item)).map(value => Buffer.from(JSON.stringify(value))),
  )
  await fc.assert(
    fc.asyncProperty(body, async bytes => {
      try {
        await readPublications(bytes)
      } catch (error) {
        assert.ok(error instanceof AppError, `${error}`)
      }
    }),
    { numRuns: 1000 },
  )
})

function read(text: string) {
  return readPublications(Buffer.from(text))
}

function textOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString()
}
