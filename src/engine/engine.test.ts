import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verify } from '@octokit/webhooks-methods'
import type { Selectable } from 'kysely'
import { PAYLOAD_BYTES_MAX } from '../event.ts'
import type { AttemptTable, DeliveryTable } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { Engine } from './engine.ts'
import { ACCOUNT_ID, issueOpened, REPOSITORY, startReceiver, startTestEngine, until } from './test-engine.ts'

function deliveries(store: Store): Promise<Selectable<DeliveryTable>[]> {
  return store.read.selectFrom('deliveries').selectAll().orderBy('id').execute()
}

function attempts(store: Store): Promise<Selectable<AttemptTable>[]> {
  return store.read.selectFrom('attempts').selectAll().orderBy('id').execute()
}

async function inState(store: Store, ...states: string[]): Promise<Selectable<DeliveryTable>[]> {
  await until(async () => {
    const rows = await deliveries(store)
    return rows.length === states.length && rows.every((row, index) => row.state === states[index])
  })
  return deliveries(store)
}

test('delivers what it accepted: signed, with every header, and logged as it was sent', async t => {
  const { engine, store, hook } = await startTestEngine(t)
  const receiver = await startReceiver(t, (_, response) =>
    response.writeHead(202, { 'X-Thing': 'yes' }).end('fine'),
  )
  const { id } = await hook(receiver.url)

  const [accepted] = await engine.publish([issueOpened()])
  assert.equal(accepted?.deliveries, 1)
  const [request] = await receiver.got(1)
  assert.equal(request?.body.toString(), '{"action":"opened"}')
  const { headers } = request!
  assert.equal(headers['x-github-event'], 'issues')
  assert.equal(headers['x-github-delivery'], accepted?.guid)
  assert.match(String(accepted?.guid), /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/)
  assert.equal(headers['x-github-hook-id'], String(id))
  assert.equal(headers['x-github-hook-installation-target-type'], 'repository')
  assert.equal(headers['x-github-hook-installation-target-id'], String(REPOSITORY.id))
  assert.match(String(headers['user-agent']), /^GitHub-Hookshot\/[0-9a-f]{7}$/)
  assert.equal(headers.accept, '*/*')
  assert.equal(headers['content-type'], 'application/json')
  assert.match(String(headers['x-hub-signature']), /^sha1=[0-9a-f]{40}$/)
  assert.ok(await verify('s3cret', request!.body.toString(), String(headers['x-hub-signature-256'])))

  await inState(store, 'delivered')
  const [attempt] = await attempts(store)
  assert.equal(attempt?.status, 'OK')
  assert.equal(attempt?.status_code, 202)
  assert.equal(Buffer.from(attempt!.response_body!).toString(), 'fine')
  assert.ok(
    JSON.parse(attempt!.response_headers!).some(([name]: string[]) => name?.toLowerCase() === 'x-thing'),
  )
  assert.ok(attempt!.request_headers.includes('X-Hub-Signature-256'))
})

test('signs the encoded body in form mode, and sends no signature without a secret', async t => {
  const { engine, hook } = await startTestEngine(t)
  const receiver = await startReceiver(t)
  await hook(receiver.url, { config: { contentType: 'form' } })
  const text = '{"a":"é ✓ *~\\"","b":[1,{}]}'
  await engine.publish([issueOpened({ payload: Buffer.from(text) })])

  const [request] = await receiver.got(1)
  const body = request!.body.toString()
  assert.equal(new URLSearchParams(body).get('payload'), text)
  assert.match(body, /^payload=%7B%22a%22%3A%22%C3%A9\+%E2%9C%93\+%2A~/)
  assert.equal(request?.headers['content-type'], 'application/x-www-form-urlencoded')
  assert.ok(await verify('s3cret', body, String(request?.headers['x-hub-signature-256'])))

  const open = await startReceiver(t)
  await hook(open.url, { config: { secret: null } })
  await engine.publish([issueOpened()])
  const [unsigned] = await open.got(1)
  assert.equal(unsigned?.headers['x-hub-signature'], undefined)
  assert.equal(unsigned?.headers['x-hub-signature-256'], undefined)
})

