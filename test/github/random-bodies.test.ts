// Whatever is sent to the publish call and to hooks is taken, or refused as the client's fault in GitHub's
// envelope; a refusal leaves the store as it was.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { addRepository, URL_OK } from '../../src/api/test-hooks.ts'
import { startTestServer, type TestAnswer, type TestServer } from '../../src/api/test-server.ts'
import { recordings } from './recorded.ts'

// Each is a request over a socket.
const RUNS = 200

const KEYS = [
  'name',
  'active',
  'events',
  'add_events',
  'remove_events',
  'config',
  'event',
  'action',
  'payload',
]
const CONFIG_KEYS = ['url', 'content_type', 'secret', 'insecure_ssl', 'token', 'digest', 'username']

const WORDS = [
  'web',
  'push',
  'issues',
  '*',
  'team',
  'acme.paid',
  'json',
  'form',
  '0',
  '1',
  '',
  '\0',
  '********',
  '💡',
  URL_OK,
]
const URLS = [
  URL_OK,
  'http://localhost/',
  'https://example.com/a?b#c',
  'http://[::1]:1/',
  'javascript:1',
  'http:///a',
  'http://a b',
]

const text = fc.oneof(fc.constantFrom(...WORDS, ...URLS), fc.string({ unit: 'binary', maxLength: 40 }))
const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), text, fc.integer(), fc.constant('x'.repeat(3000)))

const config = fc.oneof(
  fc.dictionary(fc.constantFrom(...CONFIG_KEYS), value, { noNullPrototype: true }),
  fc.record({ url: fc.constantFrom(...URLS), content_type: text }),
  value,
)

/** What is right, in which now and then one key has another value. */
const nearly = (right: object) =>
  fc
    .tuple(fc.constantFrom(...Object.keys(right), 'another'), fc.option(value))
    .map(([key, other]) => (other === null ? right : { ...right, [key]: other }))

const HOOK = {
  name: 'web',
  active: true,
  events: ['push', 'star'],
  config: { url: URL_OK, content_type: 'json' },
}
const TYPE = { description: 'Paid.', actions: ['in_full'], schema: { required: ['a'] } }

const rightConfig = nearly({ url: URL_OK, content_type: 'form', secret: 'x', insecure_ssl: '0' })

/** Of hooks: often nearly right. */
const hookBody = fc.oneof(
  nearly(HOOK),
  rightConfig.map(config => ({ ...HOOK, config })),
  fc.record(
    {
      name: fc.constantFrom<unknown>('web', 'email', 7),
      config,
      events: fc.oneof(fc.array(text), value),
      active: fc.oneof(fc.boolean(), value),
    },
    { requiredKeys: [] },
  ),
  fc.dictionary(fc.constantFrom(...KEYS, 'constructor', '__proto__'), value, { noNullPrototype: true }),
  value,
)

const published = fc.oneof(
  fc.constantFrom(...recordings).map(({ name, payload }) => ({ event: name.replace(/\..*/, ''), payload })),
  fc.record(
    {
      event: fc.oneof(
        fc.constantFrom('push', 'issues', 'ping', 'user', 'acme.paid', 'acme.unknown', 'constructor'),
        value,
      ),
      action: fc.oneof(fc.constantFrom<unknown>('opened', null), value),
      payload: fc.oneof(fc.dictionary(fc.string(), value, { noNullPrototype: true }), value),
    },
    { requiredKeys: [] },
  ),
  value,
)

const publishBody = fc.oneof(published, fc.array(published, { maxLength: 5 }))

/** As bytes, which now and then are no JSON. */
const bytesOf = (body: fc.Arbitrary<unknown>) =>
  fc.oneof(
    { weight: 19, arbitrary: body.map(one => Buffer.from(JSON.stringify(one) ?? '')) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 50 }).map(bytes => Buffer.from(bytes)) },
  )

