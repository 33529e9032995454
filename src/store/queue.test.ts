import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Clock } from '../base/clock.ts'
import type { Attempt } from '../delivery.ts'
import { listPendingHooks, releaseHeld, releaseLapsed, settleStatements } from './queue.ts'
import { openStore, type Store } from './store.ts'
import { addDelivery, addEvent } from './test-rows.ts'
import { openTestStore } from './test-store.ts'

const HOOK_ID = 3

/** A store that can be closed and opened again, at a time of one's own. */
async function restartable(t: TestContext): Promise<(nowMs: number) => Promise<Store>> {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-store-'))
  let store: Store | undefined
  t.after(async () => {
    await store?.close()
    await rm(folder, { recursive: true })
  })
  return async nowMs => {
    await store?.close()
    const clock: Clock = { nowMs: () => nowMs, random: () => 0.5 }
    store = await openStore(folder, clock)
    return store
  }
}

async function deliveries(store: Store) {
  return store.read.selectFrom('deliveries').selectAll().orderBy('id').execute()
}

function attemptOf(id: number, deliveryId: number): Attempt {
  return {
    accountId: 1,
    id,
    deliveryId,
    eventId: 1,
    hookId: HOOK_ID,
    guid: 'g',
    event: 'issues',
    action: null,
    repositoryId: null,
    installationId: null,
    redelivery: false,
    startedAt: new Date(0),
    tookMs: 1,
    status: 'OK',
    statusCode: 200,
    request: { url: 'http://127.0.0.1/', contentType: 'json', headers: [] },
    response: null,
  }
}

const START_MS = Date.UTC(2026, 10, 24, 12)

test('makes due at the start what was leased to a process that is no more', async t => {
  const open = await restartable(t)
  const before = await open(START_MS)
  const eventId = await addEvent(before)
  await addDelivery(before, { hookId: HOOK_ID, eventId, state: 'pending' })
  const lease = { owner: 'before', nowMs: START_MS, untilMs: START_MS + 90_000 }
  await before.claim([{ hookId: HOOK_ID, max: 1, inOrder: false }], lease)
  assert.equal((await deliveries(before))[0]?.state, 'leased')

  const [row] = await deliveries(await open(START_MS + 1000))
  assert.deepEqual([row?.state, row?.due_at, row?.lease_owner], ['pending', START_MS + 1000, null])
})

for (const last of ['event', 'delivery', 'attempt'] as const) {
  test(`gives the identifier of its last ${last} to nothing else after a restart, though the clock was turned back`, async t => {
    const open = await restartable(t)
    const before = await open(START_MS)
    let id = await addEvent(before)
    if (last === 'delivery')
      id = await addDelivery(before, { hookId: HOOK_ID, eventId: id, state: 'delivered' })
    if (last === 'attempt') {
      id = before.ids.next()
      await before.batch(settleStatements('us', [], [attemptOf(id, 1)]))
    }
    const after = await open(START_MS - 3_600_000)
    assert.ok(after.ids.next() > id)
  })
}

test('remembers an attempt once, however often it is told', async t => {
  const store = await openTestStore(t)
  const statements = settleStatements('us', [], [attemptOf(5, 1)])
  await store.batch(statements)
  await store.batch(statements)
  assert.equal((await store.read.selectFrom('attempts').select('id').execute()).length, 1)
})

test('lists each hook with something pending once, by its oldest, a page at a time', async t => {
  const store = await openTestStore(t)
  const eventId = await addEvent(store)
  for (const [hookId, dueAtMs] of [
    [1, 30],
    [1, 20],
    [2, 10],
    [5, 40],
  ] as const)
    await addDelivery(store, { hookId, eventId, state: 'pending', dueAtMs })
  await addDelivery(store, { hookId: 3, eventId, state: 'leased', dueAtMs: 1 })
  assert.deepEqual(await listPendingHooks(store.read, 0, 2), [
    { hookId: 1, dueAtMs: 20 },
    { hookId: 2, dueAtMs: 10 },
  ])
  assert.deepEqual(await listPendingHooks(store.read, 2, 2), [{ hookId: 5, dueAtMs: 40 }])
})

test('releases what lapsed or was held a bounded number at a time', async t => {
  const store = await openTestStore(t)
  const eventId = await addEvent(store)
  for (const state of ['leased', 'leased', 'leased', 'held', 'held', 'held'] as const)
    await addDelivery(store, { hookId: HOOK_ID, eventId, state, dueAtMs: 10 })
  assert.equal(await store.write(tx => releaseLapsed(tx, 20, 2)), 2)
  assert.equal(await store.write(tx => releaseLapsed(tx, 20, 2)), 1)
  assert.equal(await store.write(tx => releaseHeld(tx, HOOK_ID, 20, 2)), 2)
  assert.equal(await store.write(tx => releaseHeld(tx, HOOK_ID, 20, 2)), 1)
  assert.deepEqual([...new Set((await deliveries(store)).map(({ state }) => state))], ['pending'])
})

test('releases no lease that is held, whatever the clock says', async t => {
  const store = await openTestStore(t)
  const eventId = await addEvent(store)
  const add = () => addDelivery(store, { hookId: HOOK_ID, eventId, state: 'leased', dueAtMs: 10 })
  const held = await add()
  await add()
  assert.equal(await store.write(tx => releaseLapsed(tx, 20, 9, id => id === held)), 1)
  assert.deepEqual(
    (await deliveries(store)).map(({ state }) => state),
    ['leased', 'pending'],
  )
})
