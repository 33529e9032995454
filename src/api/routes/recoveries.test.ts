import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { addDelivery, addEvent, addSkip, openBreaker } from '../../store/test-rows.ts'
import { addRepository, organizationHooks, repositoryHooks } from '../test-hooks.ts'
import { eventually, startTestReceiver } from '../test-receiver.ts'
import type { TestServer } from '../test-server.ts'

const RECOVERIES = '/repos/octocat/hello/recoveries'

test('counts first, then sends everything that matches once more', async t => {
  const { server, hook, receiver, call } = await setUp(t)
  const guids = new Set<string>()
  for (let n = 0; n < 3; n++) guids.add(await giveUp(server, hook.id, 'opened'))
  await giveUp(server, hook.id, 'closed')

  const criteria = { hook_id: hook.id, event: 'issues', action: 'opened', status: 'exhausted' }
  const dry = await call('POST', '', { ...criteria, dry_run: true })
  assert.deepEqual([dry.status, dry.json.total, dry.json.complete, dry.json.dry_run], [200, 3, true, true])
  assert.deepEqual((await call('GET', '')).json, [])

  const made = await call('POST', '', criteria)
  assert.equal(made.status, 201)
  const { id, url, created_at, updated_at, creator, total, hooks, ...job } = made.json
  assert.deepEqual(job, {
    state: 'running',
    criteria: { ...criteria, repository_id: null, reason: null, from: null, to: null },
    rate: null,
    done: 0,
    skipped: 0,
  })
  // Not counted yet, or just so.
  assert.ok(total === null || total === 3)
  assert.deepEqual(
    hooks.map(({ hook_id, waits_for }: any) => [hook_id, waits_for]),
    [[hook.id, null]],
  )
  assert.equal(creator.login, 'octocat')
  assert.equal(url, `${server.url}${RECOVERIES}/${id}`)
  assert.equal(made.headers.get('location'), url)
  assert.ok(Date.parse(created_at) <= Date.parse(updated_at))

  const received = await receiver.arrived(4)
  const sent = received.slice(1).map(({ headers }) => String(headers['x-github-delivery']))
  assert.deepEqual(new Set(sent), guids)
  const done = await eventually(
    () => call('GET', `/${id}`),
    ({ json }) => json.state === 'done',
  )
  assert.deepEqual([done.json.total, done.json.done, done.json.skipped], [3, 3, 0])
  assert.deepEqual(done.json.hooks[0].ended, true)
  const [listed] = (await call('GET', '')).json
  assert.deepEqual([listed.id, listed.state, listed.done], [id, 'done', 3])
})

test('can be paused, slowed down, resumed and cancelled, and then stays so', async t => {
  const { hook, call } = await setUpWaiting(t)
  const { id } = (await call('POST', '', { hook_id: hook.id, status: 'any', rate: 5 })).json
  const change = async (body: object) => (await call('PATCH', `/${id}`, body)).json
  assert.deepEqual(
    [(await change({ state: 'paused' })).state, (await change({ rate: 1 })).rate],
    ['paused', 1],
  )
  assert.deepEqual([(await change({})).state, (await change({ rate: null })).rate], ['paused', null])
  assert.equal((await change({ state: 'running' })).state, 'running')
  assert.equal((await change({ state: 'cancelled' })).state, 'cancelled')
  const { status, json } = await call('PATCH', `/${id}`, { state: 'running' })
  assert.deepEqual([status, json.message], [409, `Recovery ${id} is cancelled, and stays so.`])
})

test('sends what was skipped to a hook that was inactive', async t => {
  const { server, hook, receiver, call } = await setUp(t)
  const eventId = await addEvent(server.store, { repositoryId: hook.repositoryId })
  await addSkip(server.store, hook.id, eventId, 'inactive')
  const filtered = await addEvent(server.store, { repositoryId: hook.repositoryId })
  await addSkip(server.store, hook.id, filtered, 'filtered', 'actions')
  const { json } = await call('POST', '', { status: 'skipped', reason: 'inactive' })
  await receiver.arrived(2)
  const { json: done } = await eventually(
    () => call('GET', `/${json.id}`),
    answer => answer.json.state === 'done',
  )
  assert.deepEqual([done.total, done.done], [1, 1])
})

