import assert from 'node:assert/strict'
import { test } from 'node:test'
import { latestDeliveriesOf, listDeliveriesOf, listQueued, type QueueState } from './delivery-list.ts'
import { findSkip, listSkips, skipsOf } from './skips.ts'
import type { Store } from './store.ts'
import { addDelivery, addEvent, addSkip } from './test-rows.ts'
import { openTestStore, plansOf } from './test-store.ts'

const HOOK = 5

test('lists what is pending as it falls due, page by page', async t => {
  const store = await openTestStore(t)
  const ids: number[] = []
  for (const dueAtMs of [30, 10, 20, 10]) ids.push(await deliver(store, 'pending', dueAtMs))
  const [at30, first10, at20, second10] = ids
  const dueOrder = [first10, second10, at20, at30]

  const all = await listQueued(store.read, HOOK, 'pending', { limit: 9 })
  assert.deepEqual(idsOf(all), dueOrder)
  for (const [index, { delivery }] of all.entries()) {
    const after = { dueAtMs: delivery.dueAt.getTime(), id: delivery.id }
    const next = await listQueued(store.read, HOOK, 'pending', { after, limit: 9 })
    assert.deepEqual(idsOf(next), dueOrder.slice(index + 1))
  }
})

test('lists what is held and what was given up newest first, with its event', async t => {
  const store = await openTestStore(t)
  for (const state of ['held', 'exhausted'] as const) {
    const ids = [await deliver(store, state), await deliver(store, state), await deliver(store, state)]
    assert.deepEqual(idsOf(await listQueued(store.read, HOOK, state, { limit: 2 })), [ids[2], ids[1]])
    const [last, ...more] = await listQueued(store.read, HOOK, state, {
      after: { dueAtMs: 0, id: ids[1]! },
      limit: 2,
    })
    assert.deepEqual([last?.delivery.id, more.length], [ids[0], 0])
    assert.deepEqual([last?.event.name, last?.event.repositoryId], ['issues', 7])
  }
})

test('lists nothing of another hook, nor of another state', async t => {
  const store = await openTestStore(t)
  await deliver(store, 'pending')
  for (const state of ['held', 'exhausted'] as const) {
    assert.deepEqual(await listQueued(store.read, HOOK, state, { limit: 9 }), [])
  }
  assert.deepEqual(await listQueued(store.read, HOOK + 1, 'pending', { limit: 9 }), [])
})

test('knows the latest delivery of an event to each hook', async t => {
  const store = await openTestStore(t)
  const eventId = await addEvent(store)
  const first = await addDelivery(store, { hookId: 1, eventId, state: 'exhausted', attempts: 3 })
  const second = await addDelivery(store, { hookId: 2, eventId, state: 'delivered' })
  const again = await addDelivery(store, { hookId: 1, eventId, state: 'pending' })

  const latest = await latestDeliveriesOf(store.read, eventId)
  assert.deepEqual([...latest].map(([hookId, { id }]) => [hookId, id]).sort(), [
    [1, again],
    [2, second],
  ])
  const ofFirst = await listDeliveriesOf(store.read, 1, eventId)
  assert.deepEqual(
    ofFirst.map(({ id, attempts }) => [id, attempts]),
    [
      [again, 0],
      [first, 3],
    ],
  )
})

test('lists skips, of the latest events first', async t => {
  const store = await openTestStore(t)
  const ids = [await addEvent(store), await addEvent(store), await addEvent(store)]
  for (const id of ids) await addSkip(store, HOOK, id)
  await addSkip(store, HOOK + 1, ids[0]!, 'filtered', 'actions')

  const eventIds = (list: Awaited<ReturnType<typeof listSkips>>) => list.map(({ event }) => event.id)
  assert.deepEqual(eventIds(await listSkips(store.read, HOOK, { limit: 2 })), [ids[2], ids[1]])
  assert.deepEqual(eventIds(await listSkips(store.read, HOOK, { after: ids[1], limit: 2 })), [ids[0]])

  const { reason, detail } = (await findSkip(store.read, HOOK + 1, ids[0]!))!
  assert.deepEqual([reason, detail], ['filtered', 'actions'])
  assert.equal(await findSkip(store.read, HOOK + 1, ids[1]!), undefined)
  assert.deepEqual([...(await skipsOf(store.read, ids[0]!)).keys()].sort(), [HOOK, HOOK + 1])
})

test('reads no table through and sorts nothing: each list follows an index', async t => {
  const { read } = await openTestStore(t)
  const after = { dueAtMs: 1, id: 2 }
  const indexes = {
    pending: /SEARCH deliveries USING INDEX deliveries_pending \(hook_id=\? AND due_at>\?\)/,
    held: /SEARCH deliveries USING INDEX deliveries_held \(hook_id=\? AND id<\?\)/,
    exhausted: /SEARCH deliveries USING INDEX deliveries_exhausted \(hook_id=\? AND id<\?\)/,
  }
  const plans: string[] = []
  for (const [state, index] of Object.entries(indexes)) {
    const plan = await plansOf(read, db => listQueued(db, HOOK, state as QueueState, { after, limit: 9 }))
    assert.match(plan, index)
    plans.push(plan)
  }
  plans.push(
    await plansOf(read, db => listQueued(db, HOOK, 'pending', { limit: 9 })),
    await plansOf(read, db => listDeliveriesOf(db, HOOK, 1)),
    await plansOf(read, db => latestDeliveriesOf(db, 1)),
    await plansOf(read, db => listSkips(db, HOOK, { after: 1, limit: 9 })),
    await plansOf(read, db => skipsOf(db, 1)),
    await plansOf(read, db => findSkip(db, HOOK, 1)),
  )
  for (const plan of plans) assert.doesNotMatch(plan, /SCAN|TEMP B-TREE/)
})

async function deliver(store: Store, state: QueueState, dueAtMs = 0): Promise<number> {
  return addDelivery(store, { hookId: HOOK, eventId: await addEvent(store), state, dueAtMs })
}

function idsOf(list: Awaited<ReturnType<typeof listQueued>>): number[] {
  return list.map(({ delivery }) => delivery.id)
}
