import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Scope } from '../../account.ts'
import { PAYLOAD_BYTES_MAX } from '../../event.ts'
import { addRepository, organizationHooks, repositoryHooks } from '../test-hooks.ts'
import { startTestReceiver } from '../test-receiver.ts'

const PUSH = { event: 'push', payload: { ref: 'refs/heads/main' } }

test('delivers the very bytes of a payload, and answers with what became of it', async t => {
  const { publish, receiver } = await subscribed(t, ['issues'])
  const payload = '{ "action":"opened", "n":1.0, "big":9007199254740993, "e":"\\u00e9" }'
  const { status, json } = await publish(`{"event":"issues","payload":${payload}}`)
  assert.equal(status, 202)
  assert.deepEqual(Object.keys(json), ['id', 'guid', 'deliveries'])
  assert.equal(json.deliveries, 1)

  const [sent] = await receiver.arrived(1)
  assert.equal(String(sent?.body), payload)
  assert.equal(sent?.headers['x-github-event'], 'issues')
  assert.equal(sent?.headers['x-github-delivery'], json.guid)
})

test('remembers the action, whether it was sent or found', async t => {
  const { publish, server } = await subscribed(t, ['issues'])
  await publish({ event: 'issues', payload: { action: 'opened' } })
  await publish({ event: 'issues', action: 'closed', payload: { action: 'opened' } })
  const events = await server.store.read
    .selectFrom('events')
    .select('action')
    .where('name', '=', 'issues')
    .orderBy('id')
    .execute()
  assert.deepEqual(
    events.map(({ action }) => action),
    ['opened', 'closed'],
  )
})

test('answers an array with an array, in its order', async t => {
  const { publish, receiver } = await subscribed(t, ['push'])
  const { status, json } = await publish([PUSH, { event: 'star', payload: {} }, PUSH])
  assert.equal(status, 202)
  assert.deepEqual(
    json.map(({ deliveries }: { deliveries: number }) => deliveries),
    [1, 0, 1],
  )
  const guids = (await receiver.arrived(2)).map(({ headers }) => headers['x-github-delivery'])
  assert.deepEqual(guids.sort(), [json[0].guid, json[2].guid].sort())
  assert.deepEqual((await publish([])).json, [])
})

test('publishes all of an array or nothing', async t => {
  const { publish, events } = await subscribed(t, ['push'])
  assert.equal((await publish([PUSH, { event: 'pushed', payload: {} }])).status, 422)
  assert.equal(await events(), 0)
})

test('refuses what it cannot publish, and stores nothing', async t => {
  const { publish, events } = await subscribed(t, ['push'])
  const cases: [body: unknown, status: number, message: string][] = [
    ['', 400, 'Problems parsing JSON'],
    ['{"event":', 400, 'Problems parsing JSON'],
    ['7', 400, 'Body should be a JSON object'],
    [{ event: 'push' }, 422, 'Invalid request.\n\n"payload" wasn\'t supplied.'],
    [
      { event: 'push', payload: [] },
      422,
      "Invalid request.\n\nFor 'properties/payload', [] is not an object.",
    ],
    [{ event: 'pushed', payload: {} }, 422, 'Validation Failed'],
  ]
  for (const [body, status, message] of cases) {
    const answer = await publish(body)
    assert.deepEqual([answer.status, answer.json.message], [status, message])
  }
  assert.equal(await events(), 0)
})

test('reaches the hooks of the organization that owns the repository', async t => {
  const receiver = await startTestReceiver(t)
  const { server, token, create, organization } = await organizationHooks(t)
  await addRepository(server, organization, 'tools')
  await create({ config: { url: receiver.url, content_type: 'json' }, events: ['push'] })
  await receiver.arrived(1)
  const { json } = await server.request('POST', '/repos/acme/tools/events?validate=false', {
    token,
    body: PUSH,
  })
  assert.equal(json.deliveries, 1)
  await receiver.arrived(2)
})

test('publishes to an organization itself', async t => {
  const receiver = await startTestReceiver(t)
  const { server, token, create } = await organizationHooks(t)
  await create({ config: { url: receiver.url, content_type: 'json' }, events: ['team'] })
  await receiver.arrived(1)
  const body = { event: 'team', action: 'created', payload: {} }
  assert.equal(
    (await server.request('POST', '/orgs/acme/events?validate=false', { token, body })).json.deliveries,
    1,
  )
  assert.equal((await receiver.arrived(2))[1]?.headers['x-github-event'], 'team')
})

test('takes a payload above 25 MB, and delivers it to nobody', async t => {
  const { publish, server } = await subscribed(t, ['push'])
  const body = `{"event":"push","payload":{"x":"${'x'.repeat(PAYLOAD_BYTES_MAX)}"}}`
  const { status, json } = await publish(body)
  assert.deepEqual([status, json.deliveries], [202, 0])
  const skips = await server.store.read.selectFrom('skips').select(['event_id', 'reason']).execute()
  assert.deepEqual(skips, [{ event_id: json.id, reason: 'payload_too_large' }])
})

