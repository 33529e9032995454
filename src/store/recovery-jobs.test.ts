import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RecoveryCriteria, RecoveryJob } from '../recovery.ts'
import {
  advancePart,
  changeRecoveryJob,
  countRecoveryJobs,
  countUnfinishedJobs,
  createRecoveryJob,
  findRecoveryJob,
  listParts,
  listRecoveryJobs,
  listRunningJobs,
  progressOf,
  setPartTotal,
} from './recovery-jobs.ts'
import { bringAllForward, listIdsOf, supersedeExhausted } from './redeliveries.ts'
import type { Store } from './store.ts'
import { addDelivery, addEvent } from './test-rows.ts'
import { openTestStore, plansOf } from './test-store.ts'

const TARGET = { kind: 'repository', id: 7 } as const

test('gives back a job as it was made, to its own target alone', async t => {
  const store = await openTestStore(t)
  const criteria = { event: 'push', from: new Date(1000), to: new Date(2000), hookId: 5 } as const
  const job = await create(store, [5], criteria)
  assert.deepEqual(await findRecoveryJob(store.read, TARGET, job.id), job)
  assert.equal(await findRecoveryJob(store.read, { ...TARGET, id: 8 }, job.id), undefined)
  assert.equal(await findRecoveryJob(store.read, { ...TARGET, kind: 'organization' }, job.id), undefined)
})

test('moves a part on from where it is known to be, and adds up', async t => {
  const store = await openTestStore(t)
  const { id } = await create(store, [5, 6])
  const [part] = await listParts(store.read, id)
  assert.equal(await advance(store, part!, { position: 10, done: 2, skipped: 1 }), true)
  // A second worker that has read the same, and one that comes late.
  assert.equal(await advance(store, part!, { position: 12, done: 9 }), false)
  assert.equal(await advance(store, { ...part!, position: 10 }, { position: 20, done: 3 }), true)
  const [moved] = await listParts(store.read, id)
  assert.deepEqual([moved?.position, moved?.done, moved?.skipped, moved?.ended], [20, 5, 1, false])
})

test('does not move a part whose job does not run', async t => {
  const store = await openTestStore(t)
  for (const state of ['paused', 'cancelled'] as const) {
    const { id } = await create(store, [5])
    const [part] = await listParts(store.read, id)
    await store.write(tx => changeRecoveryJob(tx, id, { state }, 1))
    assert.equal(await advance(store, part!, { position: 10 }), false, state)
    assert.equal((await listParts(store.read, id))[0]?.position, 0)
  }
})

test('is done with its last part, and cannot be changed any more', async t => {
  const store = await openTestStore(t)
  const { id } = await create(store, [5, 6])
  const [first, second] = await listParts(store.read, id)
  const stateNow = async () => (await findRecoveryJob(store.read, TARGET, id))?.state
  await advance(store, first!, { position: 1, ended: true })
  assert.equal(await stateNow(), 'running')
  await advance(store, second!, { position: 1, ended: true })
  assert.equal(await stateNow(), 'done')
  assert.equal(await store.write(tx => changeRecoveryJob(tx, id, { rate: 1 }, 1)), false)
})

test('knows a total once every part is counted', async t => {
  const store = await openTestStore(t)
  const { id } = await create(store, [5, 6])
  const total = async () => (await progressOf(store.read, [id])).get(id)?.total
  await store.write(tx => setPartTotal(tx, { jobId: id, hookId: 5 }, 3))
  assert.equal(await total(), null)
  await store.write(tx => setPartTotal(tx, { jobId: id, hookId: 6 }, 0))
  assert.equal(await total(), 3)
})

