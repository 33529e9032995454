import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_POLICY } from '../../policy.ts'
import { findHookById } from '../../store/hooks.ts'
import { addRepository, organizationHooks, repositoryHooks, URL_OK } from '../test-hooks.ts'
import { eventually } from '../test-receiver.ts'

test('a new hook has the defaults, and says so', async t => {
  const { create, get } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK } })
  const { status, json } = await get(`/${id}/policy`)
  assert.equal(status, 200)
  assert.deepEqual([json.timeout_seconds, json.concurrency, json.order], [10, 10, 'none'])
  assert.equal(json.defaults.length, 6)
})

for (const [family, start] of Object.entries({ repositoryHooks, organizationHooks })) {
  test(`a change is merged and remembered: ${family}`, async t => {
    const { create, get, patch, server } = await start(t)
    const { id } = await create({ config: { url: URL_OK, secret: 's' } })
    const rate = { deliveries: 5, per_seconds: 60 }
    await patch(`/${id}/policy`, { order: 'issue', rate_limit: rate, retry: [1, 2] })
    const { status, json } = await patch(`/${id}/policy`, { retry: null, standard_webhooks: true })
    assert.equal(status, 200)
    assert.deepEqual(json, { ...(await get(`/${id}/policy`)).json })
    assert.deepEqual(json.defaults, ['timeout_seconds', 'retry', 'concurrency'])

    const hook = await findHookById(server.store.read, server.store.vault, id)
    const rateLimit = { deliveries: 5, perMs: 60_000 }
    assert.deepEqual(hook?.policy, { ...DEFAULT_POLICY, order: 'issue', rateLimit })
    assert.equal(hook?.standardWebhooks, true)
    // The rest of the hook is left alone.
    assert.equal(hook?.config.secret?.reveal(), 's')
  })
}

test('the engine takes a change at once', async t => {
  const { create, patch, server, repository } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK }, events: ['issues'] })
  await patch(`/${id}/policy`, { retry: 'off' })
  await server.engine.publish([
    {
      accountId: repository.owner.id,
      name: 'issues',
      action: 'opened',
      payload: Buffer.from('{"action":"opened"}'),
      repositoryId: repository.id,
      organizationId: null,
      senderId: null,
    },
  ])
  // Nobody listens there: with retries it would be pending again.
  await eventually(
    () => server.store.read.selectFrom('deliveries').select('state').execute(),
    deliveries => deliveries.some(({ state }) => state === 'exhausted'),
  )
})

test('what cannot be used is refused, and nothing is changed', async t => {
  const { create, get, patch } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK } })
  const before = (await get(`/${id}/policy`)).json
  const refused = await patch(`/${id}/policy`, { concurrency: 5, timeout_seconds: 60, order: 'fifo' })
  assert.equal(refused.status, 422)
  assert.equal(refused.json.message, 'Validation Failed')
  assert.deepEqual(refused.json.errors, [
    {
      resource: 'Hook',
      code: 'custom',
      field: 'timeout_seconds',
      message: 'timeout_seconds must be from 1 to 30',
    },
    {
      resource: 'Hook',
      code: 'custom',
      field: 'order',
      message: 'order must be one of "none", "hook", "repository", "issue"',
    },
  ])
  assert.deepEqual((await get(`/${id}/policy`)).json, before)
})

test('what is of the wrong form is refused in GitHub’s words', async t => {
  const { create, patch } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK } })
  const cases: [body: object, line: string][] = [
    [{ timeout: 5 }, '"timeout" is not a permitted key.'],
    [{ timeout_seconds: 2.5 }, "For 'properties/timeout_seconds', 2.5 is not an integer or nil."],
    [{ concurrency: '5' }, 'For \'properties/concurrency\', "5" is not an integer or nil.'],
    [{ retry: ['5'] }, 'For \'properties/retry/items\', "5" is not an integer.'],
    [{ rate_limit: { deliveries: 1 } }, '"per_seconds" wasn\'t supplied.'],
    [{ standard_webhooks: 'yes' }, 'For \'properties/standard_webhooks\', "yes" is not a boolean or nil.'],
  ]
  for (const [body, line] of cases) {
    const { status, json } = await patch(`/${id}/policy`, body)
    assert.deepEqual([status, json.message], [422, `Invalid request.\n\n${line}`])
  }
})

test('a token that may only read reads, and does not write', async t => {
  const { create, server, user } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK } })
  const token = await server.addToken(user, ['read:repo_hook'])
  const path = `/repos/octocat/hello/hooks/${id}/policy`
  assert.equal((await server.request('GET', path, { token })).status, 200)
  assert.equal((await server.request('PATCH', path, { token, body: { order: 'hook' } })).status, 404)
})

test('a hook of another repository, or one that was deleted, has no policy', async t => {
  const { create, request, server, token, user } = await repositoryHooks(t)
  await addRepository(server, user, 'other')
  const { id } = await create({ config: { url: URL_OK } })
  const elsewhere = `/repos/octocat/other/hooks/${id}/policy`
  assert.equal((await server.request('GET', elsewhere, { token })).status, 404)
  await request('DELETE', `/${id}`)
  for (const method of ['GET', 'PATCH']) {
    const body = method === 'PATCH' ? {} : undefined
    assert.equal((await request(method, `/${id}/policy`, body)).status, 404)
  }
})
