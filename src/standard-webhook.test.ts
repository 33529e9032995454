import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { Secret } from './secret.ts'
import { standardHeaders } from './standard-webhook.ts'

const GUID = '0b989ba4-242f-11e5-81e1-c7b6966d2516'
const BODY = Buffer.from('{"action":"opened","issue":{"title":"Grüße"}}')

suite('the headers of Standard Webhooks', () => {
  test('are those of the example that the specification’s libraries are tested with', () => {
    const headers = standardHeaders({
      guid: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      atMs: 1_614_265_330_999,
      body: Buffer.from('{"test": 2432232314}'),
      secrets: [new Secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')],
    })
    assert.deepEqual(headers, [
      ['webhook-id', 'msg_p5jXN8AQM9LWM0D4loKWxJek'],
      ['webhook-signature', 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='],
      ['webhook-timestamp', '1614265330'],
    ])
  })

  test('satisfy the library that knows a whsec_ secret, which a hook may have without its padding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), key => {
        const secret = `whsec_${Buffer.from(key).toString('base64')}`
        for (const ours of [secret, secret.replace(/=+$/, '')]) assert.ok(verified(ours, secret))
      }),
    )
  })

  test('satisfy the library that was given any other secret’s bytes in base64', () => {
    const secrets = fc.string({ unit: 'grapheme', minLength: 1 }).filter(text => !text.startsWith('whsec_'))
    fc.assert(
      fc.property(secrets, secret => {
        assert.ok(verified(secret, Buffer.from(secret).toString('base64')))
      }),
    )
  })

  test('take a secret for text when there is no base64 behind its whsec_', () => {
    for (const secret of ['whsec_', 'whsec_not base64', 'whsec_a', 'whsec_YQ-_', 'whsec_YR==']) {
      assert.ok(verified(secret, Buffer.from(secret).toString('base64')))
    }
  })

  test('satisfy who knows either secret while one replaces the other', () => {
    const headers = headersFor('whsec_bmV3IHNlY3JldA==', 'the old one')
    for (const known of ['whsec_bmV3IHNlY3JldA==', Buffer.from('the old one').toString('base64')]) {
      assert.ok(new Webhook(known).verify(BODY, headers))
    }
    assert.throws(() => new Webhook('b3RoZXI=').verify(BODY, headers), /No matching signature/)
  })

  test('do not satisfy for another body, identifier or time', () => {
    const headers = headersFor('whsec_bmV3')
    const webhook = new Webhook('whsec_bmV3')
    assert.throws(() => webhook.verify(`${BODY} `, headers))
    assert.throws(() => webhook.verify(BODY, { ...headers, 'webhook-id': 'other' }))
    const later = String(Number(headers['webhook-timestamp']) + 1)
    assert.throws(() => webhook.verify(BODY, { ...headers, 'webhook-timestamp': later }))
  })

  test('satisfy for a body in the form’s encoding, too', () => {
    const body = Buffer.from('payload=%7B%22a%22%3A1%7D')
    const headers = headersOf(body, 'whsec_bmV3')
    new Webhook('whsec_bmV3').verify(body, headers, { jsonParse: false })
  })

  test('have no signature without a secret', () => {
    assert.deepEqual(Object.keys(headersFor()), ['webhook-id', 'webhook-timestamp'])
  })
})

function headersFor(...secrets: string[]): Record<string, string> {
  return headersOf(BODY, ...secrets)
}

function headersOf(body: Uint8Array, ...secrets: string[]): Record<string, string> {
  const message = { guid: GUID, atMs: Date.now(), body, secrets: secrets.map(text => new Secret(text)) }
  return Object.fromEntries(standardHeaders(message))
}

function verified(secret: string, configured: string): unknown {
  return new Webhook(configured).verify(BODY, headersFor(secret))
}
