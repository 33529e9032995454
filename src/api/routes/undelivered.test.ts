import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { addDelivery, addEvent, addSkip, openBreaker } from '../../store/test-rows.ts'
import { repositoryHooks, URL_OK } from '../test-hooks.ts'
import { eventually, startTestReceiver } from '../test-receiver.ts'

const NOON_MS = Date.UTC(2026, 10, 24, 12)
const EVENTS = '/repos/octocat/hello/events'

test('lists what was given up, with the reason and its attempts', async t => {
  const receiver = await startTestReceiver(t)
  receiver.answer(500)
  const { server, token, create, get, patch } = await repositoryHooks(t)
  const hook = await create({ config: { url: receiver.url }, events: ['issues'] })
  await patch(`/${hook.id}/policy`, { retry: 'off' })
  const body = { event: 'issues', action: 'opened', payload: { action: 'opened' } }
  const { json: accepted } = await server.request('POST', `${EVENTS}?validate=false`, { token, body })

  const list = () => get(`/${hook.id}/undelivered?state=exhausted`)
  const { status, json } = await eventually(list, answer => answer.json.length > 0)
  assert.equal(status, 200)
  const { created_at, settled_at, happened_at, repository_id, ...item } = json[0]
  assert.deepEqual(item, {
    event_id: accepted.id,
    guid: accepted.guid,
    event: 'issues',
    action: 'opened',
    state: 'exhausted',
    reason: 'no_retry_left',
    detail: null,
    next_attempt_at: null,
    attempts: 1,
    redelivery: false,
  })
  for (const time of [created_at, settled_at, happened_at]) assert.ok(Date.parse(time) > 0)
  assert.equal(typeof repository_id, 'number')
})

test('lists what waits for its retry, and when that is due', async t => {
  const { server, hook, get } = await hookWithRows(t)
  const eventId = await addEvent(server.store)
  const row = { hookId: hook.id, eventId, state: 'pending', attempts: 2 } as const
  await addDelivery(server.store, { ...row, dueAtMs: Date.UTC(2090, 0, 1) })
  const { json } = await get(`/${hook.id}/undelivered?state=pending`)
  assert.deepEqual(
    [json.length, json[0].state, json[0].reason, json[0].attempts, json[0].next_attempt_at],
    [1, 'pending', 'retry', 2, '2090-01-01T00:00:00Z'],
  )
})

test('lists what was skipped, and which filter did not let it through', async t => {
  const { server, hook, get } = await hookWithRows(t)
  await addSkip(server.store, hook.id, await addEvent(server.store), 'inactive')
  await addSkip(server.store, hook.id, await addEvent(server.store), 'filtered', 'actions')
  const { json } = await get(`/${hook.id}/undelivered?state=skipped`)
  assert.deepEqual(
    json.map(({ state, reason, detail }: any) => [state, reason, detail]),
    [
      ['skipped', 'filtered', 'actions'],
      ['skipped', 'inactive', null],
    ],
  )
})

test('shows what is pending behind an open breaker as held, after what is held itself', async t => {
  const { server, hook, get } = await hookWithRows(t)
  const { store } = server
  await openBreaker(store, hook.id, NOON_MS, NOON_MS + 30_000)
  for (let n = 0; n < 2; n++) {
    const eventId = await addEvent(store)
    await addDelivery(store, { hookId: hook.id, eventId, state: 'held', reason: 'inactive' })
    await addDelivery(store, { hookId: hook.id, eventId, state: 'pending', dueAtMs: Date.UTC(2090, 0, 1) })
  }
  assert.deepEqual((await get(`/${hook.id}/undelivered?state=pending`)).json, [])

  const seen: unknown[] = []
  let next: string | undefined = `/${hook.id}/undelivered?state=held&per_page=1`
  while (next !== undefined) {
    const answer = await get(next)
    seen.push(
      ...answer.json.map(({ state, reason, next_attempt_at }: any) => [state, reason, next_attempt_at]),
    )
    next = /hooks(\/[^>]*)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
  }
  assert.deepEqual(seen, [
    ['held', 'inactive', null],
    ['held', 'inactive', null],
    ['held', 'breaker', '2026-11-24T12:00:30Z'],
    ['held', 'breaker', '2026-11-24T12:00:30Z'],
  ])
})