test('tells for each hook what its share waits for', async t => {
  const { server, hook, create, patch, call } = await setUp(t)
  const inactive = await create({ config: { url: 'http://127.0.0.1:9/inactive' } })
  const broken = await create({ config: { url: 'http://127.0.0.1:9/broken' } })
  await patch(`/${inactive.id}`, { active: false })
  await openBreaker(server.store, broken.id, 0, 0)
  // An open breaker is given one to probe with.
  for (const { id } of [inactive, broken, broken]) await giveUp(server, id)
  const { json } = await call('POST', '', { status: 'any' })
  assert.deepEqual(
    json.hooks.map(({ hook_id, waits_for }: any) => [hook_id, waits_for]),
    [
      [hook.id, null],
      [inactive.id, 'inactive'],
      [broken.id, 'breaker'],
    ],
  )
})

test('keeps to a span of time', async t => {
  const { server, hook, call } = await setUp(t)
  await giveUp(server, hook.id)
  const count = async (span: object) =>
    (await call('POST', '', { status: 'exhausted', dry_run: true, ...span })).json.total
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString()
  assert.equal(await count({ from: hourAgo }), 1)
  assert.equal(await count({ from: hourAgo, to: '2090-01-01T00:00:00Z' }), 1)
  assert.equal(await count({ to: hourAgo }), 0)
})

test('tells everything that is wrong at once', async t => {
  const { call } = await setUp(t)
  const body = {
    hook_id: 999,
    event: 'nonsense',
    repository: 'other/hello',
    status: 'any',
    from: 'yesterday',
    to: 'never',
  }
  const { status, json } = await call('POST', '', body)
  assert.equal(status, 422)
  assert.deepEqual(
    json.errors.map(({ field, code, resource }: any) => [field, code, resource]),
    ['hook_id', 'event', 'repository', 'from', 'to'].map(field => [field, 'invalid', 'Recovery']),
  )
  const backwards = { status: 'any', from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }
  assert.deepEqual((await call('POST', '', backwards)).json.errors[0].field, 'to')
})

