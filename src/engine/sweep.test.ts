import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { WatchedClock } from '../base/clock.ts'
import { createLog } from '../base/log.ts'
import { createGuard } from '../egress/address.ts'
import { createSender } from '../egress/send.ts'
import { Secret } from '../secret.ts'
import { createHook } from '../store/hooks.ts'
import { addDelivery, addEvent, openBreaker } from '../store/test-rows.ts'
import { openTestStore } from '../store/test-store.ts'
import { AttemptFeed } from './attempt-feed.ts'
import { Breakers } from './breakers.ts'
import { ForwarderLines } from './forwarder-lines.ts'
import { HookCache } from './hook-cache.ts'
import { InstallationCache } from './installation-cache.ts'
import { createMetrics } from './metrics.ts'
import { Sweep } from './sweep.ts'
import { ACCOUNT_ID, REPOSITORY, startReceiver, TestClock, until } from './test-engine.ts'
import { Worker } from './worker.ts'

const DAY_MS = 24 * 3_600_000
const LEASE_MS = 90_000

/** A sweep that is driven by hand, over a worker with all that it needs. */
async function startSweep(t: TestContext) {
  const clock = new TestClock()
  const store = await openTestStore(t, clock)
  const sender = createSender({
    guard: createGuard({ allowNetworks: ['127.0.0.0/8'], allowPrivateNetworks: false }),
  })
  const log = createLog('silent')
  const metrics = createMetrics(clock)
  const breakers = new Breakers({ store, clock, log })
  const forwarders = new ForwarderLines()
  const hooks = new HookCache(store)
  const shared = { store, sender, hooks, breakers, forwarders, metrics, clock, log, owner: 'us' }
  const worker = new Worker({
    ...shared,
    installations: new InstallationCache(store),
    feed: new AttemptFeed(log),
    userAgent: 'GitHub-Hookshot/0000000',
  })
  t.after(async () => {
    await worker.stop(50)
    await sender.close()
  })
  return {
    ...{
      clock,
      store,
      breakers,
      metrics,
      worker,
      sweep: new Sweep({ ...shared, clock: new WatchedClock(clock), worker }),
    },
    async hook(url: string, active = true): Promise<number> {
      const now = new Date(clock.ms)
      const { id } = await store.write(tx =>
        createHook(tx, store.vault, {
          accountId: ACCOUNT_ID,
          target: REPOSITORY,
          active,
          events: ['issues'],
          config: { url, contentType: 'json', secret: new Secret('s3cret'), insecureSsl: false },
          createdAt: now,
          updatedAt: now,
        }),
      )
      return id
    },
    rows: () =>
      store.read
        .selectFrom('deliveries')
        .select(['state', 'reason', 'due_at', 'lease_owner'])
        .orderBy('id')
        .execute(),
  }
}

type TestSweep = Awaited<ReturnType<typeof startSweep>>

/** A delivery of ours that is under way to a receiver that does not answer until it is told to. */
async function startHanging(t: TestContext, { hook, store, worker, clock }: TestSweep) {
  let letGo = () => {}
  const held = new Promise<void>(resolve => {
    letGo = resolve
  })
  const receiver = await startReceiver(t, (_, response) => void held.then(() => response.end()))
  const hookId = await hook(receiver.url)
  await addDelivery(store, { hookId, eventId: await addEvent(store), state: 'pending', dueAtMs: clock.ms })
  worker.wake(hookId)
  await receiver.got(1)
  return { receiver, letGo }
}

/** A hook whose breaker is open, and a delivery behind it that was due so long ago. */
async function keepBack({ hook, store, breakers, clock }: TestSweep, agoMs: number): Promise<void> {
  const hookId = await hook('http://127.0.0.1:9/')
  await openBreaker(store, hookId, clock.ms, clock.ms + 30_000)
  await breakers.load()
  await addDelivery(store, {
    ...{ hookId, eventId: await addEvent(store), state: 'pending' },
    dueAtMs: clock.ms - agoMs,
  })
}

async function hold({ store, clock }: TestSweep, hookId: number, agoMs = 0): Promise<void> {
  const eventId = await addEvent(store)
  await addDelivery(store, { hookId, eventId, state: 'held', dueAtMs: clock.ms - agoMs, reason: 'inactive' })
}

test('wakes what is due, and leaves what is not', async t => {
  const house = await startSweep(t)
  const { sweep, hook, store, clock } = house
  const receiver = await startReceiver(t)
  const hookId = await hook(receiver.url)
  const eventId = await addEvent(store, { createdAtMs: clock.ms })
  await addDelivery(store, { hookId, eventId, state: 'pending', dueAtMs: clock.ms })
  await addDelivery(store, { hookId, eventId, state: 'pending', dueAtMs: clock.ms + 1 })
  await sweep.sweepOnce()
  await until(async () => (await house.rows())[0]?.state === 'delivered')
  assert.equal((await house.rows())[1]?.state, 'pending')
})

test('renews a lease before it lapses, and not before it must', async t => {
  const house = await startSweep(t)
  await startHanging(t, house)
  const { sweep, clock } = house
  const leasedMs = clock.ms
  for (const [afterMs, endsMs] of [
    [0, LEASE_MS],
    [16_000, 16_000 + LEASE_MS],
    // Renewed within the last period: that can wait for the next.
    [31_000, 16_000 + LEASE_MS],
    [80_000, 80_000 + LEASE_MS],
  ] as const) {
    clock.ms = leasedMs + afterMs
    await sweep.sweepOnce()
    assert.equal((await house.rows())[0]?.due_at, leasedMs + endsMs)
  }
})