for (const owner of ['/repos/octocat/hello', '/orgs/acme'] as const) {
  test(`whatever is published in ${owner} is accepted whole or refused`, async t => {
    const { server, send, shape } = await site(t)
    const events = async () => (await server.store.read.selectFrom('events').select('id').execute()).length
    await survives(t, bytesOf(publishBody), async (body, query) => {
      const before = await events()
      const answer = await send('POST', `${owner}/events${query}`, body)
      if (answer.status !== 202) {
        shape(answer)
        assert.equal(await events(), before, 'a refusal published something')
        return answer
      }
      assert.equal(await events(), before + [answer.json].flat().length)
      return answer
    })
  })

  test(`whatever is sent to make a hook of ${owner} makes it or is refused`, async t => {
    const { send, shape, hooks } = await site(t)
    await survives(t, bytesOf(hookBody), async body => {
      const before = await hooks()
      const answer = await send('POST', `${owner}/hooks`, body)
      if (answer.status === 201) {
        // Else the next duplicates would all be refused.
        await send('DELETE', `${owner}/hooks/${answer.json.id}`)
      } else {
        shape(answer)
        assert.deepEqual(await hooks(), before)
      }
      return answer
    })
  })

  test(`whatever is sent to change a hook of ${owner} changes it or is refused`, async t => {
    const { send, shape, hooks } = await site(t)
    const made = { name: 'web', config: { url: URL_OK, content_type: 'json', secret: 'It is one' } }
    const { id } = (await send('POST', `${owner}/hooks`, Buffer.from(JSON.stringify(made)))).json
    const path = fc.constantFrom('', '/config', '/policy', '/filters')
    await survives(
      t,
      fc.tuple(bytesOf(fc.oneof(hookBody, rightConfig, config)), path),
      async ([body, at]) => {
        const before = await hooks()
        const answer = await send(at === '/filters' ? 'PUT' : 'PATCH', `${owner}/hooks/${id}${at}`, body)
        if (answer.status !== 200) {
          shape(answer)
          assert.deepEqual(await hooks(), before)
        }
        return answer
      },
    )
  })
}

test('whatever is registered as a type of event is, or is refused', async t => {
  const { server, send, shape } = await site(t)
  const types = async () => server.store.read.selectFrom('event_types').selectAll().execute()
  const body = fc.record(
    { description: value, actions: fc.oneof(fc.array(text), value), schema: value },
    { requiredKeys: [] },
  )
  const name = fc.oneof(
    fc.constantFrom('acme.paid', 'acme.x_1', 'push'),
    fc.string({ minLength: 1, maxLength: 20 }),
  )
  await survives(t, fc.tuple(bytesOf(fc.oneof(nearly(TYPE), body, value)), name), async ([bytes, name]) => {
    const before = await types()
    const answer = await send('PUT', `/orgs/acme/event-types/${encodeURIComponent(name)}`, bytes)
    if (answer.status !== 200 && answer.status !== 201) {
      shape(answer)
      assert.deepEqual(await types(), before)
    }
    return answer
  })
})

/** Tells how often what happened, and the slowest. */
async function survives<T>(
  t: TestContext,
  body: fc.Arbitrary<T>,
  ask: (body: T, query: string) => Promise<TestAnswer>,
): Promise<void> {
  const statuses = new Map<number, number>()
  let slowestMs = 0
  const query = fc.constantFrom('', '?validate=false')
  await fc.assert(
    fc.asyncProperty(body, query, async (body, query) => {
      const startedMs = performance.now()
      const { status } = await ask(body, query)
      slowestMs = Math.max(slowestMs, performance.now() - startedMs)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }),
    { numRuns: RUNS },
  )
  const counted = [...statuses].sort().map(([status, count]) => `${count} × ${status}`)
  t.diagnostic(
    `${counted.join(', ')}; the slowest took ${Math.round(slowestMs)} ms, with all that was asked around it`,
  )
}

async function site(t: TestContext) {
  const server = await startTestServer(t)
  const user = await server.addUser('octocat')
  await server.addOrganization('acme', user)
  await addRepository(server, user, 'hello')
  const token = await server.addToken(user)
  const send = (method: string, path: string, body?: Uint8Array): Promise<TestAnswer> =>
    server.request(method, path, { token, ...(body && { body }) })
  for (const place of ['/user', '/orgs/acme']) {
    await send('PUT', `${place}/event-types/acme.paid`, Buffer.from('{"schema":{"required":["a"]}}'))
  }
  return { server, send, shape: assertRefusal, hooks: () => hooksIn(server) }
}

async function hooksIn({ store }: TestServer) {
  return store.read.selectFrom('hooks').selectAll().where('deleted_at', 'is', null).orderBy('id').execute()
}

/** GitHub's envelope, and the client's fault. */
function assertRefusal({ status, json, text }: TestAnswer): void {
  assert.ok([400, 404, 422].includes(status), `${status} ${text}`)
  assert.equal(typeof json.message, 'string')
  assert.equal(typeof json.documentation_url, 'string')
  assert.equal(json.status, String(status))
  assert.ok((json.errors ?? []).length <= 100)
  for (const { resource, code } of json.errors ?? [])
    assert.deepEqual([typeof resource, typeof code], ['string', 'string'])
}
