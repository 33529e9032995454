import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createLog } from '../base/log.ts'
import type { Hook } from '../hook.ts'
import type { RecoveryCriteria, RecoveryJob } from '../recovery.ts'
import { deleteHook } from '../store/hooks.ts'
import {
  changeRecoveryJob,
  createRecoveryJob,
  findRecoveryJob,
  listParts,
  progressOf,
} from '../store/recovery-jobs.ts'
import type { Store } from '../store/store.ts'
import { addDelivery, addEvent, addSkip, openBreaker } from '../store/test-rows.ts'
import { BACKLOG_MAX, countRecoverable, Recovery } from './recovery.ts'
import { ACCOUNT_ID, issueOpened, REPOSITORY, startReceiver, startTestEngine, until } from './test-engine.ts'

test('sends what was given up once more, and then is done', async t => {
  const { store, hook, recovery, woken } = await setUp(t)
  const events = await exhausted(store, hook, 3)
  const other = await addEvent(store, { repositoryId: REPOSITORY.id })
  await addDelivery(store, { hookId: hook.id, eventId: other, state: 'delivered' })
  const job = await makeJob(store, hook, { status: 'exhausted' })

  await finish(recovery)
  assert.deepEqual(await redelivered(store), events)
  assert.deepEqual(await outcome(store, job), { state: 'done', total: 3, done: 3, skipped: 0 })
  assert.deepEqual(woken, [{ hookId: hook.id, count: 3 }])
  // They are not listed as given up any more: their redeliveries stand for them.
  assert.equal((await statesOf(store)).filter(state => state === 'exhausted').length, 0)
})

test('makes nothing twice when it is stopped between its steps and started anew', async t => {
  const { store, hook, start, clock } = await setUp(t)
  const events = await exhausted(store, hook, 25)
  const job = await makeJob(store, hook, { status: 'exhausted' }, 10)
  const progress: number[] = []
  for (let life = 0; life < 4; life++) {
    const recovery = start()
    await recovery.runOnce()
    await recovery.runOnce()
    clock.ms += 1000
    await recovery.runOnce()
    await recovery.stop()
    progress.push((await outcome(store, job)).done)
  }
  assert.deepEqual(progress, [10, 20, 25, 25])
  assert.deepEqual(await redelivered(store), events)
  assert.equal((await outcome(store, job)).state, 'done')
})

test('makes nothing twice when two are at the same job', async t => {
  const { store, hook, start } = await setUp(t)
  const events = await exhausted(store, hook, 450)
  const job = await makeJob(store, hook, { status: 'exhausted' })
  const both = [start(), start()]
  while ((await outcome(store, job)).state !== 'done') await Promise.all(both.map(it => it.runOnce()))
  assert.deepEqual(await redelivered(store), events)
  assert.equal((await outcome(store, job)).done, 450)
})

test('does not take up its own redeliveries when those are given up again', async t => {
  const { store, hook, recovery, clock } = await setUp(t)
  const events = await exhausted(store, hook, 3)
  const job = await makeJob(store, hook, { status: 'exhausted' }, 1)
  for (let second = 0; second < 10; second++) {
    clock.ms += 1000
    await recovery.runOnce()
    await store.write(tx =>
      tx.updateTable('deliveries').set({ state: 'exhausted' }).where('state', '=', 'pending').execute(),
    )
  }
  assert.deepEqual(await redelivered(store), events)
  assert.equal((await outcome(store, job)).state, 'done')
})

test('looks beyond a piece in which little matched', async t => {
  const { store, hook, recovery } = await setUp(t)
  const events = await exhausted(store, hook, 1200)
  const [first = 0, last = 0] = [events[0], events.at(-1)]
  await store.write(tx =>
    tx
      .updateTable('deliveries')
      .set({ state: 'delivered' })
      .where('event_id', 'not in', [first, last])
      .execute(),
  )
  await makeJob(store, hook, { status: 'failed' })
  await finish(recovery)
  assert.deepEqual(await redelivered(store), [first, last])
})

