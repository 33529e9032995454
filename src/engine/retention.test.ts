import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog } from '../base/log.ts'
import { pause } from '../base/pause.ts'
import type { Database } from '../store/schema.ts'
import { createSession } from '../store/sessions.ts'
import { addDelivery, addEvent, addSkip, openBreaker } from '../store/test-rows.ts'
import { openTestStore } from '../store/test-store.ts'
import { endOf, Retention } from './retention.ts'
import { TestClock } from './test-engine.ts'

const ROWS_ACCOUNT_ID = 1
const HOOK = 3
const DAY_MS = 24 * 60 * 60 * 1000

async function startTest(t: Parameters<typeof openTestStore>[0]) {
  const clock = new TestClock()
  const store = await openTestStore(t, clock)
  const retention = new Retention({ store, clock, log: createLog('silent') })
  const count = async (table: keyof Database) =>
    Number(
      (
        await store.read
          .selectFrom(table)
          .select(({ fn }) => fn.countAll().as('n'))
          .execute()
      )[0]?.n,
    )
  const attempt = (eventId: number) =>
    store.write(tx =>
      tx
        .insertInto('attempts')
        .values({
          account_id: ROWS_ACCOUNT_ID,
          id: store.ids.next(),
          delivery_id: 1,
          event_id: eventId,
          hook_id: HOOK,
          guid: 'g',
          event: 'issues',
          action: null,
          repository_id: null,
          redelivery: 0,
          started_at: clock.ms,
          took_ms: 1,
          status: 'OK',
          status_code: 200,
          url: 'http://example.com',
          content_type: 'json',
          request_headers: '[]',
          response_headers: '[]',
          response_body: new Uint8Array([1]),
        })
        .execute(),
    )
  const settled = async () => {
    const eventId = await addEvent(store, { createdAtMs: clock.ms })
    await addDelivery(store, { hookId: HOOK, eventId, state: 'delivered', settledAtMs: clock.ms })
    await addSkip(store, HOOK + 1, eventId)
    await attempt(eventId)
    return eventId
  }
  const deletedHook = async (change: { state?: 'pending' | 'leased' | 'held' | 'delivered' }) => {
    const { id } = await store.write(tx =>
      tx
        .insertInto('hooks')
        .values({
          account_id: ROWS_ACCOUNT_ID,
          target_kind: 'repository',
          target_id: 7,
          active: 1,
          events: '["*"]',
          url: 'http://example.com',
          content_type: 'json',
          secret: new Uint8Array([1]),
          secret_key_id: 'k',
          insecure_ssl: 0,
          created_at: 0,
          updated_at: 0,
          deleted_at: clock.ms,
        })
        .returning('id')
        .executeTakeFirstOrThrow(),
    )
    const { state } = change
    if (state)
      await addDelivery(store, { hookId: id, eventId: 1, state, dueAtMs: clock.ms, settledAtMs: clock.ms })
    return id
  }
  return { clock, store, retention, count, settled, deletedHook }
}

test('drops payloads and response bodies after seven days, and keeps the log', async t => {
  const { clock, store, retention, count, settled } = await startTest(t)
  await settled()
  clock.ms += 2 * DAY_MS
  const young = await settled()
  clock.ms += 5 * DAY_MS + 1
  await retention.sweepOnce()

  const payloads = await store.read.selectFrom('payloads').select('event_id').execute()
  assert.deepEqual(payloads, [{ event_id: young }])
  const bodies = await store.read.selectFrom('attempts').select('response_body').orderBy('id').execute()
  assert.deepEqual(
    bodies.map(row => row.response_body === null),
    [true, false],
  )
  assert.deepEqual([await count('events'), await count('deliveries'), await count('skips')], [2, 2, 2])
})

test('drops all that is settled after thirty days', async t => {
  const { clock, retention, count, settled } = await startTest(t)
  for (let n = 0; n < 3; n++) await settled()
  clock.ms += 30 * DAY_MS + 1
  await retention.sweepOnce()
  for (const table of ['events', 'payloads', 'deliveries', 'attempts', 'skips'] as const)
    assert.equal(await count(table), 0, table)
})

