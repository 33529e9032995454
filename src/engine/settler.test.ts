import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { sql } from 'kysely'
import { createLog } from '../base/log.ts'
import type { Attempt } from '../delivery.ts'
import type { Claimed } from '../store/queue.ts'
import type { Store } from '../store/store.ts'
import { addDelivery, addEvent } from '../store/test-rows.ts'
import { openTestStore } from '../store/test-store.ts'
import { AttemptFeed } from './attempt-feed.ts'
import { createMetrics } from './metrics.ts'
import { type Settled, Settler } from './settler.ts'
import { TestClock } from './test-engine.ts'

const OWNER = 'this node'
const HOOK_ID = 3
const ENDLESS = { timeout: 20_000 }

test('tells of an attempt once it is durable, to whoever watches its hook', ENDLESS, async t => {
  const { store, settler, feed, leased } = await startSettler(t, 2)
  const told: number[] = []
  const unwatch = feed.watch(HOOK_ID, ({ attempt, settlement }) => {
    assert.equal(settlement.state, 'delivered')
    told.push(attempt.id)
    throw new Error('a watcher that fails')
  })
  feed.watch(HOOK_ID + 1, () => assert.fail('another hook’s'))
  settler.add(delivered(store, leased[0]!, { id: 11 }))
  await settler.drain()
  assert.deepEqual(told, [11])
  unwatch?.()
  settler.add(delivered(store, leased[1]!, { id: 12 }))
  await settler.drain()
  assert.deepEqual(told, [11])
})

test('has room for so many watchers of a hook', async t => {
  const { feed } = await startSettler(t, 0)
  const ends = Array.from({ length: 20 }, () => feed.watch(HOOK_ID, () => {}))
  assert.ok(ends.every(end => end !== undefined))
  assert.equal(
    feed.watch(HOOK_ID, () => {}),
    undefined,
  )
  ends[0]?.()
  ends[0]?.()
  assert.ok(feed.watch(HOOK_ID, () => {}))
  assert.equal(
    feed.watch(HOOK_ID, () => {}),
    undefined,
  )
})

async function startSettler(t: TestContext, count: number) {
  const clock = new TestClock()
  const store = await openTestStore(t, clock)
  const log = createLog('silent')
  const feed = new AttemptFeed(log)
  const settler = new Settler({ store, owner: OWNER, log, feed, metrics: createMetrics(clock) })
  t.after(() => settler.giveUp())
  const eventId = await addEvent(store)
  for (let n = 0; n < count; n++) await addDelivery(store, { hookId: HOOK_ID, eventId, state: 'pending' })
  const lease = { owner: OWNER, nowMs: clock.ms, untilMs: clock.ms + 90_000 }
  const leased = await store.claim([{ hookId: HOOK_ID, max: count, inOrder: false }], lease)
  return { store, settler, feed, leased }
}

function delivered(store: Store, delivery: Claimed, change: Partial<Attempt> = {}): Settled {
  const { accountId, id, eventId, hookId, guid, event, action, repositoryId, installationId, redelivery } =
    delivery
  return {
    settlement: {
      accountId,
      id,
      state: 'delivered',
      attempts: 1,
      dueAtMs: 1,
      settledAtMs: 1,
      reason: null,
    },
    attempt: {
      ...{ accountId, eventId, hookId, guid, event, action, repositoryId, installationId, redelivery },
      id: store.ids.next(),
      deliveryId: id,
      startedAt: new Date(0),
      tookMs: 1,
      status: 'OK',
      statusCode: 200,
      request: { url: 'http://127.0.0.1/', contentType: 'json', headers: [] },
      response: null,
      ...change,
    },
    done: () => {},
  }
}

async function states(store: Store): Promise<string[]> {
  const rows = await store.read.selectFrom('deliveries').select('state').orderBy('id').execute()
  return rows.map(({ state }) => state)
}

async function countAttempts(store: Store): Promise<number> {
  return (await store.read.selectFrom('attempts').select('id').execute()).length
}

/** No page more than there is: what needs one finds the disk full. */
async function fillDisk(store: Store): Promise<void> {
  await store.write(tx => sql`PRAGMA max_page_count = 1`.execute(tx))
}

async function freeDisk(store: Store): Promise<void> {
  await store.write(tx => sql`PRAGMA max_page_count = 1000000`.execute(tx))
}

// Larger than what may be free on the pages that there are.
const LARGE = { response: { headers: [], body: new Uint8Array(64 * 1024) } }

test('tries again until a disk that was full takes what came of an attempt', ENDLESS, async t => {
  const { store, settler, leased } = await startSettler(t, 1)
  let isDone = false
  await fillDisk(store)
  settler.add({
    ...delivered(store, leased[0]!, LARGE),
    done: () => {
      isDone = true
    },
  })
  await turn()
  // Behind it in the same line: when this has failed, so has that.
  await assert.rejects(
    store.write(tx =>
      tx
        .insertInto('payloads')
        .values({ account_id: 1, event_id: 99, body: new Uint8Array(64 * 1024) })
        .execute(),
    ),
    { code: 'unavailable' },
  )
  assert.ok(!isDone)
  await freeDisk(store)
  await settler.drain()
  assert.ok(isDone)
  assert.deepEqual(await states(store), ['delivered'])
  assert.equal(await countAttempts(store), 1)
})

test('leaves the lease to lapse when it is told to give up', ENDLESS, async t => {
  const { store, settler, leased } = await startSettler(t, 1)
  await fillDisk(store)
  settler.add(delivered(store, leased[0]!, LARGE))
  settler.giveUp()
  await settler.drain()
  assert.deepEqual(await states(store), ['leased'])
})

test(
  'settles what shares a commit with an attempt that can never be stored, and that one too',
  ENDLESS,
  async t => {
    const { store, settler, leased } = await startSettler(t, 5)
    let done = 0
    leased.forEach((delivery, index) => {
      const change = index === 2 ? { tookMs: Number.NaN } : {}
      settler.add({ ...delivered(store, delivery, change), done: () => done++ })
    })
    await settler.drain()
    assert.deepEqual(
      await states(store),
      Array.from({ length: 5 }, () => 'delivered'),
    )
    assert.equal(await countAttempts(store), 4)
    assert.equal(done, 5)
  },
)

test('settles the others when one can never be settled', ENDLESS, async t => {
  const { store, settler, leased } = await startSettler(t, 3)
  leased.forEach((delivery, index) => {
    const settled = delivered(store, delivery)
    const dueAtMs = index === 1 ? Number.NaN : 1
    settler.add({ ...settled, settlement: { ...settled.settlement, dueAtMs } })
  })
  await settler.drain()
  assert.deepEqual(await states(store), ['delivered', 'leased', 'delivered'])
})
