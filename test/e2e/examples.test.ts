// Every payload that GitHub's own collection has recorded goes through the real program: published over
// HTTP, it comes out byte for byte as it went in, whatever its spelling, and signed.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { verify } from '@octokit/webhooks-methods'
import { type Received, startReceiver } from '../../src/engine/test-engine.ts'
import { type Recorded, recordings } from '../github/recorded.ts'
import { REPOSITORY, type Site, startSite } from './site.ts'

const SECRET = "It's a Secret to Everybody"

const examples = recordings.map(({ name, payload }) => ({ event: name.replace(/\..*/, ''), payload }))

suite('a recorded payload', () => {
  test('is one of 329, of 58 events', () => {
    assert.equal(examples.length, 329)
    assert.equal(new Set(examples.map(({ event }) => event)).size, 58)
  })

  for (const [spelling, spell] of [
    ['compact', JSON.stringify],
    ['oddly spelt', spellOddly],
  ] as const) {
    test(`that is ${spelling} reaches hooks as it was published, in JSON and in a form`, async t => {
      const receiver = await startReceiver(t)
      const site = await startSite(t)
      const [json, form] = [`${receiver.url}/json`, `${receiver.url}/form`]
      const hooks = [
        await site.createHook({ url: json, content_type: 'json', secret: SECRET }),
        await site.createHook({ url: form, content_type: 'form', secret: SECRET }),
      ]
      const texts = examples.map(({ payload }) => spell(payload))
      const guids = await publish(site, texts)

      // Each hook tells of its own creation, too.
      const received = await receiver.got(hooks.length * (1 + texts.length))
      for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
        const byGuid = new Map(received.filter(isOf(type)).map(one => [guidOf(one), one]))
        for (const [index, guid] of guids.entries()) await assertIsExample(index, texts, byGuid.get(guid))
      }

      await site.settled()
      for (const hook of hooks) {
        const told = await listDeliveries(site, hook)
        for (const [index, { event, payload }] of examples.entries()) {
          const expected = { event, action: payload.action ?? null, status: 'OK' }
          assert.deepEqual(told.get(guids[index] ?? ''), expected)
        }
      }
    })
  }
})

/** In one request. Gives their GUIDs. */
async function publish(site: Site, texts: readonly string[]): Promise<string[]> {
  const items = texts.map((text, index) => `{"event":"${examples[index]?.event}","payload":${text}}`)
  const { status, json } = await site.request('POST', `${REPOSITORY}/events`, {
    body: `[${items.join(',')}]`,
  })
  assert.equal(status, 202, JSON.stringify(json))
  for (const { deliveries } of json) assert.equal(deliveries, 2)
  return json.map(({ guid }: { guid: string }) => guid)
}

function isOf(type: string) {
  return ({ headers }: Received) => headers['content-type'] === type
}

function guidOf({ headers }: Received): string {
  return String(headers['x-github-delivery'])
}

async function assertIsExample(index: number, texts: readonly string[], received: Received | undefined) {
  const what = `${examples[index]?.event}, number ${index}`
  assert.ok(received, what)
  const { headers, body } = received
  assert.equal(headers['x-github-event'], examples[index]?.event)
  assert.ok(payloadOf(received).equals(Buffer.from(texts[index] ?? '')), what)
  assert.ok(await verify(SECRET, String(body), String(headers['x-hub-signature-256'])), what)
}

/** With JSON's four kinds of space, and escapes where none are needed. */
function spellOddly(payload: Recorded): string {
  return JSON.stringify(payload, null, '\t ')
    .replaceAll('\n', ' \r\n')
    .replaceAll('/', '\\/')
    .replace(/[^\0-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function payloadOf({ headers, body }: Received): Buffer {
  if (headers['content-type'] === 'application/json') return body
  return Buffer.from(new URLSearchParams(String(body)).get('payload') ?? '')
}

type Told = { readonly event: string; readonly action: string | null; readonly status: string }

/** As GitHub's API tells of them, by GUID. */
async function listDeliveries(site: Site, hook: string): Promise<Map<string, Told>> {
  const told = new Map<string, Told>()
  let path: string | undefined = `${hook}/deliveries?per_page=100`
  while (path) {
    const { headers, json } = await site.request('GET', path)
    for (const { guid, event, action, status } of json) told.set(guid, { event, action, status })
    path = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]?.replace(site.url, '')
  }
  return told
}