for (const state of ['pending', 'leased', 'held'] as const) {
  test(`never drops what is ${state}, nor its payload, until it is settled`, async t => {
    const { clock, store, retention, count } = await startTest(t)
    const eventId = await addEvent(store)
    await addDelivery(store, { hookId: HOOK, eventId, state: 'delivered', settledAtMs: clock.ms })
    await addDelivery(store, { hookId: HOOK, eventId, state })
    await addSkip(store, HOOK + 1, eventId)
    clock.ms += 90 * DAY_MS
    await retention.sweepOnce()
    const counts = async () => [await count('events'), await count('payloads'), await count('deliveries')]
    assert.deepEqual(await counts(), [1, 1, 2])
    assert.equal(await count('skips'), 1)

    const settledAt = { state: 'delivered', settled_at: clock.ms } as const
    await store.write(tx => tx.updateTable('deliveries').set(settledAt).execute())
    clock.ms += DAY_MS
    await retention.sweepOnce()
    assert.deepEqual(await counts(), [1, 0, 2])
    clock.ms += 30 * DAY_MS
    await retention.sweepOnce()
    assert.deepEqual(await counts(), [0, 0, 0])
  })
}

test('goes on through more than one transaction holds', async t => {
  const { clock, store, retention, count } = await startTest(t)
  const ids = Array.from({ length: 1201 }, () => store.ids.next())
  await store.batch([
    {
      kind: 'insert',
      table: 'payloads',
      columns: ['account_id', 'event_id', 'body'],
      rows: ids.map(id => [ROWS_ACCOUNT_ID, id, new Uint8Array([1])]),
    },
  ])
  clock.ms += 8 * DAY_MS
  await retention.sweepOnce()
  assert.equal(await count('payloads'), 0)
})

test('takes as many rows at a time as their cost allows, and at least one', () => {
  const rows = [1, 2, 3].map(id => ({ id, cost: 4 }))
  assert.deepEqual(
    [0, 4, 8, 11, 12].map(costMax => endOf(rows, costMax)),
    [1, 1, 2, 2, 3],
  )
  assert.equal(endOf([], 9), undefined)
})

test('drops a deleted hook with its secret and its breaker, not before all of its deliveries are settled', async t => {
  const { clock, store, retention, count, deletedHook } = await startTest(t)
  const over = await deletedHook({ state: 'delivered' })
  await openBreaker(store, over, clock.ms, clock.ms)
  await deletedHook({})
  const kept = [
    await deletedHook({ state: 'pending' }),
    await deletedHook({ state: 'leased' }),
    await deletedHook({ state: 'held' }),
  ]
  clock.ms += DAY_MS
  await retention.sweepOnce()
  const left = await store.read.selectFrom('hooks').select('id').orderBy('id').execute()
  assert.deepEqual(
    left.map(({ id }) => id),
    kept,
  )
  assert.deepEqual([await count('breakers'), await count('hook_changes')], [0, 0])
})

test('drops what changed about a hook after ninety days', async t => {
  const { clock, store, retention, count } = await startTest(t)
  await openBreaker(store, HOOK, clock.ms, clock.ms)
  clock.ms += 90 * DAY_MS
  await retention.sweepOnce()
  assert.equal(await count('hook_changes'), 1)
  clock.ms += 1
  await retention.sweepOnce()
  assert.equal(await count('hook_changes'), 0)
})

test('drops sessions that have expired', async t => {
  const { clock, store, retention, count } = await startTest(t)
  await store.write(async tx => {
    const account = { type: 'User', login: 'a', login_key: 'a', created_at: 0, updated_at: 0 } as const
    await tx
      .insertInto('accounts')
      .values({ ...account, id: 1, site_admin: 0 })
      .execute()
    await createSession(tx, 1, clock.ms)
  })
  clock.ms += 13 * DAY_MS
  await retention.sweepOnce()
  assert.equal(await count('sessions'), 1)
  clock.ms += DAY_MS
  await retention.sweepOnce()
  assert.equal(await count('sessions'), 0)
})

test('stops in the middle of its wait', async t => {
  const { retention } = await startTest(t)
  retention.start()
  await retention.stop()
  await retention.stop()
})

test('takes less at once where that takes long, and remembers it for the next round', async t => {
  const { clock, store, settled } = await startTest(t)
  const pieces: number[] = []
  const slow = {
    ...store,
    async write<T>(change: Parameters<typeof store.write<T>>[0]): Promise<T> {
      const dropped = await store.write(change)
      // Longer than a piece is meant to take; what finds nothing is quick.
      if (Number(dropped) > 0) await pause(40)
      if (Number(dropped) > 0) pieces.push(Number(dropped))
      return dropped
    },
  }
  const retention = new Retention({ store: slow, clock, log: createLog('silent') })
  const round = async () => {
    for (let index = 0; index < 120; index++) await settled()
    clock.ms += 40 * DAY_MS
    pieces.length = 0
    await retention.sweepOnce()
    return { first: pieces[0] ?? 0, least: Math.min(...pieces) }
  }
  const { first, least } = await round()
  assert.ok(least < first / 2, `${least} of ${first}`)
  assert.ok((await round()).first < first / 2)
})