test('refuses what is malformed', async t => {
  const { call } = await setUp(t)
  const message = async (body: object) => {
    const { status, json } = await call('POST', '', body)
    assert.equal(status, 422)
    return json.message
  }
  assert.match(await message({}), /"status" wasn't supplied/)
  assert.match(await message({ status: 'all' }), /"all" is not a member of/)
  assert.match(await message({ status: 'any', rate: 0 }), /rate/)
  assert.match(await message({ status: 'any', hook: 1 }), /"hook" is not a permitted key/)
  const { id } = (await call('POST', '', { status: 'any' })).json
  assert.equal((await call('PATCH', `/${id}`, { state: 'done' })).status, 422)
  assert.equal((await call('PATCH', '/999', { state: 'paused' })).status, 404)
  assert.equal((await call('GET', '/x')).status, 404)
})

test('allows twenty that are not done', async t => {
  const { call } = await setUpWaiting(t)
  const ids: number[] = []
  for (let n = 0; n < 20; n++) ids.push((await call('POST', '', { status: 'any' })).json.id)
  assert.equal((await call('POST', '', { status: 'any' })).status, 409)
  await call('PATCH', `/${ids[0]}`, { state: 'cancelled' })
  assert.equal((await call('POST', '', { status: 'any' })).status, 201)
  const page = await call('GET', '?per_page=5&page=2')
  assert.deepEqual(
    page.json.map(({ id }: any) => id),
    ids.toReversed().slice(4, 9),
  )
  assert.match(page.headers.get('link') ?? '', /rel="next".*rel="last"/)
})

test('counts for four at once, and asks the others to wait', async t => {
  const { create, call } = await setUp(t)
  // Each is counted by itself, so that no count is over before the last one begins.
  for (let n = 0; n < 15; n++) await create({ config: { url: `http://127.0.0.1:9/${n}` }, events: ['*'] })
  const body = { status: 'any', dry_run: true }
  const answers = await Promise.all(Array.from({ length: 12 }, () => call('POST', '', body)))
  const refused = answers.filter(({ status }) => status === 429)
  assert.ok(refused.length > 0)
  for (const { headers } of refused) assert.equal(headers.get('retry-after'), '5')
  assert.equal(answers.filter(({ status }) => status === 200).length, 12 - refused.length)
  assert.equal((await call('POST', '', body)).status, 200)
})

test('is done at once where there is no hook', async t => {
  const { server, token } = await repositoryHooks(t)
  const { json } = await server.request('POST', RECOVERIES, { token, body: { status: 'any' } })
  assert.deepEqual([json.state, json.total, json.hooks], ['done', 0, []])
})

test('takes the events of one of an organization’s repositories', async t => {
  const { server, token, organization, create } = await organizationHooks(t)
  const repository = await addRepository(server, organization, 'site')
  const hook = await create({ config: { url: 'http://127.0.0.1:9/' } })
  const { store } = server
  const ids = [
    await addEvent(store, { organizationId: organization.id, repositoryId: repository.id }),
    await addEvent(store, { organizationId: organization.id, repositoryId: null }),
  ]
  for (const eventId of ids) await addDelivery(store, { hookId: hook.id, eventId, state: 'exhausted' })
  const total = async (criteria: object) => {
    const body = { status: 'exhausted', dry_run: true, ...criteria }
    return (await server.request('POST', '/orgs/acme/recoveries', { token, body })).json.total
  }
  assert.deepEqual([await total({}), await total({ repository: 'site' })], [2, 1])
  assert.equal(await total({ repository: 'Acme/Site' }), 1)
  const none = { token, body: { status: 'any', repository: 'nowhere' } }
  assert.equal((await server.request('POST', '/orgs/acme/recoveries', none)).status, 422)
})

test('is for who may write hooks, and shown to who may read them', async t => {
  const { server, user, call } = await setUp(t)
  const { id } = (await call('POST', '', { status: 'any' })).json
  const reader = { token: await server.addToken(user, ['read:repo_hook']) }
  const one = `${RECOVERIES}/${id}`
  assert.equal((await server.request('GET', one, reader)).status, 200)
  assert.equal((await server.request('PATCH', one, { ...reader, body: { rate: 1 } })).status, 404)
  assert.equal((await server.request('POST', RECOVERIES, { ...reader, body: { status: 'any' } })).status, 404)
  await addRepository(server, user, 'other')
  const { token } = { token: await server.addToken(user) }
  assert.equal((await server.request('GET', `/repos/octocat/other/recoveries/${id}`, { token })).status, 404)
})

/** A hook whose ping has arrived. */
async function setUp(t: TestContext) {
  const receiver = await startTestReceiver(t)
  const hooks = await repositoryHooks(t)
  const { server, token, repository, create } = hooks
  const made = await create({ config: { url: receiver.url } })
  await receiver.arrived(1)
  const call = (method: string, at: string, body?: unknown) =>
    server.request(method, RECOVERIES + at, { token, body })
  return { ...hooks, receiver, hook: { id: made.id as number, repositoryId: repository.id }, call }
}

/** The same, and inactive with something to send: its jobs do not come to an end by themselves. */
async function setUpWaiting(t: TestContext) {
  const hooks = await setUp(t)
  await giveUp(hooks.server, hooks.hook.id)
  await hooks.patch(`/${hooks.hook.id}`, { active: false })
  return hooks
}

/** An event that was given up for the hook; gives its GUID. */
async function giveUp({ store }: TestServer, hookId: number, action = 'opened'): Promise<string> {
  const [{ target_id: repositoryId } = { target_id: 0 }] = await store.read
    .selectFrom('hooks')
    .select('target_id')
    .where('id', '=', hookId)
    .execute()
  const eventId = await addEvent(store, { action, repositoryId })
  await addDelivery(store, { hookId, eventId, state: 'exhausted', attempts: 1, reason: 'no_retry_left' })
  const row = await store.read
    .selectFrom('events')
    .select('guid')
    .where('id', '=', eventId)
    .executeTakeFirstOrThrow()
  return row.guid
}
