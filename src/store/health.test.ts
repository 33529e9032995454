import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lowestIdAt } from '../base/id.ts'
import { countQueued, findNextDue, findOpenBreaker, openBreakersOf, sampleAttempts } from './health.ts'
import { listHookChanges } from './hook-changes.ts'
import { settleStatements } from './queue.ts'
import type { Store } from './store.ts'
import { addDelivery, addEvent, openBreaker } from './test-rows.ts'
import { openTestStore, plansOf } from './test-store.ts'

const HOOK = 5
const NOON_MS = Date.UTC(2026, 10, 24, 12)

test('samples the latest attempts since a time, newest first, and no more than asked', async t => {
  const store = await openTestStore(t)
  for (const minutes of [0, 10, 20, 30]) await logAttempt(store, NOON_MS + minutes * 60_000, 200 + minutes)
  const codes = async (sinceMs: number, limit: number) =>
    (await sampleAttempts(store.read, HOOK, { sinceMs, limit })).map(({ statusCode }) => statusCode)
  assert.deepEqual(await codes(NOON_MS + 10 * 60_000, 9), [230, 220, 210])
  assert.deepEqual(await codes(0, 2), [230, 220])
  const between = { sinceMs: NOON_MS, untilMs: NOON_MS + 20 * 60_000, limit: 9 }
  const sampled = await sampleAttempts(store.read, HOOK, between)
  assert.deepEqual(
    sampled.map(({ statusCode }) => statusCode),
    [210, 200],
  )
  assert.deepEqual(await sampleAttempts(store.read, HOOK + 1, { sinceMs: 0, limit: 9 }), [])
})

test('counts no further than asked, and only what is due when that is asked', async t => {
  const store = await openTestStore(t)
  const eventId = await addEvent(store)
  for (const dueAtMs of [1, 2, 3, 900])
    await addDelivery(store, { hookId: HOOK, eventId, state: 'pending', dueAtMs })
  await addDelivery(store, { hookId: HOOK, eventId, state: 'held' })
  const count = (limit: number, dueByMs?: number) =>
    countQueued(store.read, HOOK, 'pending', { limit, ...(dueByMs !== undefined && { dueByMs }) })
  assert.deepEqual([await count(10), await count(2), await count(10, 2)], [4, 2, 2])
  assert.equal(await countQueued(store.read, HOOK, 'held', { limit: 10 }), 1)
  assert.equal(await countQueued(store.read, HOOK, 'exhausted', { limit: 10 }), 0)
  assert.deepEqual(await findNextDue(store.read, HOOK, 3), new Date(900))
  assert.equal(await findNextDue(store.read, HOOK, 900), null)
})

test('tells since when a breaker is open, when it is probed, and why', async t => {
  const store = await openTestStore(t)
  await openBreaker(store, HOOK, 1000, 2000)
  assert.deepEqual(await findOpenBreaker(store.read, HOOK), {
    openedAt: new Date(1000),
    probeAt: new Date(2000),
    failedProbes: 2,
    reason: 'It failed.',
  })
  assert.equal(await findOpenBreaker(store.read, HOOK + 1), null)
  assert.deepEqual([...(await openBreakersOf(store.read, [HOOK, HOOK + 1])).keys()], [HOOK])
  assert.deepEqual(await listHookChanges(store.read, HOOK, 9), [
    { at: new Date(1000), change: 'opened', reason: 'It failed.' },
  ])
})

test('reads a bounded piece of an index for each question', async t => {
  const { read } = await openTestStore(t)
  const plans = [
    await plansOf(read, db => sampleAttempts(db, HOOK, { sinceMs: NOON_MS, limit: 9 })),
    await plansOf(read, db => countQueued(db, HOOK, 'pending', { limit: 9, dueByMs: 1 })),
    await plansOf(read, db => sampleAttempts(db, HOOK, { sinceMs: NOON_MS, untilMs: NOON_MS + 1, limit: 9 })),
    await plansOf(read, db => countQueued(db, HOOK, 'exhausted', { limit: 9 })),
    await plansOf(read, db => findNextDue(db, HOOK, 1)),
    await plansOf(read, db => openBreakersOf(db, [HOOK])),
    await plansOf(read, db => listHookChanges(db, HOOK, 9)),
  ]
  // `some` is what was found, at most as many as asked.
  for (const plan of plans) assert.doesNotMatch(plan, /SCAN (?!some)|TEMP B-TREE/)
  assert.match(plans[2] ?? '', /INDEX attempts_by_hook \(hook_id=\? AND id>\? AND id<\?\)/)
  assert.match(plans[1] ?? '', /COVERING INDEX deliveries_pending \(hook_id=\? AND due_at<\?\)/)
})

async function logAttempt(store: Store, atMs: number, statusCode: number): Promise<void> {
  const attempt = {
    accountId: 1,
    id: lowestIdAt(atMs),
    deliveryId: 1,
    eventId: 1,
    hookId: HOOK,
    guid: 'g',
    event: 'push',
    action: null,
    repositoryId: null,
    installationId: null,
    redelivery: false,
    startedAt: new Date(atMs),
    tookMs: 5,
    status: 'OK',
    statusCode,
    request: { url: 'https://example.com/', contentType: 'json', headers: [] },
    response: null,
  } as const
  await store.batch(settleStatements('nobody', [], [attempt]))
}