test('keeps its leases, and sends nothing twice, when the clock jumps past their end', async t => {
  const house = await startSweep(t)
  const { sweep, clock, store, worker, hook } = house
  const hanging = await startHanging(t, house)
  const healthy = await startReceiver(t)
  const hookId = await hook(healthy.url)
  await sweep.sweepOnce()
  clock.ms += DAY_MS
  await addDelivery(store, { hookId, eventId: await addEvent(store), state: 'pending', dueAtMs: clock.ms })
  await sweep.sweepOnce()
  assert.equal((await house.rows())[0]?.due_at, clock.ms + LEASE_MS)
  // Woken by the same sweep: what is sent twice is under way by now.
  await healthy.got(1)
  hanging.letGo()
  await worker.stop(1000)
  assert.equal(hanging.receiver.received.length, 1)
  assert.equal((await house.rows())[0]?.state, 'delivered')
})

test('goes on renewing when the clock was turned back', async t => {
  const house = await startSweep(t)
  const { sweep, clock } = house
  await sweep.sweepOnce()
  clock.ms -= DAY_MS
  await startHanging(t, house)
  clock.ms += 20_000
  await sweep.sweepOnce()
  assert.equal((await house.rows())[0]?.due_at, clock.ms + LEASE_MS)
})

test('sends what another let lapse, and leaves what another still holds', async t => {
  const house = await startSweep(t)
  const { sweep, hook, store, clock } = house
  const receiver = await startReceiver(t)
  const hookId = await hook(receiver.url)
  const eventId = await addEvent(store)
  await addDelivery(store, { hookId, eventId, state: 'leased', dueAtMs: clock.ms })
  await addDelivery(store, { hookId, eventId, state: 'leased', dueAtMs: clock.ms + 1 })
  await sweep.sweepOnce()
  await until(async () => (await house.rows())[0]?.state === 'delivered')
  assert.equal((await house.rows())[1]?.state, 'leased')
})

test('gives up what an open breaker has kept back for more than three days', async t => {
  const house = await startSweep(t)
  await keepBack(house, 3 * DAY_MS + 1)
  house.metrics.due.add(house.clock.ms)
  await house.sweep.sweepOnce()
  const [row] = await house.rows()
  assert.deepEqual([row?.state, row?.reason], ['exhausted', 'too_old'])
  assert.equal(house.metrics.due.now(), 0)
})

test('keeps what an open breaker has kept back for three days', async t => {
  const house = await startSweep(t)
  await keepBack(house, 3 * DAY_MS)
  await house.sweep.sweepOnce()
  assert.equal((await house.rows())[0]?.state, 'pending')
})

test('sends what is as old, but kept back by no breaker', async t => {
  const house = await startSweep(t)
  const { sweep, hook, store, clock } = house
  await keepBack(house, 4 * DAY_MS)
  const receiver = await startReceiver(t)
  await addDelivery(store, {
    ...{ hookId: await hook(receiver.url), eventId: await addEvent(store), state: 'pending' },
    dueAtMs: clock.ms - 4 * DAY_MS,
  })
  await sweep.sweepOnce()
  const open = new Set(['pending', 'leased'])
  await until(async () => (await house.rows()).every(({ state }) => !open.has(state)))
  assert.deepEqual(
    (await house.rows()).map(({ state }) => state),
    ['exhausted', 'delivered'],
  )
})

test('gives up what was held for more than three days, and nothing younger', async t => {
  const house = await startSweep(t)
  const { hook, sweep, metrics } = house
  const hookId = await hook('http://127.0.0.1:9/', false)
  await hold(house, hookId, 3 * DAY_MS + 1)
  await hold(house, hookId, 3 * DAY_MS)
  metrics.held.inc(2)
  await sweep.sweepOnce()
  const rows = await house.rows()
  assert.deepEqual(
    rows.map(({ state, reason }) => [state, reason]),
    [
      ['exhausted', 'too_old'],
      ['held', 'inactive'],
    ],
  )
  assert.equal((await metrics.held.get()).values[0]?.value, 1)
})

test('sends what is held although its hook is active', async t => {
  const house = await startSweep(t)
  const receiver = await startReceiver(t)
  await hold(house, await house.hook(receiver.url))
  house.metrics.held.inc()
  await house.sweep.sweepOnce()
  await receiver.got(1)
  await until(async () => (await house.rows())[0]?.state === 'delivered')
  assert.equal((await house.metrics.held.get()).values[0]?.value, 0)
})

test('cancels what is held for a hook that is deleted', async t => {
  const house = await startSweep(t)
  const { hook, store, clock, sweep } = house
  const hookId = await hook('http://127.0.0.1:9/', false)
  await hold(house, hookId)
  await store.write(tx =>
    tx.updateTable('hooks').set({ deleted_at: clock.ms }).where('id', '=', hookId).execute(),
  )
  await sweep.sweepOnce()
  assert.equal((await house.rows())[0]?.state, 'cancelled')
})
