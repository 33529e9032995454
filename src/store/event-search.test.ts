import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v1, v4 } from 'uuid'
import { findEventByGuid, findStoredEvent } from './event-search.ts'
import { addEvent } from './test-rows.ts'
import { openTestStore, plansOf } from './test-store.ts'

test('finds an event by its GUID, whatever its case', async t => {
  const store = await openTestStore(t)
  for (let n = 0; n < 3; n++) await addEvent(store)
  const id = await addEvent(store, { name: 'push', action: null, payload: Buffer.from('{"a":1}') })
  const event = await findStoredEvent(store.read, id)
  assert.deepEqual([event?.name, event?.payloadBytes], ['push', 7])
  assert.deepEqual(await findEventByGuid(store.read, event!.guid), event)
  assert.deepEqual(await findEventByGuid(store.read, event!.guid.toUpperCase()), event)
})

test('finds one whose identifier ran a second ahead of the clock', async t => {
  const store = await openTestStore(t)
  const guid = v1({ msecs: Date.now() - 1000 })
  const id = await addEvent(store)
  await store.write(tx => tx.updateTable('events').set({ guid }).where('id', '=', id).execute())
  assert.equal((await findEventByGuid(store.read, guid))?.id, id)
})

test('finds nothing by another GUID, nor by what is none', async t => {
  const store = await openTestStore(t)
  await addEvent(store)
  for (const guid of [v1(), v4(), 'x', '']) assert.equal(await findEventByGuid(store.read, guid), undefined)
  assert.equal(await findStoredEvent(store.read, 1), undefined)
})

test('looks at a piece of the key alone', async t => {
  const { read } = await openTestStore(t)
  const plan = await plansOf(read, db => findEventByGuid(db, v1()))
  assert.match(plan, /SEARCH events USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/)
  assert.doesNotMatch(plan, /SCAN/)
})