test('counts before its first redelivery, and as a dry run without making any', async t => {
  const { store, hook, recovery, clock } = await setUp(t)
  // More than one piece of what is looked at.
  await exhausted(store, hook, 600)
  const job = await makeJob(store, hook, { status: 'failed' })
  assert.deepEqual(await countRecoverable({ store, clock }, job, [hook], 1000), {
    total: 600,
    complete: true,
  })
  assert.deepEqual(await countRecoverable({ store, clock }, job, [hook], 0), {
    total: 500,
    complete: false,
  })
  assert.equal((await outcome(store, job)).total, null)
  await recovery.runOnce()
  assert.deepEqual(await outcome(store, job), { state: 'running', total: 600, done: 0, skipped: 0 })
})

test('stands still while it is paused, goes on, and ends when it is cancelled', async t => {
  const { store, hook, recovery, clock } = await setUp(t)
  await exhausted(store, hook, 5)
  const job = await makeJob(store, hook, { status: 'exhausted' }, 2)
  const change = (state: RecoveryJob['state']) =>
    store.write(tx => changeRecoveryJob(tx, job.id, { state }, clock.ms))
  const second = async () => {
    clock.ms += 1000
    await recovery.runOnce()
    return (await outcome(store, job)).done
  }
  await recovery.runOnce()
  await recovery.runOnce()
  assert.equal(await second(), 2)
  await change('paused')
  assert.equal(await second(), 2)
  await change('running')
  assert.equal(await second(), 4)
  assert.equal(await change('cancelled'), true)
  assert.equal(await second(), 4)
  assert.equal(await change('running'), false)
  assert.equal((await outcome(store, job)).state, 'cancelled')
})

test('keeps to its rate, and saves up no more than a second of it', async t => {
  const { store, hook, recovery, clock } = await setUp(t)
  await exhausted(store, hook, 30)
  const job = await makeJob(store, hook, { status: 'exhausted' }, 4)
  const done = async (ms: number) => {
    clock.ms += ms
    await recovery.runOnce()
    await recovery.runOnce()
    return (await outcome(store, job)).done
  }
  assert.equal(await done(0), 0)
  assert.equal(await done(500), 2)
  assert.equal(await done(100), 2)
  assert.equal(await done(150), 3)
  assert.equal(await done(60_000), 7)
})

test('brings forward what waits for its retry instead of sending it twice', async t => {
  const { store, hook, recovery, clock } = await setUp(t)
  const eventId = await addEvent(store, { repositoryId: REPOSITORY.id })
  const row = { hookId: hook.id, eventId, state: 'pending', attempts: 3 } as const
  await addDelivery(store, { ...row, dueAtMs: clock.ms + 3_600_000 })
  const job = await makeJob(store, hook, { status: 'failed' })
  await finish(recovery)
  const deliveries = await store.read.selectFrom('deliveries').select(['due_at', 'redelivery']).execute()
  assert.deepEqual(deliveries, [{ due_at: clock.ms, redelivery: 0 }])
  assert.equal((await outcome(store, job)).done, 1)
})

test('sends what was skipped, and passes over what is not kept', async t => {
  const { store, hook, recovery } = await setUp(t)
  const [kept, dropped, other] = [
    await addEvent(store, { repositoryId: REPOSITORY.id }),
    await addEvent(store, { repositoryId: REPOSITORY.id, payload: null }),
    await addEvent(store, { repositoryId: REPOSITORY.id }),
  ]
  await addSkip(store, hook.id, kept, 'inactive')
  await addSkip(store, hook.id, dropped, 'inactive')
  await addSkip(store, hook.id, other, 'filtered')
  const job = await makeJob(store, hook, { status: 'skipped', reason: 'inactive' })
  await finish(recovery)
  assert.deepEqual(await redelivered(store), [kept])
  assert.deepEqual(await outcome(store, job), { state: 'done', total: 2, done: 1, skipped: 1 })
})