test('reaches the hooks of the repository and of its organization, by name or by the wildcard', async t => {
  const { engine, store, hook } = await startTestEngine(t)
  const receiver = await startReceiver(t)
  const organization = { kind: 'organization', id: 9 } as const
  const named = await hook(receiver.url)
  await hook(receiver.url, { events: ['push'] })
  const wild = await hook(receiver.url, { target: organization, events: ['*'] })
  await hook(receiver.url, { target: { kind: 'repository', id: 8 }, events: ['*'] })

  const [accepted] = await engine.publish([issueOpened({ organizationId: organization.id })])
  assert.equal(accepted?.deliveries, 2)
  await inState(store, 'delivered', 'delivered')
  const sent = await attempts(store)
  assert.deepEqual(new Set(sent.map(attempt => attempt.hook_id)), new Set([named.id, wild.id]))
  assert.equal(new Set(sent.map(attempt => attempt.guid)).size, 1)
})

test('tries again by the schedule, under the same GUID, until it is delivered', async t => {
  const { engine, store, clock, hook } = await startTestEngine(t)
  let answers = 0
  const receiver = await startReceiver(t, (_, response) => {
    response.writeHead(++answers < 3 ? 500 : 200).end()
  })
  await hook(receiver.url)
  await engine.publish([issueOpened()])

  for (const [count, delayMs] of [
    [1, 5_000],
    [2, 30_000],
  ] as const) {
    await receiver.got(count)
    await until(async () => (await attempts(store)).length === count)
    const [row] = await inState(store, 'pending')
    assert.equal(row?.attempts, count)
    assert.equal(row?.due_at, clock.ms + delayMs)
    clock.ms += delayMs
  }
  const requests = await receiver.got(3)
  await inState(store, 'delivered')
  assert.equal(new Set(requests.map(({ headers }) => headers['x-github-delivery'])).size, 1)
  const log = await attempts(store)
  assert.deepEqual(
    log.map(({ status, redelivery }) => [status, redelivery]),
    [
      ['Invalid HTTP Response: 500', 0],
      ['Invalid HTTP Response: 500', 1],
      ['OK', 1],
    ],
  )
})

test('gives up after the last retry, and lists the delivery as exhausted', async t => {
  const { engine, store, clock, hook } = await startTestEngine(t)
  const receiver = await startReceiver(t, (_, response) => response.writeHead(404).end())
  await hook(receiver.url)
  await engine.publish([issueOpened()])
  for (let count = 1; count <= 11; count++) {
    await until(async () => (await attempts(store)).length === count)
    clock.ms += 24 * 3_600_000
  }
  const [row] = await inState(store, 'exhausted')
  assert.equal(row?.attempts, 11)
  assert.equal(engine.metrics.due.now(), 0)
})

test('takes 410 as final', async t => {
  const { engine, store, hook } = await startTestEngine(t)
  const receiver = await startReceiver(t, (_, response) => response.writeHead(410).end())
  await hook(receiver.url)
  await engine.publish([issueOpened()])
  const [row] = await inState(store, 'exhausted')
  assert.equal(row?.attempts, 1)
})

test('does not follow a redirect to a private address', async t => {
  const { engine, store, hook } = await startTestEngine(t)
  const receiver = await startReceiver(t, (_, response) =>
    response.writeHead(302, { Location: 'http://169.254.169.254/latest/meta-data' }).end(),
  )
  await hook(receiver.url)
  await engine.publish([issueOpened()])
  await until(async () => (await attempts(store)).length === 1)
  const [attempt] = await attempts(store)
  assert.equal(attempt?.status, 'Invalid HTTP Response: 302')
  assert.ok(attempt?.response_headers?.includes('169.254.169.254'))
  assert.equal(receiver.received.length, 1)
})

test('sends nothing to a private address, and says what to do', async t => {
  const { engine, store, hook } = await startTestEngine(t)
  await hook('http://10.0.0.1/payload')
  await engine.publish([issueOpened()])
  await until(async () => (await attempts(store)).length === 1)
  const [attempt] = await attempts(store)
  assert.equal(attempt?.status_code, 502)
  assert.match(String(attempt?.status), /10\.0\.0\.1/)
  assert.match(String(attempt?.status), /--allow-network/)
})

