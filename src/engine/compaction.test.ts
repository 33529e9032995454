import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { createLog } from '../base/log.ts'
import type { DeliveryState } from '../delivery.ts'
import { readCompressed, replacePayloads } from '../store/compaction.ts'
import { findPayload } from '../store/queue.ts'
import { addDelivery, addEvent } from '../store/test-rows.ts'
import { openTestStore } from '../store/test-store.ts'
import { Compaction } from './compaction.ts'
import { issueOpened, startReceiver, startTestEngine, TestClock, until } from './test-engine.ts'

const HOOK = 3
const HOUR_MS = 60 * 60 * 1000

// 7 KB in which there is something to gain, and in each another number.
const payloadOf = (number: number) =>
  Buffer.from(
    JSON.stringify({
      number,
      list: Array.from({ length: 200 }, (_, n) => ({ id: number * n, name: `n${n}` })),
    }),
  )

async function startTest(t: TestContext) {
  const clock = new TestClock()
  const store = await openTestStore(t, clock)
  const compaction = new Compaction({ store, clock, log: createLog('silent') })
  const payload = async (bytes: Uint8Array, state: DeliveryState = 'delivered') => {
    const eventId = await addEvent(store, { payload: bytes })
    await addDelivery(store, { hookId: HOOK, eventId, state })
    return eventId
  }
  const rows = () => store.read.selectFrom('payloads').select(['event_id', 'encoding', 'body']).execute()
  const encodings = async () => (await rows()).map(({ encoding }) => encoding)
  return { clock, store, compaction, payload, rows, encodings }
}

test('compresses what was delivered an hour ago, and gives back every byte', async t => {
  const { clock, store, compaction, payload, rows } = await startTest(t)
  const old = await payload(payloadOf(1))
  clock.ms += HOUR_MS
  const young = await payload(payloadOf(2))
  clock.ms += 1
  await compaction.compactOnce()

  const [compressed, asItCame] = await rows()
  assert.deepEqual([compressed?.encoding, asItCame?.encoding], ['zstd', null])
  assert(compressed && compressed.body.byteLength < payloadOf(1).byteLength / 3)
  const read = await store.readPayloads([old, 12345, young])
  const found = [await findPayload(store.read, old), null, await findPayload(store.read, young)]
  for (const bytes of [read, found])
    assert.deepEqual(
      bytes.map(it => it && Buffer.from(it).toString()),
      [payloadOf(1).toString(), null, payloadOf(2).toString()],
    )
})

for (const state of ['pending', 'leased', 'held'] as const) {
  test(`leaves alone what is ${state}, and comes back to it once it is settled`, async t => {
    const { clock, store, compaction, payload, encodings } = await startTest(t)
    await addDelivery(store, { hookId: HOOK, eventId: await payload(payloadOf(1)), state })
    clock.ms += 2 * HOUR_MS
    await compaction.compactOnce()
    assert.deepEqual(await encodings(), [null])

    await store.write(tx => tx.updateTable('deliveries').set({ state: 'exhausted' }).execute())
    clock.ms += 24 * HOUR_MS
    await compaction.compactOnce()
    assert.deepEqual(await encodings(), ['zstd'])
  })
}

test('leaves alone what does not become smaller, and what is very large', async t => {
  const { clock, store, compaction, payload, encodings } = await startTest(t)
  const bodies = [randomBytes(5000), Buffer.from('{}'), Buffer.alloc(8 * 1024 * 1024 + 1, 0x20), payloadOf(1)]
  const ids = []
  for (const body of bodies) ids.push(await payload(body))
  clock.ms += 2 * HOUR_MS
  await compaction.compactOnce()
  assert.deepEqual(await encodings(), [null, null, null, 'zstd'])
  const read = await store.readPayloads(ids)
  assert(bodies.every((body, index) => body.equals(read[index] ?? assert.fail())))
})

test('goes on through more than one transaction holds, and takes a fifth of the pages', async t => {
  const { clock, store, compaction, encodings } = await startTest(t)
  const ids = Array.from({ length: 1201 }, () => store.ids.next())
  const columns = ['account_id', 'event_id', 'body']
  const rows = ids.map((id, number) => [1, id, payloadOf(number)] as const)
  await store.batch([{ kind: 'insert', table: 'payloads', columns, rows }])
  const pagesInUse = async () => {
    const { rows } = await sql<{ pages: number }>`
      SELECT page_count - freelist_count AS pages FROM pragma_page_count, pragma_freelist_count`.execute(
      store.read,
    )
    return rows[0]?.pages ?? assert.fail()
  }
  const before = await pagesInUse()
  clock.ms += 2 * HOUR_MS
  await compaction.compactOnce()

  assert.deepEqual(new Set(await encodings()), new Set(['zstd']))
  const read = await store.readPayloads(ids)
  assert(read.every((bytes, number) => bytes && payloadOf(number).equals(bytes)))
  const share = (await pagesInUse()) / before
  assert(share < 0.3, `${share} of the pages`)
})

test('does not bring back what was dropped while it was compressed', async t => {
  const { store, payload, rows } = await startTest(t)
  const dropped = await payload(payloadOf(1))
  const kept = await payload(payloadOf(2))
  const compressed = await readCompressed(store.read, [dropped, kept])
  await store.write(tx => tx.deleteFrom('payloads').where('event_id', '=', dropped).execute())
  assert.equal(await store.write(tx => replacePayloads(tx, compressed)), 1)
  assert.deepEqual(
    (await rows()).map(row => row.event_id),
    [kept],
  )
})

test('lets what it compressed be delivered again, to the byte and under the same signature', async t => {
  const { engine, store, clock, hook } = await startTestEngine(t)
  const { url, got } = await startReceiver(t)
  const { id: hookId } = await hook(url)
  const payload = payloadOf(1)
  const [accepted] = await engine.publish([issueOpened({ payload })])
  const eventId = accepted?.id ?? assert.fail()
  const isSettled = async () => {
    const [delivery] = await store.read.selectFrom('deliveries').select('state').execute()
    return delivery?.state === 'delivered'
  }
  await until(isSettled)
  clock.ms += 2 * HOUR_MS
  await new Compaction({ store, clock, log: createLog('silent') }).compactOnce()
  const [row] = await store.read.selectFrom('payloads').select('encoding').execute()
  assert.equal(row?.encoding, 'zstd')

  await engine.redeliver({ hookId, eventId, installationId: null })
  const [first, second] = await got(2)
  assert(second?.body.equals(payload))
  assert.equal(second?.headers['x-hub-signature-256'], first?.headers['x-hub-signature-256'])
})

test('stops in the middle of its wait', async t => {
  const { compaction } = await startTest(t)
  compaction.start()
  await compaction.stop()
  await compaction.stop()
})
