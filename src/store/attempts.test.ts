import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Attempt } from '../delivery.ts'
import { findAttempt, lastAttemptsOf, listAttempts, listLaterAttemptIds } from './attempts.ts'
import { createHook } from './hooks.ts'
import { settleStatements } from './queue.ts'
import type { Store } from './store.ts'
import { openTestStore, plansOf } from './test-store.ts'

const HOOK = 5

test('gives back an attempt as it was settled', async t => {
  const store = await openTestStore(t)
  const attempt = attemptOf({
    id: 1,
    redelivery: true,
    action: 'opened',
    response: { headers: [['Content-Type', 'text/plain']], body: new Uint8Array([1, 2, 3]) },
  })
  await log(store, attempt)
  assert.deepEqual(await findAttempt(store.read, HOOK, 1), attempt)
})

test('gives back an attempt that got no answer, and one whose body was dropped', async t => {
  const store = await openTestStore(t)
  const unanswered = attemptOf({ id: 1, response: null })
  const bodiless = attemptOf({ id: 2, response: { headers: [], body: null } })
  await log(store, unanswered, bodiless)
  assert.deepEqual(await findAttempt(store.read, HOOK, 1), unanswered)
  assert.deepEqual(await findAttempt(store.read, HOOK, 2), bodiless)
})

test('does not find an attempt at another hook', async t => {
  const store = await openTestStore(t)
  await log(store, attemptOf({ id: 1 }))
  assert.equal(await findAttempt(store.read, HOOK + 1, 1), undefined)
})

test('lists newest first from the cursor on, itself included', async t => {
  const store = await openTestStore(t)
  await log(store, ...[1, 2, 3, 4].map(id => attemptOf({ id })), attemptOf({ id: 9, hookId: HOOK + 1 }))
  assert.deepEqual(await ids(store, { limit: 3 }), [4, 3, 2])
  assert.deepEqual(await ids(store, { limit: 3, fromId: 2 }), [2, 1])
})

test('filters as GitHub does: a redirect is no failure', async t => {
  const store = await openTestStore(t)
  const codes = [199, 200, 302, 399, 400, 502, 599, 600]
  await log(store, ...codes.map(statusCode => attemptOf({ id: statusCode, statusCode })))
  assert.deepEqual(await ids(store, { limit: 9, status: 'success' }), [399, 302, 200])
  assert.deepEqual(await ids(store, { limit: 9, status: 'failure' }), [599, 502, 400])
})

test('reads no table through: every question is a search in an index', async t => {
  const { read } = await openTestStore(t)
  const plans = [
    await plansOf(read, db => listAttempts(db, HOOK, { limit: 30, fromId: 9 })),
    await plansOf(read, db => listAttempts(db, HOOK, { limit: 30, status: 'failure' })),
    await plansOf(read, db => listLaterAttemptIds(db, HOOK, { afterId: 9, limit: 30 })),
    await plansOf(read, db => lastAttemptsOf(db, [1, 2])),
  ]
  for (const plan of plans) assert.doesNotMatch(plan, /SCAN|TEMP B-TREE/)
  assert.match(plans[1] ?? '', /attempts_failed/)
})

test('names the attempts that came after one, oldest first', async t => {
  const store = await openTestStore(t)
  await log(store, ...[1, 2, 3, 4].map(id => attemptOf({ id, statusCode: id === 3 ? 500 : 200 })))
  const later = (limit: number) => listLaterAttemptIds(store.read, HOOK, { afterId: 1, limit })
  assert.deepEqual(await later(2), [2, 3])
  assert.deepEqual(
    await listLaterAttemptIds(store.read, HOOK, { afterId: 1, limit: 9, status: 'success' }),
    [2, 4],
  )
})

test('tells the latest attempt of each hook, and nothing of a hook that was never tried', async t => {
  const store = await openTestStore(t)
  const [first, second, unused] = [await hookOf(store), await hookOf(store), await hookOf(store)]
  await log(
    store,
    attemptOf({ id: 1, hookId: first, statusCode: 500, status: 'Invalid HTTP Response: 500' }),
    attemptOf({ id: 2, hookId: first }),
    attemptOf({ id: 3, hookId: second, statusCode: 504, status: 'timed out' }),
  )
  assert.deepEqual(
    await lastAttemptsOf(store.read, [first, second, unused]),
    new Map([
      [first, { status: 'OK', statusCode: 200 }],
      [second, { status: 'timed out', statusCode: 504 }],
    ]),
  )
  assert.deepEqual(await lastAttemptsOf(store.read, []), new Map())
})

async function ids(store: Store, query: Parameters<typeof listAttempts>[2]): Promise<number[]> {
  return (await listAttempts(store.read, HOOK, query)).map(({ id }) => id)
}

function log(store: Store, ...attempts: Attempt[]) {
  return store.batch(settleStatements('nobody', [], attempts))
}

async function hookOf(store: Store): Promise<number> {
  const { id } = await store.write(tx =>
    createHook(tx, store.vault, {
      accountId: 1,
      target: { kind: 'repository', id: 1 },
      active: true,
      events: ['push'],
      config: { url: 'https://example.com/', contentType: 'json', secret: null, insecureSsl: false },
      createdAt: new Date(0),
      updatedAt: new Date(0),
    }),
  )
  return id
}

function attemptOf(change: Partial<Attempt>): Attempt {
  return {
    accountId: 1,
    id: 1,
    deliveryId: 10,
    eventId: 20,
    hookId: HOOK,
    guid: '00000000-0000-1000-8000-000000000000',
    event: 'push',
    action: null,
    repositoryId: 30,
    installationId: null,
    redelivery: false,
    startedAt: new Date(1_000),
    tookMs: 12,
    status: 'OK',
    statusCode: 200,
    request: { url: 'https://example.com/', contentType: 'json', headers: [['Accept', '*/*']] },
    response: { headers: [], body: new Uint8Array() },
    ...change,
  }
}
