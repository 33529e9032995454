import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listEvents } from './event-list.ts'
import { openTestStore, plansOf } from './test-store.ts'

const LISTING = { sinceMs: 0, names: ['push'], except: ['ping'], publicOnly: true, limit: 300 }

test('looks in the index of its target alone, and no further than it must', async t => {
  const store = await openTestStore(t)
  for (const [kind, index] of [
    ['repository', 'events_by_repository (repository_id=? AND id>?)'],
    ['organization', 'events_by_organization (organization_id=? AND id>?)'],
  ] as const) {
    const plan = await plansOf(store.read, db => listEvents(db, { kind, id: 7 }, LISTING))
    assert.ok(plan.includes(`USING INDEX ${index}`), plan)
    assert.match(plan, /SEARCH repositories USING INTEGER PRIMARY KEY/)
    assert.doesNotMatch(plan, /SCAN (events|repositories)|TEMP B-TREE/)
  }
})
