import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { HookTarget } from '../hook.ts'
import { listRecentEvents } from './recent-events.ts'
import { openTestStore, plansOf } from './test-store.ts'

const REPOSITORY: HookTarget = { kind: 'repository', id: 7 }
const ORGANIZATION: HookTarget = { kind: 'organization', id: 3 }

test('lists the events of a repository or of an organization, newest first', async t => {
  const { idsOf } = await storeWithEvents(t)
  assert.deepEqual(await idsOf(REPOSITORY, {}), [5, 4, 2, 1])
  assert.deepEqual(await idsOf(ORGANIZATION, {}), [6, 3, 2])
  assert.deepEqual(await idsOf({ kind: 'repository', id: 9 }, {}), [])
})

test('picks by name, leaves out by name, and ends', async t => {
  const { idsOf } = await storeWithEvents(t)
  assert.deepEqual(await idsOf(REPOSITORY, { names: ['push'] }), [4, 1])
  assert.deepEqual(await idsOf(REPOSITORY, { names: ['push', 'ping'], except: ['ping'] }), [4, 1])
  assert.deepEqual(await idsOf(REPOSITORY, { except: ['issues', 'star'] }), [5, 4, 1])
  assert.deepEqual(await idsOf(REPOSITORY, { limit: 2 }), [5, 4])
})

test('tells what it found', async t => {
  const { store } = await storeWithEvents(t)
  const wanted = { names: 'all', except: ['ping'], limit: 1 } as const
  assert.deepEqual(await listRecentEvents(store.read, REPOSITORY, wanted), [
    { id: 4, guid: 'guid 4', name: 'push', action: null, createdAt: new Date(4000), payloadBytes: 10 },
  ])
})

test('looks in the index of its target alone', async t => {
  const { store } = await storeWithEvents(t)
  const wanted = { names: ['release'], except: ['ping'], limit: 10 }
  const plans = await Promise.all(
    [REPOSITORY, ORGANIZATION].map(target => plansOf(store.read, db => listRecentEvents(db, target, wanted))),
  )
  for (const [index, plan] of plans.entries()) {
    assert.match(plan, [/USING INDEX events_by_repository/, /USING INDEX events_by_organization/][index]!)
    assert.doesNotMatch(plan, /SCAN events|TEMP B-TREE/)
  }
})

async function storeWithEvents(t: TestContext) {
  const store = await openTestStore(t)
  const events: [id: number, name: string, repositoryId: number | null, organizationId: number | null][] = [
    [1, 'push', 7, null],
    [2, 'issues', 7, 3],
    [3, 'push', 8, 3],
    [4, 'push', 7, null],
    [5, 'ping', 7, null],
    [6, 'member', null, 3],
  ]
  const rows = events.map(([id, name, repositoryId, organizationId]) => ({
    account_id: 1,
    id,
    guid: `guid ${id}`,
    name,
    action: null,
    repository_id: repositoryId,
    organization_id: organizationId,
    sender_id: null,
    payload_bytes: 10,
    created_at: id * 1000,
  }))
  await store.write(tx => tx.insertInto('events').values(rows).execute())

  type Wanted = Partial<Parameters<typeof listRecentEvents>[2]>
  const idsOf = async (target: HookTarget, wanted: Wanted) => {
    const all = { names: 'all', except: ['none'], limit: 10 } as const
    return (await listRecentEvents(store.read, target, { ...all, ...wanted })).map(({ id }) => id)
  }
  return { store, idsOf }
}
