import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RecoveryCriteria } from '../recovery.ts'
import { keptPayloadsAmong, type Walk, walk } from './recovery-walk.ts'
import type { Store } from './store.ts'
import { addDelivery, addEvent, addSkip } from './test-rows.ts'
import { openTestStore, plansOf } from './test-store.ts'

const HOOK = 5
const REPOSITORY = { kind: 'repository', id: 7 } as const
const ORGANIZATION = { kind: 'organization', id: 3 } as const

test('goes by events: the latest delivery counts, else a skip, else nothing', async t => {
  const store = await openTestStore(t)
  const delivered = await addEvent(store)
  await addDelivery(store, { hookId: HOOK, eventId: delivered, state: 'exhausted', attempts: 11 })
  await addDelivery(store, { hookId: HOOK, eventId: delivered, state: 'delivered', attempts: 1 })
  const skipped = await addEvent(store)
  await addSkip(store, HOOK, skipped, 'filtered')
  const missed = await addEvent(store)
  await addDelivery(store, { hookId: HOOK + 1, eventId: missed, state: 'delivered' })
  await addSkip(store, HOOK + 1, missed)
  await addEvent(store, { repositoryId: 8 })

  const walked = await walk(store.read, walkOf(store, { status: 'any' }), 0, 9)
  assert.deepEqual(
    walked.map(({ eventId, state, attempts, reason }) => [eventId, state, attempts, reason]),
    [
      [delivered, 'delivered', 1, null],
      [skipped, 'skipped', 0, 'filtered'],
      [missed, null, 0, null],
    ],
  )
})

test('goes on where it was, and ends where the job began', async t => {
  const store = await openTestStore(t)
  const ids = [await addEvent(store), await addEvent(store), await addEvent(store)]
  const job = walkOf(store, { status: 'any' })
  await addEvent(store)
  const first = await walk(store.read, job, 0, 2)
  assert.deepEqual(first.map(eventOf), ids.slice(0, 2))
  assert.deepEqual((await walk(store.read, job, first.at(-1)!.position, 2)).map(eventOf), [ids[2]])
})

test('keeps to a span of time, its end excluded', async t => {
  let nowMs = Date.UTC(2026, 10, 24, 12)
  const store = await openTestStore(t, { nowMs: () => nowMs, random: () => 0 })
  const ids: number[] = []
  for (let n = 0; n < 4; n++) {
    const eventId = await addEvent(store)
    ids.push(eventId)
    await addDelivery(store, { hookId: HOOK, eventId, state: 'exhausted' })
    await addSkip(store, HOOK, eventId)
    nowMs += 1000
  }
  const span = { from: new Date(nowMs - 3000), to: new Date(nowMs - 1000) }
  for (const status of ['any', 'skipped'] as const) {
    const walked = await walk(store.read, walkOf(store, { ...span, status }), 0, 9)
    assert.deepEqual(walked.map(eventOf), ids.slice(1, 3), status)
  }
  // A delivery of an earlier event can come later: it is looked at, and told as not meant.
  const exhausted = await walk(store.read, walkOf(store, { ...span, status: 'exhausted' }), 0, 9)
  const meant = exhausted.filter(({ state }) => state === 'exhausted')
  assert.deepEqual(meant.map(eventOf), ids.slice(1, 3))
})

test('walks what was given up by itself, and not what was sent again since', async t => {
  const store = await openTestStore(t)
  const [again, alone, delivered] = [await addEvent(store), await addEvent(store), await addEvent(store)]
  await addDelivery(store, { hookId: HOOK, eventId: again, state: 'exhausted' })
  await addDelivery(store, { hookId: HOOK, eventId: alone, state: 'exhausted', reason: 'gone' })
  await addDelivery(store, { hookId: HOOK, eventId: delivered, state: 'delivered' })
  await addDelivery(store, { hookId: HOOK, eventId: again, state: 'pending' })
  const walked = await walk(store.read, walkOf(store, { status: 'exhausted' }), 0, 9)
  assert.deepEqual(
    walked.map(({ eventId, state, reason }) => [eventId, state, reason]),
    [
      [again, null, null],
      [alone, 'exhausted', 'gone'],
    ],
  )
})

test('walks an organization by its events, or by those of one of its repositories', async t => {
  const store = await openTestStore(t)
  const organizationId = ORGANIZATION.id
  const inSeven = await addEvent(store, { repositoryId: 7, organizationId })
  const inEight = await addEvent(store, { repositoryId: 8, organizationId })
  const ofItsOwn = await addEvent(store, { repositoryId: null, organizationId })
  await addEvent(store, { repositoryId: 9 })
  const events = async (repositoryId: number | null) => {
    const job = { ...walkOf(store, { status: 'any', repositoryId }), target: ORGANIZATION }
    return (await walk(store.read, job, 0, 9)).map(eventOf)
  }
  assert.deepEqual(await events(null), [inSeven, inEight, ofItsOwn])
  assert.deepEqual(await events(8), [inEight])
})

test('knows which bytes are kept', async t => {
  const store = await openTestStore(t)
  const [kept, dropped] = [await addEvent(store), await addEvent(store, { payload: null })]
  assert.deepEqual(await keptPayloadsAmong(store.read, [kept, dropped]), new Set([kept]))
  assert.deepEqual(await keptPayloadsAmong(store.read, []), new Set())
})

test('follows an index in every walk, whatever is rare among millions', async t => {
  const store = await openTestStore(t)
  const planOf = (status: RecoveryCriteria['status'], target: Walk['target']) =>
    plansOf(store.read, db => walk(db, { ...walkOf(store, { status }), target }, 9, 500))
  const plans = {
    events: await planOf('any', REPOSITORY),
    organization: await planOf('failed', ORGANIZATION),
    skips: await planOf('skipped', REPOSITORY),
    exhausted: await planOf('exhausted', REPOSITORY),
  }
  assert.match(plans.events, /USING INDEX events_by_repository \(repository_id=\? AND id>\? AND id<\?\)/)
  assert.match(plans.organization, /events_by_organization \(organization_id=\? AND id>\? AND id<\?\)/)
  assert.match(plans.skips, /skips_by_hook \(hook_id=\? AND event_id>\? AND event_id<\?\)/)
  assert.match(plans.exhausted, /deliveries_exhausted \(hook_id=\? AND id>\? AND id<\?\)/)
  for (const plan of Object.values(plans)) {
    assert.match(plan, /SEARCH one USING INDEX deliveries_by_event/)
    // `events` is the piece that was asked for, at most as many as asked.
    assert.doesNotMatch(plan, /SCAN (?!events$)|TEMP B-TREE/m)
  }
})

function walkOf(store: Store, criteria: Partial<RecoveryCriteria>): Walk {
  const everything = { hookId: null, event: null, action: null, repositoryId: null, reason: null }
  return {
    target: REPOSITORY,
    hookId: HOOK,
    endId: store.ids.next(),
    criteria: { ...everything, status: 'any', from: null, to: null, ...criteria },
  }
}

function eventOf({ eventId }: { readonly eventId: number }): number {
  return eventId
}
