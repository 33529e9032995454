import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lowestIdAt } from '../../base/id.ts'
import { settleStatements } from '../../store/queue.ts'
import type { Store } from '../../store/store.ts'
import { addDelivery, addEvent, openBreaker } from '../../store/test-rows.ts'
import { organizationHooks, repositoryHooks } from '../test-hooks.ts'
import { eventually, startTestReceiver } from '../test-receiver.ts'

test('tells how the latest attempts went', async t => {
  const receiver = await startTestReceiver(t)
  const { create, get, post, patch } = await repositoryHooks(t)
  const hook = await create({ config: { url: receiver.url } })
  await patch(`/${hook.id}/policy`, { retry: 'off' })
  await receiver.arrived(1)
  receiver.answer(500)
  await post(`/${hook.id}/pings`)
  await receiver.arrived(2)

  const { json } = await eventually(
    () => get(`/${hook.id}/health`),
    answer => answer.json.last_hour.attempts === 2,
  )
  const { duration, ...hour } = json.last_hour
  assert.deepEqual(hour, { attempts: 2, succeeded: 1, success_rate: 0.5, complete: true })
  assert.ok(duration.p50 >= 0 && duration.p95 >= duration.p50)
  assert.deepEqual(json.last_day, json.last_hour)
  assert.deepEqual([json.hook_id, json.active], [hook.id, true])
})

test('tells what waits, what is due since when, and what comes next', async t => {
  const { server, create, get } = await repositoryHooks(t)
  // Of an inactive hook nothing is attempted, so that what is due stays so: and its ping is not made.
  const hook = await create({ config: { url: 'http://127.0.0.1:9/' }, active: false })
  const { store } = server
  await store.write(tx => tx.deleteFrom('deliveries').execute())
  const eventId = await addEvent(store)
  const rows = [
    { state: 'pending', dueAtMs: Date.UTC(2091, 0, 1) },
    { state: 'pending', dueAtMs: Date.UTC(2090, 0, 1) },
    { state: 'held' },
    { state: 'exhausted' },
    { state: 'delivered' },
  ] as const
  for (const row of rows) await addDelivery(store, { hookId: hook.id, eventId, ...row })
  const { json } = await get(`/${hook.id}/health`)
  assert.deepEqual(json.counts, { pending: 2, held: 1, exhausted: 1, limit: 10_000 })
  assert.deepEqual([json.oldest_due_at, json.next_attempt_at], [null, '2090-01-01T00:00:00Z'])
  assert.deepEqual(json.breaker, {
    state: 'closed',
    since: null,
    next_probe_at: null,
    failed_probes: 0,
    reason: null,
  })

  await openBreaker(store, hook.id, 1000, 2000)
  const broken = (await get(`/${hook.id}/health`)).json
  assert.deepEqual(broken.counts, { pending: 0, held: 3, exhausted: 1, limit: 10_000 })
  assert.deepEqual(broken.breaker, {
    state: 'open',
    since: '1970-01-01T00:00:01Z',
    next_probe_at: '1970-01-01T00:00:02Z',
    failed_probes: 2,
    reason: 'It failed.',
  })
  assert.equal(broken.next_attempt_at, '1970-01-01T00:00:02Z')
  assert.deepEqual(broken.changes, [{ at: '1970-01-01T00:00:01Z', change: 'opened', reason: 'It failed.' }])
})

test('claims nothing of a hook that was never tried', async t => {
  const { server, create, get } = await organizationHooks(t)
  const hook = await create({ config: { url: 'http://127.0.0.1:9/' }, active: false })
  await server.store.write(tx => tx.deleteFrom('attempts').execute())
  const { json } = await get(`/${hook.id}/health`)
  assert.equal(json.active, false)
  assert.ok(json.last_day.success_rate === null || json.last_day.attempts > 0)
  assert.equal((await get('/999/health')).status, 404)
})

test('tells how attempts went over time, bucket by bucket, a bounded number of them', async t => {
  const { server, create, get } = await repositoryHooks(t)
  const hook = await create({ config: { url: 'http://127.0.0.1:9/' }, active: false })
  const { store } = server
  const nowMs = Date.now()
  const at = (minutesAgo: number) => nowMs - minutesAgo * 60_000
  // More than are looked at, within one minute.
  const minuteMs = Math.floor(at(30) / 60_000) * 60_000
  for (let n = 0; n < 201; n++)
    await addAttempt(store, hook.id, minuteMs + n, { statusCode: 200, tookMs: 10 })
  await addAttempt(store, hook.id, at(3), { statusCode: 500, tookMs: 40 })

  const { status, json } = await get(`/${hook.id}/health/series?window=hour`)
  assert.equal(status, 200)
  assert.deepEqual([json.window, json.bucket_seconds, json.buckets.length], ['hour', 60, 60])
  const holding = (time: number) =>
    json.buckets.find(({ from }: any) => time >= Date.parse(from) && time < Date.parse(from) + 60_000)
  assert.deepEqual(holding(at(3)), {
    from: holding(at(3)).from,
    attempts: 1,
    succeeded: 0,
    success_rate: 0,
    duration: { p50: 0.04, p95: 0.04 },
    complete: true,
  })
  const busy = holding(minuteMs)
  assert.deepEqual(
    [busy.attempts, busy.success_rate, busy.complete, busy.duration.p95],
    [json.limit, 1, false, 0.01],
  )
  assert.equal(holding(at(20)).success_rate, null)
  assert.equal((await get(`/${hook.id}/health/series`)).json.buckets.length, 48)
  assert.equal((await get(`/${hook.id}/health/series?window=week`)).json.buckets.length, 56)
  assert.equal((await get(`/${hook.id}/health/series?window=year`)).status, 422)
})

async function addAttempt(
  store: Store,
  hookId: number,
  atMs: number,
  { statusCode, tookMs }: { readonly statusCode: number; readonly tookMs: number },
): Promise<void> {
  const attempt = {
    accountId: 1,
    id: lowestIdAt(atMs),
    deliveryId: 1,
    eventId: 1,
    hookId,
    guid: 'g',
    event: 'push',
    action: null,
    repositoryId: null,
    installationId: null,
    redelivery: false,
    startedAt: new Date(atMs),
    tookMs,
    status: 'OK',
    statusCode,
    request: { url: 'https://example.com/', contentType: 'json', headers: [] },
    response: null,
  } as const
  await store.batch(settleStatements('nobody', [], [attempt]))
}
