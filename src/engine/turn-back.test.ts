import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { findEventByGuid } from '../store/event-search.ts'
import { addDelivery, addEvent } from '../store/test-rows.ts'
import { HookCache } from './hook-cache.ts'
import { createMetrics } from './metrics.ts'
import { issueOpened, startReceiver, startTestEngine, until } from './test-engine.ts'
import { replan, wasTurnedBack } from './turn-back.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
// A minute, and its jitter of a fifth.
const AFTER_ONE_MS = 72_000

async function startPlans(t: TestContext) {
  const { store, clock, hook, engine } = await startTestEngine(t, false)
  const metrics = createMetrics(clock)
  const options = { store, clock, metrics, hooks: new HookCache(store) }
  const { id: hookId } = await hook('http://127.0.0.1:9/')
  const eventId = await addEvent(store, { createdAtMs: clock.ms })
  return {
    ...{ store, clock, engine, metrics, options, hookId },
    replan: () => replan(options, new AbortController().signal),
    add: (attempts: number, dueAtMs: number, state: 'pending' | 'leased' = 'pending') =>
      addDelivery(store, { hookId, eventId, state, attempts, dueAtMs }),
    async dueIn() {
      const rows = await store.read.selectFrom('deliveries').select('due_at').orderBy('id').execute()
      return rows.map(row => row.due_at - clock.ms)
    },
  }
}

test('makes due what was due before the clock was turned back', async t => {
  const { add, clock, replan, dueIn } = await startPlans(t)
  await add(0, clock.ms)
  clock.ms -= DAY_MS
  await replan()
  assert.deepEqual(await dueIn(), [0])
})

test('lets nothing wait for longer than its schedule, and leaves what does not', async t => {
  const { add, clock, replan, dueIn } = await startPlans(t)
  await add(1, clock.ms + 5000)
  await add(5, clock.ms + 2 * HOUR_MS)
  clock.ms -= DAY_MS
  await add(1, clock.ms + 5000)
  await add(5, clock.ms + 2 * HOUR_MS)
  await replan()
  const planned = [AFTER_ONE_MS, 2.4 * HOUR_MS, 5000, 2 * HOUR_MS]
  assert.deepEqual(await dueIn(), planned)
  await replan()
  assert.deepEqual(await dueIn(), planned, 'and doing it twice is doing it once')
})

test('ends a lease no later than one that is given now', async t => {
  const { add, clock, replan, dueIn } = await startPlans(t)
  await add(0, clock.ms + 90_000, 'leased')
  clock.ms -= DAY_MS
  await add(0, clock.ms + 1000, 'leased')
  await replan()
  assert.deepEqual(await dueIn(), [90_000, 1000])
})

test('plans more than one commit takes', async t => {
  const { add, clock, replan, dueIn, metrics } = await startPlans(t)
  const count = 1001
  metrics.due.add(clock.ms + 1000, count)
  await Promise.all(Array.from({ length: count }, () => add(0, clock.ms + 1000)))
  await replan()
  assert.deepEqual(new Set(await dueIn()), new Set([0]))
  assert.equal(metrics.due.now(), count)
})

test('knows by what was stored last that the clock was turned back', async t => {
  const { clock, options } = await startPlans(t)
  assert.equal(await wasTurnedBack(options), false)
  clock.ms -= HOUR_MS
  assert.equal(await wasTurnedBack(options), true)
})

test('finds an event by its GUID although the clock was turned back before it', async t => {
  const { engine, store, clock } = await startPlans(t)
  await engine.publish([issueOpened()])
  clock.ms -= DAY_MS
  const [accepted] = await engine.publish([issueOpened()])
  assert.equal((await findEventByGuid(store.read, accepted!.guid))?.id, accepted?.id)
})

test('sends again what failed while the clock was a day ahead', async t => {
  const { engine, store, clock, hook } = await startTestEngine(t)
  const waits = async () => {
    const row = await store.read.selectFrom('deliveries').select(['state', 'due_at']).executeTakeFirst()
    return row?.state === 'pending' ? row.due_at - clock.ms : undefined
  }
  const receiver = await startReceiver(t, (_, response) => {
    response.statusCode = receiver.received.length === 1 ? 500 : 200
    response.end()
  })
  await hook(receiver.url)
  clock.ms += DAY_MS
  await engine.publish([issueOpened()])
  await receiver.got(1)
  await until(async () => (await waits()) === 5000)
  clock.ms -= DAY_MS
  await until(async () => (await waits()) === AFTER_ONE_MS)
  clock.ms += AFTER_ONE_MS
  await receiver.got(2)
})
