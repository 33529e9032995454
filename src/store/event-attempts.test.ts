import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Attempt } from '../delivery.ts'
import { listDeliveriesOf } from './delivery-list.ts'
import { listAttemptsOf } from './event-attempts.ts'
import { settleStatements } from './queue.ts'
import type { Store } from './store.ts'
import { addDelivery, addEvent } from './test-rows.ts'
import { openTestStore, plansOf } from './test-store.ts'

const HOOK = 5

test('finds failures, redirects and the success at the end, oldest first', async t => {
  const store = await openTestStore(t)
  const eventId = await addEvent(store)
  const made = await log(store, eventId, [500, 302, 504, 200])
  await log(store, await addEvent(store), [200, 500])
  assert.deepEqual(await find(store, eventId, made.length), made)
})

test('finds the success of a busy hook at the time when its delivery was settled', async t => {
  let nowMs = Date.UTC(2026, 10, 24, 12)
  const store = await openTestStore(t, { nowMs: () => nowMs, random: () => 0 })
  const eventId = await addEvent(store)
  // More than is looked at, between the event and its end.
  await log(store, await addEvent(store), Array(2100).fill(200))
  nowMs += 60_000
  const success = await log(store, eventId, [200])
  assert.deepEqual(await find(store, eventId, 1, nowMs), success)
})

test('finds nothing where nothing was attempted, and asks nothing for it', async t => {
  const store = await openTestStore(t)
  const eventId = await addEvent(store)
  await addDelivery(store, { hookId: HOOK, eventId, state: 'pending' })
  const deliveries = await listDeliveriesOf(store.read, HOOK, eventId)
  assert.equal(await plansOf(store.read, db => listAttemptsOf(db, HOOK, eventId, deliveries)), '')
})

async function find(store: Store, eventId: number, attempts: number, settledAtMs = Date.now()) {
  await addDelivery(store, { hookId: HOOK, eventId, state: 'delivered', attempts, settledAtMs })
  const deliveries = await listDeliveriesOf(store.read, HOOK, eventId)
  return (await listAttemptsOf(store.read, HOOK, eventId, deliveries)).map(({ id }) => id)
}

/** Gives the identifiers. */
async function log(store: Store, eventId: number, codes: readonly number[]): Promise<number[]> {
  const attempts = codes.map(
    (statusCode): Attempt => ({
      accountId: 1,
      id: store.ids.next(),
      deliveryId: 1,
      eventId,
      hookId: HOOK,
      guid: 'g',
      event: 'push',
      action: null,
      repositoryId: null,
      installationId: null,
      redelivery: false,
      startedAt: new Date(0),
      tookMs: 5,
      status: 'x',
      statusCode,
      request: { url: 'https://example.com/', contentType: 'json', headers: [] },
      response: null,
    }),
  )
  await store.batch(settleStatements('nobody', [], attempts))
  return attempts.map(({ id }) => id)
}
