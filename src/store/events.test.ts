import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findLatestPush } from './events.ts'
import type { Store } from './store.ts'
import { openTestStore, plansOf } from './test-store.ts'

const REPOSITORY = 7

test('finds the latest push of the repository and nothing else', async t => {
  const store = await openTestStore(t)
  assert.equal(await findLatestPush(store.read, REPOSITORY), null)
  await accept(store, { id: 1, name: 'push' }, 'first')
  await accept(store, { id: 2, name: 'push' }, 'second')
  await accept(store, { id: 3, name: 'issues' }, 'third')
  await accept(store, { id: 4, name: 'push', repository_id: 8 }, 'fourth')
  assert.equal(Buffer.from((await findLatestPush(store.read, REPOSITORY)) ?? []).toString(), 'second')
})

test('finds nothing when the bytes of the latest push are no longer kept', async t => {
  const store = await openTestStore(t)
  await accept(store, { id: 1, name: 'push' }, 'first')
  await accept(store, { id: 2, name: 'push' }, 'second')
  await store.write(tx => tx.deleteFrom('payloads').where('event_id', '=', 2).execute())
  assert.equal(await findLatestPush(store.read, REPOSITORY), null)
})

test('searches an index for the latest push', async t => {
  const { read } = await openTestStore(t)
  assert.doesNotMatch(await plansOf(read, db => findLatestPush(db, REPOSITORY)), /SCAN/)
})

async function accept(
  store: Store,
  event: { id: number; name: string; repository_id?: number },
  body: string,
) {
  await store.write(async tx => {
    const row = {
      account_id: 1,
      guid: `guid ${event.id}`,
      action: null,
      repository_id: REPOSITORY,
      organization_id: null,
      sender_id: null,
      payload_bytes: body.length,
      created_at: 0,
      ...event,
    }
    await tx.insertInto('events').values(row).execute()
    await tx
      .insertInto('payloads')
      .values({ account_id: 1, event_id: event.id, body: Buffer.from(body) })
      .execute()
  })
}