test('keeps a receiver that resets or hangs out of the way of the others', async t => {
  const { engine, store, hook } = await startTestEngine(t)
  const hanging = await startReceiver(t, () => {})
  const resetting = await startReceiver(t, request => request.socket.destroy())
  const healthy = await startReceiver(t)
  await hook(hanging.url)
  const broken = await hook(resetting.url)
  const good = await hook(healthy.url)
  await engine.publish(Array.from({ length: 30 }, () => issueOpened()))
  await healthy.got(30)
  await until(async () => (await attempts(store)).filter(({ hook_id }) => hook_id === good.id).length === 30)
  await until(async () => (await attempts(store)).filter(({ hook_id }) => hook_id === broken.id).length >= 10)
  const failed = (await attempts(store)).find(({ hook_id }) => hook_id === broken.id)
  assert.equal(failed?.status_code, 502)
  assert.ok(hanging.received.length <= 10, 'no more than ten at once for one hook')
})

test('delivers a backlog that is larger than it holds in memory, oldest first', async t => {
  const { engine, store, hook } = await startTestEngine(t)
  const receiver = await startReceiver(t)
  await hook(receiver.url)
  const count = 700
  const numbered = Array.from({ length: count }, (_, n) =>
    issueOpened({ payload: Buffer.from(`{"n":${n}}`) }),
  )
  await engine.publish(numbered)
  const requests = await receiver.got(count)
  await until(async () => (await deliveries(store)).every(({ state }) => state === 'delivered'))
  const seen = new Set(requests.map(({ body }) => JSON.parse(body.toString()).n))
  assert.equal(seen.size, count)
  assert.equal(requests.length, count, 'each once')
  assert.equal(engine.metrics.due.now(), 0)
})

test('skips an inactive hook with a reason, and holds what was on its way', async t => {
  const { engine, store, clock, hook, change } = await startTestEngine(t)
  let status = 500
  const receiver = await startReceiver(t, (_, response) => response.writeHead(status).end())
  const made = await hook(receiver.url)
  await engine.publish([issueOpened()])
  await until(async () => (await attempts(store)).length === 1)

  await change({ ...made, active: false })
  clock.ms += 10_000
  await inState(store, 'held')
  const [accepted] = await engine.publish([issueOpened()])
  assert.equal(accepted?.deliveries, 0)
  const skips = await store.read.selectFrom('skips').selectAll().execute()
  assert.deepEqual(
    skips.map(({ hook_id, event_id, reason }) => ({ hook_id, event_id, reason })),
    [{ hook_id: made.id, event_id: accepted!.id, reason: 'inactive' }],
  )

  status = 200
  await change({ ...made, active: true })
  const released = await store.write(tx => engine.release(tx, made.id))
  released()
  await inState(store, 'delivered')
})

test('attempts nothing above 25 MB, and says so', async t => {
  const { engine, store, hook } = await startTestEngine(t)
  const receiver = await startReceiver(t)
  const { id } = await hook(receiver.url)
  const [accepted] = await engine.publish([
    issueOpened({ payload: Buffer.alloc(PAYLOAD_BYTES_MAX + 1, 0x20) }),
  ])
  assert.equal(accepted?.deliveries, 0)
  const [skip] = await store.read.selectFrom('skips').selectAll().execute()
  assert.deepEqual([skip?.hook_id, skip?.reason], [id, 'payload_too_large'])
  assert.equal((await store.read.selectFrom('payloads').selectAll().execute()).length, 0)

  const [fits] = await engine.publish([issueOpened({ payload: Buffer.alloc(PAYLOAD_BYTES_MAX, 0x20) })])
  assert.equal(fits?.deliveries, 1)
  const [request] = await receiver.got(1)
  assert.equal(request?.body.byteLength, PAYLOAD_BYTES_MAX)
})

test('takes back the event with the change that failed to tell of it', async t => {
  const { engine, store, hook } = await startTestEngine(t)
  const receiver = await startReceiver(t)
  await hook(receiver.url)
  const failing = engine.commit(async (_, tell) => {
    tell(issueOpened())
    throw new Error('the change failed')
  })
  await assert.rejects(failing, /the change failed/)
  assert.equal((await store.read.selectFrom('events').selectAll().execute()).length, 0)

  await engine.commit(async (_, tell) => tell(issueOpened()))
  await receiver.got(1)
  await inState(store, 'delivered')
  assert.equal(receiver.received.length, 1)
})

