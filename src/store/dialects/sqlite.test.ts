import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import type { Settlement } from '../queue.ts'
import type { Store } from '../store.ts'
import { addDelivery, addEvent } from '../test-rows.ts'
import { openTestStore } from '../test-store.ts'
import type { Insert, Tx } from './dialect.ts'

const HOOK_ID = 3
const WANT = { hookId: HOOK_ID, max: 100, inOrder: false }
const leaseOf = (owner: string) => ({ owner, nowMs: 1000, untilMs: 91_000 })

async function openWithDelivery(t: TestContext): Promise<{ store: Store; id: number }> {
  const store = await openTestStore(t)
  const id = await addDelivery(store, {
    hookId: HOOK_ID,
    eventId: await addEvent(store),
    state: 'pending',
    dueAtMs: 1000,
  })
  return { store, id }
}

async function rowOf(store: Store, id: number) {
  return store.read.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

function skipOf(eventId: number): Insert {
  const columns = ['account_id', 'event_id', 'hook_id', 'reason', 'created_at']
  return { kind: 'insert', table: 'skips', columns, rows: [[1, eventId, HOOK_ID, 'inactive', 0]] }
}

async function skips(store: Store): Promise<number[]> {
  const rows = await store.read.selectFrom('skips').select('event_id').orderBy('event_id').execute()
  return rows.map(row => row.event_id)
}

const settledAs = (id: number): Settlement => ({
  accountId: 1,
  id,
  state: 'delivered',
  attempts: 1,
  dueAtMs: 2000,
  settledAtMs: 2000,
  reason: null,
})

/** No page more than there is: what needs one finds the disk full. */
async function fillDisk(store: Store): Promise<void> {
  await store.write(tx => sql`PRAGMA max_page_count = 1`.execute(tx))
}

function insertLarge(tx: Tx): Promise<unknown> {
  return tx
    .insertInto('payloads')
    .values({ account_id: 1, event_id: 99, body: new Uint8Array(64 * 1024) })
    .execute()
}

test('settles a delivery for the owner of its lease, and for nobody else', async t => {
  const { store, id } = await openWithDelivery(t)
  await store.claim([WANT], leaseOf('one'))
  await store.batch([{ kind: 'settle', owner: 'another', settlements: [settledAs(id)] }])
  assert.equal((await rowOf(store, id)).state, 'leased')
  await store.batch([{ kind: 'settle', owner: 'one', settlements: [settledAs(id)] }])
  assert.equal((await rowOf(store, id)).state, 'delivered')
})

test('settles nothing that is not leased any more', async t => {
  const { store, id } = await openWithDelivery(t)
  await store.claim([WANT], leaseOf('one'))
  await store.batch([{ kind: 'settle', owner: 'one', settlements: [settledAs(id)] }])
  const again = { ...settledAs(id), state: 'exhausted' } as const
  await store.batch([{ kind: 'settle', owner: 'one', settlements: [again] }])
  assert.equal((await rowOf(store, id)).state, 'delivered')
})

test('renews a lease for its owner, and for nobody else', async t => {
  const { store, id } = await openWithDelivery(t)
  await store.claim([WANT], leaseOf('one'))
  await store.batch([{ kind: 'renew', owner: 'another', deliveryIds: [id], untilMs: 200_000 }])
  assert.equal((await rowOf(store, id)).due_at, 91_000)
  await store.batch([{ kind: 'renew', owner: 'one', deliveryIds: [id], untilMs: 200_000 }])
  assert.equal((await rowOf(store, id)).due_at, 200_000)
})

test('gives no delivery to two owners, however they hurry', async t => {
  const { store, id } = await openWithDelivery(t)
  const claims = await Promise.all(['one', 'two', 'three'].map(owner => store.claim([WANT], leaseOf(owner))))
  assert.deepEqual(
    claims.flat().map(claimed => claimed.id),
    [id],
  )
})

test('claims what is due, the oldest first, and no more than was asked for', async t => {
  const { store, id } = await openWithDelivery(t)
  const eventId = await addEvent(store)
  const add = (dueAtMs: number) => addDelivery(store, { hookId: HOOK_ID, eventId, state: 'pending', dueAtMs })
  const older = await add(500)
  await add(1001)
  const oldest = await add(100)
  const first = await store.claim([{ ...WANT, max: 2 }], leaseOf('one'))
  assert.deepEqual(
    first.map(claimed => claimed.id),
    [older, oldest],
  )
  const rest = await store.claim([WANT], leaseOf('one'))
  assert.deepEqual(
    rest.map(claimed => claimed.id),
    [id],
  )
})

test('takes back a unit that throws, and it alone', async t => {
  const store = await openTestStore(t)
  const [, failed] = await Promise.allSettled([
    store.write(tx => tx.insert(skipOf(1))),
    store.write(async tx => {
      await tx.insert(skipOf(2))
      throw new Error('this unit failed')
    }),
    store.write(tx => tx.insert(skipOf(3))),
  ])
  assert.match(String(failed?.status === 'rejected' && failed.reason), /this unit failed/)
  assert.deepEqual(await skips(store), [1, 3])
})

test('takes back a batch of which one row cannot be stored, and it alone', async t => {
  const store = await openTestStore(t)
  const impossible = { ...skipOf(2), rows: [[1, 2, HOOK_ID, null, 0]] }
  const outcomes = await Promise.allSettled([
    store.batch([skipOf(1)]),
    store.batch([skipOf(2), impossible]),
    store.batch([skipOf(3)]),
  ])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  assert.deepEqual(await skips(store), [1, 3])
})

test('stores nothing of the units that share a commit which fails for want of room', async t => {
  const store = await openTestStore(t)
  await fillDisk(store)
  const outcomes = await Promise.allSettled([
    store.write(tx => tx.insert(skipOf(1))),
    store.write(insertLarge),
    store.write(tx => tx.insert(skipOf(3))),
  ])
  for (const outcome of outcomes)
    assert.equal(outcome.status === 'rejected' && outcome.reason.code, 'unavailable')
  assert.deepEqual(await skips(store), [])
})

test('runs no statement of a unit after SQLite has ended its transaction', async t => {
  const { store, id } = await openWithDelivery(t)
  await fillDisk(store)
  const work = store.write(async tx => {
    await insertLarge(tx).catch(() => {})
    await tx.updateTable('deliveries').set({ state: 'cancelled' }).where('id', '=', id).execute()
  })
  await assert.rejects(work, { code: 'unavailable' })
  assert.equal((await rowOf(store, id)).state, 'pending')
})

test('inserts no rows of a unit after SQLite has ended its transaction', async t => {
  const store = await openTestStore(t)
  await fillDisk(store)
  const work = store.write(async tx => {
    await insertLarge(tx).catch(() => {})
    await tx.insert(skipOf(1))
  })
  await assert.rejects(work, { code: 'unavailable' })
  assert.deepEqual(await skips(store), [])
})

test('stores again as soon as there is room', async t => {
  const store = await openTestStore(t)
  await fillDisk(store)
  await assert.rejects(store.write(insertLarge), { code: 'unavailable' })
  await store.write(tx => sql`PRAGMA max_page_count = 1000000`.execute(tx))
  await store.write(insertLarge)
  assert.equal((await store.readPayloads([99]))[0]?.byteLength, 64 * 1024)
})

test('takes nothing more once it is closing', async t => {
  const store = await openTestStore(t)
  const last = store.write(tx => tx.insert(skipOf(1)))
  const closed = store.close()
  await last
  await assert.rejects(
    store.write(async () => {}),
    { code: 'unavailable' },
  )
  await assert.rejects(store.batch([skipOf(2)]), { code: 'unavailable' })
  await closed
})
