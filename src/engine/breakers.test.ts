import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createLog } from '../base/log.ts'
import type { Outcome } from '../delivery.ts'
import { listOpenBreakers } from '../store/breakers.ts'
import { addDelivery, addEvent, openBreaker } from '../store/test-rows.ts'
import { openTestStore } from '../store/test-store.ts'
import { Breakers } from './breakers.ts'
import { startReceiver, startTestEngine, TestClock, until } from './test-engine.ts'

const ACCOUNT_ID = 1
const HOOK_ID = 3
const refused: Outcome = { kind: 'unreachable', code: 'ECONNREFUSED', reason: 'refused', tookMs: 1 }
const fine: Outcome = {
  kind: 'answered',
  status: 200,
  headers: [],
  body: new Uint8Array(),
  truncated: false,
  tookMs: 1,
}

async function startBreakers(t: TestContext) {
  const clock = new TestClock()
  const store = await openTestStore(t, clock)
  const breakers = new Breakers({ store, clock, log: createLog('silent') })
  const fail = () => Array.from({ length: 10 }, () => breakers.record(ACCOUNT_ID, HOOK_ID, refused)).at(-1)
  return { clock, store, breakers, fail }
}

test('opens, probes and closes by what came of the attempts', async t => {
  const { breakers, clock, fail } = await startBreakers(t)
  assert.equal(breakers.gateOf(HOOK_ID), 'closed')
  assert.equal(fail(), 'opened')
  assert.equal(breakers.gateOf(HOOK_ID), 'open')
  clock.ms += 30_000
  assert.equal(breakers.gateOf(HOOK_ID), 'probing')
  assert.equal(breakers.record(ACCOUNT_ID, HOOK_ID, fine), 'closed')
  assert.equal(breakers.gateOf(HOOK_ID), 'closed')
})

test('stays open over a restart, with the probes that failed', async t => {
  const { breakers, store, clock, fail } = await startBreakers(t)
  fail()
  clock.ms += 30_000
  breakers.record(ACCOUNT_ID, HOOK_ID, refused)
  await until(async () => (await listOpenBreakers(store.read)).get(HOOK_ID)?.failedProbes === 1)

  const next = new Breakers({ store, clock, log: createLog('silent') })
  await next.load()
  clock.ms += 59_999
  assert.equal(next.gateOf(HOOK_ID), 'open')
  clock.ms += 1
  assert.equal(next.gateOf(HOOK_ID), 'probing')
})

test('is closed over a restart when it was closed by hand', async t => {
  const { breakers, store, clock, fail } = await startBreakers(t)
  fail()
  await until(async () => (await listOpenBreakers(store.read)).size === 1)
  breakers.close(ACCOUNT_ID, HOOK_ID, 'mended')
  await until(async () => (await listOpenBreakers(store.read)).size === 0)
  const next = new Breakers({ store, clock, log: createLog('silent') })
  await next.load()
  assert.equal(next.gateOf(HOOK_ID), 'closed')
})

/** An engine that has not begun; one hook behind an open breaker, and a healthy one behind it. */
async function startBehindBreaker(t: TestContext, probeInMs: number) {
  const house = await startTestEngine(t, false)
  const { store, clock } = house
  let letGo = () => {}
  const held = new Promise<void>(resolve => {
    letGo = resolve
  })
  const broken = await startReceiver(t, (_, response) => void held.then(() => response.end()))
  const healthy = await startReceiver(t)
  const first = await house.hook(broken.url)
  const second = await house.hook(healthy.url)
  await openBreaker(store, first.id, clock.ms, clock.ms + probeInMs)
  const eventId = await addEvent(store)
  for (const hookId of [first.id, first.id, first.id, second.id])
    await addDelivery(store, { hookId, eventId, state: 'pending', dueAtMs: clock.ms })
  return { ...house, broken, healthy, letGo }
}

test('sends nothing behind a breaker that was open before the start', async t => {
  const { engine, broken, healthy, letGo } = await startBehindBreaker(t, 30_000)
  letGo()
  engine.start()
  await healthy.got(1)
  await engine.stop(1000)
  assert.equal(broken.received.length, 0)
})

test('sends one delivery as a probe, and the others once it got through', async t => {
  const { engine, store, broken, healthy, letGo } = await startBehindBreaker(t, 0)
  engine.start()
  await Promise.all([broken.got(1), healthy.got(1)])
  await until(async () => (await countIn('delivered')) === 1)
  assert.equal(broken.received.length, 1)
  assert.equal(await countIn('leased'), 1)
  letGo()
  await broken.got(3)
  await until(async () => (await countIn('delivered')) === 4)

  async function countIn(state: 'leased' | 'delivered'): Promise<number> {
    const rows = await store.read.selectFrom('deliveries').select('id').where('state', '=', state).execute()
    return rows.length
  }
})