test('sends a redelivery to the hook as it is now, under the same GUID', async t => {
  const { engine, store, hook, change } = await startTestEngine(t)
  const first = await startReceiver(t)
  const second = await startReceiver(t)
  const made = await hook(first.url)
  await engine.publish([issueOpened()])
  await inState(store, 'delivered')
  const [attempt] = await attempts(store)

  await change({ ...made, config: { ...made.config, url: second.url } })
  await engine.redeliver({ hookId: made.id, eventId: attempt!.event_id, installationId: null })
  const [request] = await second.got(1)
  assert.equal(request?.headers['x-github-delivery'], attempt?.guid)
  await inState(store, 'delivered', 'delivered')
  const [, again] = await attempts(store)
  assert.equal(again?.redelivery, 1)
  assert.notEqual(again?.id, attempt?.id)
})

test('brings a delivery that waits for its retry forward instead of sending it twice', async t => {
  const { engine, store, hook } = await startTestEngine(t)
  let status = 500
  const receiver = await startReceiver(t, (_, response) => response.writeHead(status).end())
  const { id } = await hook(receiver.url)
  await engine.publish([issueOpened()])
  await until(async () => (await attempts(store)).length === 1)
  const [attempt] = await attempts(store)
  status = 200
  await engine.redeliver({ hookId: id, eventId: attempt!.event_id, installationId: null })
  const [row] = await inState(store, 'delivered')
  assert.equal(row?.attempts, 2)
})

test('cancels what is bound for a hook that was deleted', async t => {
  const { engine, store, clock, hook } = await startTestEngine(t)
  const receiver = await startReceiver(t, (_, response) => response.writeHead(500).end())
  const made = await hook(receiver.url)
  await engine.publish([issueOpened()])
  await until(async () => (await attempts(store)).length === 1)
  await store.write(tx =>
    tx.updateTable('hooks').set({ deleted_at: clock.ms }).where('id', '=', made.id).execute(),
  )
  engine.hooksChanged(REPOSITORY)
  clock.ms += 10_000
  await inState(store, 'cancelled')
  assert.equal(receiver.received.length, 1)
})

test('cuts attempts short when it stops, and burns none of them', async t => {
  const { engine, store, hook } = await startTestEngine(t)
  const hanging = await startReceiver(t, () => {})
  await hook(hanging.url)
  await engine.publish(Array.from({ length: 25 }, () => issueOpened()))
  await hanging.got(10)
  await engine.stop(50)
  const rows = await deliveries(store)
  assert.ok(rows.every(({ state, attempts }) => state === 'pending' && attempts === 0))
  await assert.rejects(engine.publish([issueOpened()]), { code: 'unavailable' })
})

test('takes over a lease that its owner let lapse', async t => {
  const { engine, store, clock, hook } = await startTestEngine(t, false)
  const receiver = await startReceiver(t)
  const { id } = await hook(receiver.url)
  const dead = { owner: 'a node that died', nowMs: clock.ms, untilMs: clock.ms + 90_000 }
  await store.batch([
    {
      kind: 'insert',
      table: 'events',
      columns: ['account_id', 'id', 'guid', 'name', 'payload_bytes', 'created_at'],
      rows: [[ACCOUNT_ID, 1, 'g', 'issues', 2, clock.ms]],
    },
    {
      kind: 'insert',
      table: 'payloads',
      columns: ['account_id', 'event_id', 'body'],
      rows: [[ACCOUNT_ID, 1, Buffer.from('{}')]],
    },
    {
      kind: 'insert',
      table: 'deliveries',
      columns: [
        'account_id',
        'id',
        'hook_id',
        'event_id',
        'redelivery',
        'state',
        'attempts',
        'due_at',
        'lease_owner',
        'created_at',
      ],
      rows: [[ACCOUNT_ID, 2, id, 1, 0, 'leased', 0, dead.untilMs, dead.owner, clock.ms]],
    },
  ])
  engine.start()
  clock.ms = dead.untilMs + 1
  await receiver.got(1)
  await inState(store, 'delivered')
})

test('counts what is due after a restart without having seen it accepted', async t => {
  const { store, engine, clock, hook } = await startTestEngine(t)
  const receiver = await startReceiver(t, (_, response) => response.writeHead(500).end())
  await hook(receiver.url)
  await engine.publish([issueOpened(), issueOpened()])
  await until(async () => (await attempts(store)).length === 2)
  await engine.stop(1000)
  const next = new Engine({ store, sender: null as never, clock, log: null as never })
  next.start()
  await next.stop(1000)
  assert.equal(next.metrics.due.now(), 0)
  clock.ms += 6_000
  assert.equal(next.metrics.due.now(), 2)
})