test('lists jobs newest first, and those that run oldest first', async t => {
  const store = await openTestStore(t)
  const jobs = [await create(store, [5]), await create(store, [5]), await create(store, [5])]
  const [first, second, third] = jobs.map(({ id }) => id)
  await store.write(tx => changeRecoveryJob(tx, second!, { state: 'paused' }, 1))
  const listed = await listRecoveryJobs(store.read, TARGET, { page: 1, perPage: 2 })
  assert.deepEqual(listed.map(idOf), [third, second])
  assert.deepEqual((await listRunningJobs(store.read, 0, 9)).map(idOf), [first, third])
  assert.deepEqual((await listRunningJobs(store.read, first!, 9)).map(idOf), [third])
  await store.write(tx => changeRecoveryJob(tx, third!, { state: 'cancelled' }, 1))
  assert.equal(await countRecoveryJobs(store.read, TARGET), 3)
  assert.equal(await countUnfinishedJobs(store.read, TARGET), 2)
})

test('puts a redelivery in the place of what was given up, for this hook alone', async t => {
  const store = await openTestStore(t)
  const eventId = await addEvent(store)
  const mine = await addDelivery(store, { hookId: 5, eventId, state: 'exhausted' })
  await addDelivery(store, { hookId: 5, eventId, state: 'delivered' })
  await addDelivery(store, { hookId: 6, eventId, state: 'exhausted' })
  await store.write(tx => supersedeExhausted(tx, 5, [eventId]))
  const rows = await store.read.selectFrom('deliveries').select(['id', 'state', 'reason']).execute()
  assert.deepEqual(
    rows.map(({ state }) => state),
    ['cancelled', 'delivered', 'exhausted'],
  )
  assert.deepEqual([rows[0]?.id, rows[0]?.reason], [mine, 'redelivered'])
})

test('brings forward what is not due yet, as many at a time as asked', async t => {
  const store = await openTestStore(t)
  const eventId = await addEvent(store)
  for (const dueAtMs of [5, 20, 30, 40])
    await addDelivery(store, { hookId: 5, eventId, state: 'pending', dueAtMs })
  const bring = () => store.write(tx => bringAllForward(tx, 5, 10, 2))
  assert.deepEqual([await bring(), await bring(), await bring()], [2, 1, 0])
  const rows = await store.read.selectFrom('deliveries').select('due_at').execute()
  assert.deepEqual(rows.map(row => row.due_at).sort(), [10, 10, 10, 5])
})

test('reads no old job to find those that run, and no other target’s', async t => {
  const { read } = await openTestStore(t)
  assert.match(await plansOf(read, db => listRunningJobs(db, 0, 9)), /recovery_jobs_unfinished \(id>\?\)/)
  const plans = [
    await plansOf(read, db => listRecoveryJobs(db, TARGET, { page: 1, perPage: 9 })),
    await plansOf(read, db => listParts(db, 1)),
    await plansOf(read, db => progressOf(db, [1, 2])),
    await plansOf(read, db => listIdsOf(db, 5, [1, 2], 'exhausted')),
  ]
  for (const plan of plans) assert.doesNotMatch(plan, /SCAN|TEMP B-TREE/)
  assert.match(plans.at(-1) ?? '', /deliveries_by_event/)
})

function create(
  store: Store,
  hookIds: readonly number[],
  criteria: Partial<RecoveryCriteria> = {},
): Promise<RecoveryJob> {
  const everything = { hookId: null, event: null, action: null, repositoryId: null, reason: null }
  const draft = {
    accountId: 1,
    target: TARGET,
    criteria: { ...everything, status: 'any', from: null, to: null, ...criteria } as const,
    rate: null,
    endId: store.ids.next(),
    createdById: 1,
    createdAt: new Date(0),
  }
  return store.write(tx => createRecoveryJob(tx, draft, hookIds))
}

type Step = Parameters<typeof advancePart>[2]

function advance(store: Store, part: Parameters<typeof advancePart>[1], step: Partial<Step>) {
  const whole = { position: 0, done: 0, skipped: 0, ended: false, ...step }
  return store.write(tx => advancePart(tx, part, whole, 1))
}

function idOf({ id }: RecoveryJob): number {
  return id
}
