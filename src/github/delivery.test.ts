import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Attempt } from '../delivery.ts'
import { deliveryItemJson, deliveryJson } from './delivery.ts'

const attempt: Attempt = {
  accountId: 1,
  id: 73209766136,
  deliveryId: 5,
  eventId: 6,
  hookId: 7,
  guid: '0b989ba4-242f-11e5-81e1-c7b6966d2516',
  event: 'issues',
  action: 'opened',
  repositoryId: 186853002,
  installationId: null,
  redelivery: false,
  startedAt: new Date('2026-08-21T20:52:55.855Z'),
  tookMs: 234.5,
  status: 'OK',
  statusCode: 200,
  request: {
    url: 'https://example.com/payload',
    contentType: 'json',
    headers: [
      ['Host', 'example.com'],
      ['X-Hub-Signature-256', 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'],
      ['X-Hub-Signature', 'sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59'],
      ['X-GitHub-Hook-ID', '7'],
      ['User-Agent', 'GitHub-Hookshot/abc1234'],
      ['Content-Length', '17'],
      ['content-type', 'application/json'],
      ['Accept', '*/*'],
    ],
  },
  response: {
    headers: [
      ['Set-Cookie', 'a=1'],
      ['Content-Type', 'text/plain'],
      ['Set-Cookie', 'b=2'],
    ],
    body: Buffer.from('thanks'),
  },
}

const payload = Buffer.from('{"action":"opened"}')

suite('a delivery in a list', () => {
  test('it is what GitHub lists, to the byte: an empty url, milliseconds, and seconds of duration', () => {
    assert.equal(
      JSON.stringify(deliveryItemJson(attempt)),
      '{"id":73209766136,"guid":"0b989ba4-242f-11e5-81e1-c7b6966d2516","delivered_at":"2026-08-21T20:52:55.855Z",' +
        '"redelivery":false,"duration":0.23,"status":"OK","status_code":200,"event":"issues","action":"opened",' +
        '"installation_id":null,"repository_id":186853002,"url":"","throttled_at":null}',
    )
  })
})

suite('a delivery alone', () => {
  const json = deliveryJson(attempt, payload)

  test('it has the keys of the list, the address, the request and the response', () => {
    assert.deepEqual(Object.keys(json), [...Object.keys(deliveryItemJson(attempt)), 'request', 'response'])
    assert.equal(json.url, 'https://example.com/payload')
  })

  test('it lists request headers alphabetically, without the two of the connection, signatures masked', () => {
    assert.deepEqual(Object.entries(json.request.headers ?? {}), [
      ['Accept', '*/*'],
      ['content-type', 'application/json'],
      ['User-Agent', 'GitHub-Hookshot/abc1234'],
      ['X-GitHub-Hook-ID', '7'],
      ['X-Hub-Signature', 'sha1=********'],
      ['X-Hub-Signature-256', 'sha256=********'],
    ])
  })

  test('it masks each signature of a secret before, and of Standard Webhooks', () => {
    const headers = [
      ['X-Hookline-Previous-Signature-256', `sha256=${'0'.repeat(64)}`],
      ['webhook-signature', 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= v1,AAAA+/=='],
    ] as const
    const request = { ...attempt.request, headers }
    assert.deepEqual(deliveryJson({ ...attempt, request }, payload).request.headers, {
      'webhook-signature': 'v1,******** v1,********',
      'X-Hookline-Previous-Signature-256': 'sha256=********',
    })
  })

  test('it shows the payload as an object and the response as text', () => {
    assert.deepEqual(json.request.payload, { action: 'opened' })
    assert.equal(json.response.payload, 'thanks')
  })

  test('it joins a response header that came twice', () => {
    assert.deepEqual(json.response.headers, { 'Set-Cookie': 'a=1, b=2', 'Content-Type': 'text/plain' })
  })

  test('it shows bytes that are no UTF-8 rather than failing', () => {
    const response = { headers: [], body: Buffer.from([0x68, 0xff, 0x69]) }
    assert.equal(deliveryJson({ ...attempt, response }, payload).response.payload, 'h\ufffdi')
  })

  test('it tells an empty answer from one that retention has dropped', () => {
    const empty = { headers: [], body: Buffer.alloc(0) }
    const dropped = { headers: [], body: null }
    assert.equal(deliveryJson({ ...attempt, response: empty }, payload).response.payload, '')
    assert.equal(deliveryJson({ ...attempt, response: dropped }, null).response.payload, null)
  })

  test('it leaves both halves of the response null when nothing was answered', () => {
    const { response } = deliveryJson({ ...attempt, response: null }, payload)
    assert.deepEqual(response, { headers: null, payload: null })
  })

  test('it shows no payload that is gone, or that is no object', () => {
    for (const bytes of [null, Buffer.from('[1]'), Buffer.from('null'), Buffer.from('{')]) {
      assert.equal(deliveryJson(attempt, bytes).request.payload, null)
    }
  })

  test('it keeps header names that an object gives a meaning', () => {
    const response = { headers: [['__proto__', 'x'] as const], body: null }
    const json = deliveryJson({ ...attempt, response }, payload)
    assert.equal(JSON.stringify(json.response.headers), '{"__proto__":"x"}')
  })
})