test('refuses a body above 64 MB', async t => {
  const { publish, events } = await subscribed(t, ['push'])
  const answer = await publish(Buffer.alloc(64 * 1024 * 1024 + 1, 0x20))
  assert.deepEqual([answer.status, answer.json.message], [413, 'Payload Too Large'])
  assert.equal(await events(), 0)
})

test('publishes once for one idempotency key', async t => {
  const { publish, events } = await subscribed(t, ['push'])
  const once = { 'idempotency-key': 'a' }
  const answers = await Promise.all([publish(PUSH, once), publish(PUSH, once), publish(PUSH, once)])
  answers.push(await publish(PUSH, once))
  for (const answer of answers) assert.deepEqual([answer.status, answer.json], [202, answers[0]?.json])
  assert.equal(await events(), 1)

  await publish(PUSH, { 'idempotency-key': 'b' })
  assert.equal(await events(), 2)
})

test('gives the first answer to an array again, also to an empty one', async t => {
  const { publish, events } = await subscribed(t, ['push'])
  for (const [key, body] of [
    ['two', [PUSH, PUSH]],
    ['none', []],
  ] as const) {
    const first = await publish(body, { 'idempotency-key': key })
    assert.deepEqual((await publish(body, { 'idempotency-key': key })).json, first.json)
    assert.equal(first.json.length, body.length)
  }
  assert.equal(await events(), 2)
})

test('refuses a key that comes with another body', async t => {
  const { publish, events } = await subscribed(t, ['push'])
  await publish(PUSH, { 'idempotency-key': 'a' })
  const { status, json } = await publish({ event: 'push', payload: {} }, { 'idempotency-key': 'a' })
  assert.equal(status, 422)
  assert.equal(json.errors[0].field, 'Idempotency-Key')
  assert.equal(await events(), 1)
  assert.equal((await publish(PUSH, { 'idempotency-key': 'x'.repeat(256) })).status, 422)
})

test('forgets a key after a day, and takes none for a body that it refuses', async t => {
  let nowMs = Date.now()
  const { publish, events } = await subscribed(t, ['push'], { nowMs: () => nowMs, random: () => 0.5 })
  await publish({ event: 'push' }, { 'idempotency-key': 'a' })
  await publish(PUSH, { 'idempotency-key': 'a' })
  nowMs += 24 * 60 * 60 * 1000
  await publish(PUSH, { 'idempotency-key': 'a' })
  assert.equal(await events(), 2)
})

test('lets nobody publish who may not write there, before reading the body', async t => {
  const { server, user, publishAs } = await subscribed(t, ['push'])
  const owner = (scopes: Scope[]) => server.addToken(user, scopes)
  assert.equal((await publishAs(await owner(['public_repo']))).status, 202)
  assert.equal((await publishAs(await owner(['admin:repo_hook']))).status, 404)
  assert.equal((await publishAs(await server.addToken(await server.addUser('stranger')))).status, 403)
  assert.equal((await publishAs(undefined)).status, 401)

  await addRepository(server, user, 'secret', true)
  const path = '/repos/octocat/secret/events?validate=false'
  assert.equal((await publishAs(await owner(['public_repo']), path)).status, 404)
  assert.equal((await publishAs(await owner(['repo']), path)).status, 202)
})

test('lets owners of an organization publish there, with a scope for it', async t => {
  const { server, user, organization } = await organizationHooks(t)
  const member = await server.addUser('member')
  await server.addMember(organization, member)
  const body = { event: 'team', payload: {} }
  const cases: [account: typeof user, scopes: Scope[], status: number][] = [
    [user, ['admin:org'], 202],
    [user, ['admin:org_hook'], 202],
    [user, ['repo', 'read:org'], 404],
    [member, ['admin:org'], 404],
  ]
  for (const [account, scopes, status] of cases) {
    const token = await server.addToken(account, scopes)
    assert.equal(
      (await server.request('POST', '/orgs/acme/events?validate=false', { token, body })).status,
      status,
    )
  }
})

async function subscribed(t: TestContext, events: string[], clock?: { nowMs(): number; random(): number }) {
  const receiver = await startTestReceiver(t)
  const hooks = await repositoryHooks(t, clock ? { clock } : {})
  const { server, token } = hooks
  await hooks.create({ config: { url: receiver.url, content_type: 'json' }, events })
  await receiver.arrived(1)
  const path = '/repos/octocat/hello/events?validate=false'
  return {
    ...hooks,
    // Without the ping of the hook's creation.
    receiver: {
      arrived: async (count: number) => (await receiver.arrived(count + 1)).slice(1),
    },
    publish: (body: unknown, headers: Record<string, string> = {}) =>
      server.request('POST', path, { token, body, headers }),
    publishAs: (as: string | undefined, at = path) =>
      server.request('POST', at, { body: PUSH, ...(as !== undefined && { token: as }) }),
    events: async () => {
      const rows = await server.store.read
        .selectFrom('events')
        .select('id')
        .where('name', '!=', 'ping')
        .execute()
      return rows.length
    },
  }
}