test('waits while enough is due, and does not count what waits for its retry', async t => {
  const { store, hook, recovery, clock } = await setUp(t)
  await exhausted(store, hook, 5)
  const eventId = await addEvent(store, { repositoryId: REPOSITORY.id })
  await store.write(tx =>
    tx.insert({
      kind: 'insert',
      table: 'deliveries',
      columns: [
        'account_id',
        'id',
        'hook_id',
        'event_id',
        'redelivery',
        'state',
        'attempts',
        'due_at',
        'created_at',
      ],
      rows: Array.from({ length: BACKLOG_MAX - 2 }, () => [
        ACCOUNT_ID,
        store.ids.next(),
        hook.id,
        eventId,
        0,
        'pending',
        1,
        clock.ms + 1,
        0,
      ]),
    }),
  )
  const job = await makeJob(store, hook, { status: 'exhausted' })
  clock.ms += 1
  await recovery.runOnce()
  await recovery.runOnce()
  assert.equal((await outcome(store, job)).done, 2)
  assert.equal(await recovery.runOnce(), 'waiting')
  await store.write(tx =>
    tx
      .updateTable('deliveries')
      .set({ due_at: clock.ms + 1 })
      .execute(),
  )
  await finish(recovery)
  assert.equal((await outcome(store, job)).done, 5)
})

test('does not let a hook that takes nothing hold up another', async t => {
  const { store, hook, change, addHook, recovery } = await setUp(t)
  const [inactive, broken] = [await addHook(), await addHook()]
  const hooks = [hook, inactive, broken]
  for (const one of hooks) await exhausted(store, one, 2)
  await change({ ...inactive, active: false })
  await openBreaker(store, broken.id, 0, 1000)
  const job = await makeJob(store, hooks, { status: 'exhausted' })

  for (let round = 0; round < 5; round++) await recovery.runOnce()
  const parts = await listParts(store.read, job.id)
  // One is given to the open breaker, which has nothing else to probe with.
  assert.deepEqual(
    parts.map(({ done, ended }) => [done, ended]),
    [
      [2, true],
      [0, false],
      [1, false],
    ],
  )
  await change({ ...inactive, active: true })
  await store.write(tx => tx.deleteFrom('breakers').execute())
  await finish(recovery)
  assert.deepEqual(await outcome(store, job), { state: 'done', total: 6, done: 6, skipped: 0 })
})

test('leaves a hook that cannot be read alone for a while, and goes on with the others', async t => {
  const { store, hook, addHook, recovery, clock } = await setUp(t)
  const broken = await addHook()
  for (const one of [hook, broken]) await exhausted(store, one, 2)
  const setEvents = (events: string) =>
    store.write(tx => tx.updateTable('hooks').set({ events }).where('id', '=', broken.id).execute())
  const job = await makeJob(store, [hook, broken], { status: 'exhausted' })
  await setEvents('{')
  await finish(recovery)
  assert.equal((await outcome(store, job)).done, 2)
  await setEvents('["issues"]')
  assert.equal(await recovery.runOnce(), 'waiting')
  clock.ms += 5000
  await finish(recovery)
  assert.deepEqual(await outcome(store, job), { state: 'done', total: 4, done: 4, skipped: 0 })
})

test('ends the share of a hook that was deleted', async t => {
  const { store, hook, recovery } = await setUp(t)
  await exhausted(store, hook, 2)
  const job = await makeJob(store, hook, { status: 'exhausted' })
  await store.write(tx => deleteHook(tx, hook.id, new Date(0)))
  await finish(recovery)
  assert.deepEqual(await redelivered(store), [])
  assert.equal((await outcome(store, job)).state, 'done')
})

test('ends at once where nothing matches, even for an inactive hook', async t => {
  const { store, hook, change, recovery } = await setUp(t)
  await change({ ...hook, active: false })
  const job = await makeJob(store, hook, { status: 'exhausted' })
  await recovery.runOnce()
  assert.deepEqual(await outcome(store, job), { state: 'done', total: 0, done: 0, skipped: 0 })
  assert.equal(await recovery.runOnce(), 'idle')
})