test('refuses a state and a cursor that are none', async t => {
  const { hook, get } = await hookWithRows(t)
  const message = async (query: string) => {
    const { status, json } = await get(`/${hook.id}/undelivered${query}`)
    assert.equal(status, 422)
    return json.message
  }
  assert.match(await message(''), /"state" wasn't supplied\./)
  assert.match(await message('?state=delivered'), /"delivered" is not a member of/)
  assert.match(await message('?state=held&cursor=v1_7'), /"v1_7" is not a cursor/)
})

test('lets go of all that an open breaker keeps back in one call', async t => {
  const receiver = await startTestReceiver(t)
  receiver.answer(500)
  const { server, token, create, get, post } = await repositoryHooks(t)
  const hook = await create({ config: { url: receiver.url }, events: ['issues'] })
  const body = Array.from({ length: 12 }, () => ({ event: 'issues', payload: {} }))
  await server.request('POST', `${EVENTS}?validate=false`, { token, body })
  const health = () => get(`/${hook.id}/health`)
  await eventually(health, ({ json }) => json.breaker.state === 'open' && json.counts.held === 13)

  receiver.answer(200)
  const before = receiver.received.length
  const { status, json } = await post(`/${hook.id}/releases`)
  assert.deepEqual([status, json], [202, { released: 13, limit: 10_000 }])
  await receiver.arrived(before + 13)
  const mended = await eventually(health, answer => answer.json.breaker.state === 'closed')
  assert.deepEqual(mended.json.changes.map(({ change, reason }: any) => [change, reason]).slice(0, 1), [
    ['closed', 'Released by octocat.'],
  ])
})

test('makes due what is held', async t => {
  const receiver = await startTestReceiver(t)
  const { server, create, post } = await repositoryHooks(t)
  const hook = await create({ config: { url: receiver.url } })
  await receiver.arrived(1)
  const eventId = await addEvent(server.store)
  await addDelivery(server.store, { hookId: hook.id, eventId, state: 'held' })
  assert.equal((await post(`/${hook.id}/releases`)).json.released, 1)
  await receiver.arrived(2)
})

test('releases nothing to an inactive hook, and says what to do instead', async t => {
  const { hook, patch, post } = await hookWithRows(t)
  await patch(`/${hook.id}`, { active: false })
  const { status, json } = await post(`/${hook.id}/releases`)
  assert.equal(status, 409)
  assert.match(json.message, /Activate it/)
})

test('shows lists to who may read hooks, and releases for who may write them', async t => {
  const { server, user, hook } = await hookWithRows(t)
  const reader = await server.addToken(user, ['read:repo_hook'])
  const path = `/repos/octocat/hello/hooks/${hook.id}`
  const list = `${path}/undelivered?state=held`
  assert.equal((await server.request('GET', list, { token: reader })).status, 200)
  assert.equal((await server.request('POST', `${path}/releases`, { token: reader })).status, 404)
  assert.equal((await server.request('GET', list)).status, 401)
  const stranger = await server.addToken(await server.addUser('mallory'))
  assert.equal((await server.request('GET', list, { token: stranger })).status, 404)
})

/** A hook that is never tried: its ping is still on its way to a port where nobody listens. */
async function hookWithRows(t: TestContext) {
  const hooks = await repositoryHooks(t)
  const hook = await hooks.create({ config: { url: URL_OK } })
  // The ping is out of the way once it waits for its retry.
  await hooks.server.store.write(tx => tx.deleteFrom('deliveries').execute())
  return { ...hooks, hook }
}