test('delivers for real, under the same GUIDs, to the hook as it is now', async t => {
  const test = await startTestEngine(t)
  const { engine, store, clock } = test
  const broken = await startReceiver(t, (_, response) => response.writeHead(410).end())
  const mended = await startReceiver(t)
  const hook = await test.hook(broken.url)
  const accepted = await engine.publish([issueOpened(), issueOpened()])
  await until(async () => (await statesOf(store)).every(state => state === 'exhausted'))
  await test.change({ ...hook, config: { ...hook.config, url: mended.url } })

  const recovery = new Recovery({ store, clock, log: createLog('silent'), wake: () => {} })
  const job = await makeJob(store, hook, { status: 'exhausted' })
  recovery.start()
  t.after(() => recovery.stop())
  const received = await mended.got(2)
  assert.deepEqual(
    received.map(({ headers }) => headers['x-github-delivery']).sort(),
    accepted.map(({ guid }) => guid).sort(),
  )
  await until(async () => (await outcome(store, job)).state === 'done')
  await recovery.stop()
})

type Woken = { readonly hookId: number; readonly count: number }

/** A hook whose engine does not run, so that what is made stays where it is. */
async function setUp(t: TestContext) {
  const { store, clock, change, hook: makeHook } = await startTestEngine(t, false)
  const addHook = () => makeHook('https://example.com/')
  const hook = await addHook()
  const woken: Woken[] = []
  const started: Recovery[] = []
  const start = () => {
    const wake = (hookId: number, count: number) => void woken.push({ hookId, count })
    const recovery = new Recovery({ store, clock, log: createLog('silent'), wake })
    started.push(recovery)
    return recovery
  }
  t.after(() => Promise.all(started.map(recovery => recovery.stop())))
  return { store, clock, change, addHook, hook, woken, start, recovery: start() }
}

/** Events that were given up for the hook, oldest first. */
async function exhausted(store: Store, hook: Hook, count: number): Promise<number[]> {
  const ids = await Promise.all(
    Array.from({ length: count }, () => addEvent(store, { repositoryId: REPOSITORY.id })),
  )
  const row = { hookId: hook.id, state: 'exhausted', attempts: 1 } as const
  await Promise.all(ids.map(eventId => addDelivery(store, { ...row, eventId })))
  return ids
}

function makeJob(
  store: Store,
  hooks: Hook | readonly Hook[],
  criteria: Partial<RecoveryCriteria>,
  rate: number | null = null,
): Promise<RecoveryJob> {
  const everything = { hookId: null, event: null, action: null, repositoryId: null, reason: null }
  const draft = {
    accountId: ACCOUNT_ID,
    target: REPOSITORY,
    criteria: { ...everything, status: 'any', from: null, to: null, ...criteria } as const,
    rate,
    endId: store.ids.next(),
    createdById: 1,
    createdAt: new Date(0),
  }
  const hookIds = [hooks].flat().map(({ id }) => id)
  return store.write(tx => createRecoveryJob(tx, draft, hookIds))
}

/** Steps until there is nothing more to do. */
async function finish(recovery: Recovery): Promise<void> {
  while ((await recovery.runOnce()) === 'busy');
}

async function outcome(store: Store, { id, target }: RecoveryJob) {
  const state = (await findRecoveryJob(store.read, target, id))?.state
  return { state, ...(await progressOf(store.read, [id])).get(id)! }
}

/** The events of all redeliveries. */
async function redelivered(store: Store): Promise<number[]> {
  const rows = await store.read
    .selectFrom('deliveries')
    .select('event_id')
    .where('redelivery', '=', 1)
    .orderBy('id')
    .execute()
  return rows.map(row => row.event_id)
}

async function statesOf(store: Store): Promise<string[]> {
  return (await store.read.selectFrom('deliveries').select('state').execute()).map(({ state }) => state)
}
