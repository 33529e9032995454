import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_POLICY } from '../../policy.ts'
import { findHookById } from '../../store/hooks.ts'
import { addRepository, organizationHooks, repositoryHooks, URL_OK } from '../test-hooks.ts'

const NONE = { actions: null, refs: null, paths: null, repositories: null, actors: null, expression: null }

test('a new hook filters nothing', async t => {
  const { create, get } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK } })
  const { status, json } = await get(`/${id}/filters`)
  assert.deepEqual([status, json], [200, NONE])
})

for (const [family, start] of Object.entries({ repositoryHooks, organizationHooks })) {
  test(`are replaced as a whole, remembered and removed: ${family}`, async t => {
    const { create, get, put, remove, server } = withWays(await start(t))
    const { id } = await create({ config: { url: URL_OK, secret: 's' }, events: ['push'] })
    const stored = () => findHookById(server.store.read, server.store.vault, id)

    await put(`/${id}/filters`, { actions: ['opened'], refs: [] })
    const filters = { refs: ['release/**', '!**-alpha'], expression: 'payload.number > 5' }
    const { status, json } = await put(`/${id}/filters`, filters)
    assert.deepEqual([status, json], [200, { ...NONE, ...filters }])
    assert.deepEqual((await get(`/${id}/filters`)).json, json)
    const hook = await stored()
    assert.deepEqual(hook?.filters, { ...NONE, ...filters })
    // The rest of the hook is left alone.
    assert.deepEqual([hook?.config.secret?.reveal(), hook?.policy], ['s', DEFAULT_POLICY])

    const removed = await remove(`/${id}/filters`)
    assert.deepEqual([removed.status, removed.text], [204, ''])
    assert.deepEqual((await get(`/${id}/filters`)).json, NONE)
    assert.equal((await stored())?.filters, null)
  })
}

test('an organization’s hook filters by repository', async t => {
  const { create, put } = withWays(await organizationHooks(t))
  const { id } = await create({ config: { url: URL_OK } })
  const { json } = await put(`/${id}/filters`, { repositories: ['acme/*', '!acme/Secret'] })
  assert.deepEqual(json, { ...NONE, repositories: ['acme/*', '!acme/Secret'] })
})

test('what cannot be used is refused, all at once, and nothing is changed', async t => {
  const { create, get, put } = withWays(await repositoryHooks(t))
  const { id } = await create({ config: { url: URL_OK } })
  await put(`/${id}/filters`, { actions: ['opened'] })
  const refused = await put(`/${id}/filters`, {
    actions: [''],
    refs: ['v[12'],
    paths: ['!docs/**'],
    repositories: ['hello'],
    actors: ['!dependabot[bot]'],
    expression: 'payload.title.matches("a")',
  })
  assert.deepEqual([refused.status, refused.json.message], [422, 'Validation Failed'])
  const messages = {
    actions: ['An action must not be empty.'],
    refs: ['A "[" is not closed in "v[12".'],
    paths: ['There must be a pattern without "!", such as "**".'],
    repositories: [
      '"hello" is no owner and name, as in "octo-org/*".',
      'The hooks of a repository do not hear of several.',
    ],
    actors: ['There must be a pattern without "!", such as "*".'],
    expression: ['matches() is not available here. Use contains, startsWith or endsWith (at character 1).'],
  }
  const items = Object.entries(messages).flatMap(([field, sentences]) =>
    sentences.map(sentence => ({
      resource: 'Hook',
      code: 'custom',
      field,
      message: `${field}: ${sentence}`,
    })),
  )
  assert.deepEqual(refused.json.errors, items)
  assert.deepEqual((await get(`/${id}/filters`)).json, { ...NONE, actions: ['opened'] })
})

test('what is of the wrong form is refused in GitHub’s words', async t => {
  const { create, put, post } = withWays(await repositoryHooks(t))
  const { id } = await create({ config: { url: URL_OK } })
  const cases: [body: object, line: string][] = [
    [{ branches: ['main'] }, '"branches" is not a permitted key.'],
    [{ refs: 'main' }, 'For \'properties/refs\', "main" is not an array or nil.'],
    [{ refs: [7] }, "For 'properties/refs/items', 7 is not a string."],
    [{ expression: true }, "For 'properties/expression', true is not a string or nil."],
    [
      { actions: Array(51).fill('a') },
      "For 'properties/actions', No more than 50 items are allowed; 51 were supplied.",
    ],
  ]
  for (const [body, line] of cases) {
    const { status, json } = await put(`/${id}/filters`, body)
    assert.deepEqual([status, json.message], [422, `Invalid request.\n\n${line}`])
    assert.equal((await post(`/${id}/filters/tries`, { filters: body })).status, 422)
  }
  for (const body of [{ event: 'pushed' }, { limit: 0 }, { limit: 101 }, { hook: 1 }]) {
    assert.equal((await post(`/${id}/filters/tries`, body)).status, 422, JSON.stringify(body))
  }
})

test('are tried against what happened lately, before they are saved', async t => {
  const { create, post, get, publish } = withWays(await repositoryHooks(t))
  const { id } = await create({ config: { url: URL_OK }, events: ['push', 'pull_request'], active: false })
  await publish([
    { event: 'push', payload: { ref: 'refs/heads/main', sender: { login: 'octocat' } } },
    { event: 'issues', payload: { action: 'opened' } },
    {
      event: 'pull_request',
      payload: { action: 'closed', pull_request: { base: { ref: 'main' }, draft: true } },
    },
    { event: 'push', payload: { ref: 'refs/heads/topic', sender: { login: 'dependabot[bot]' } } },
  ])
  const filters = { refs: ['main'], expression: 'payload.pull_request.draft == false' }
  const { status, json } = await post(`/${id}/filters/tries`, { filters })
  assert.equal(status, 200)
  assert.deepEqual([json.filters, json.passed, json.refused], [{ ...NONE, ...filters }, 1, 2])
  const told = json.events.map(({ event, action, passes, refused_by, detail }: any) => [
    event,
    action,
    passes,
    refused_by,
    detail,
  ])
  assert.deepEqual(told, [
    ['push', null, false, 'refs', 'the ref is "refs/heads/topic"'],
    ['pull_request', 'closed', false, 'expression', 'it gives false'],
    ['push', null, true, null, 'expression: No such key: pull_request'],
  ])
  assert.deepEqual(Object.keys(json.events[0]), [
    ...['id', 'guid', 'event', 'action', 'created_at', 'passes', 'refused_by', 'detail'],
  ])
  // Nothing was saved.
  assert.deepEqual((await get(`/${id}/filters`)).json, NONE)
})

test('are tried as they are saved when none are given', async t => {
  const { create, put, post, publish } = withWays(await repositoryHooks(t))
  const { id } = await create({ config: { url: URL_OK }, events: ['*'], active: false })
  await publish([
    { event: 'issues', payload: { action: 'opened' } },
    { event: 'issues', payload: { action: 'closed' } },
    { event: 'star', payload: { action: 'created' } },
  ])
  const tries = async (body: object) => {
    const { events } = (await post(`/${id}/filters/tries`, body)).json
    return events.map(({ event, action, passes }: any) => `${event}.${action} ${passes}`)
  }
  assert.deepEqual(await tries({}), ['star.created true', 'issues.closed true', 'issues.opened true'])
  await put(`/${id}/filters`, { actions: ['opened'] })
  assert.deepEqual(await tries({}), ['star.created false', 'issues.closed false', 'issues.opened true'])
  assert.deepEqual(await tries({ event: 'star' }), ['star.created false'])
  assert.deepEqual(await tries({ limit: 1 }), ['star.created false'])
  assert.deepEqual(await tries({ filters: { actions: [] } }), [
    ...['star.created true', 'issues.closed true', 'issues.opened true'],
  ])
})

test('cannot be tried where the payload is gone or too large, and are then not said to refuse', async t => {
  const { server, create, post, publish } = withWays(await repositoryHooks(t))
  const { id } = await create({ config: { url: URL_OK }, active: false })
  await publish([
    { event: 'push', payload: { ref: 'refs/heads/gone' } },
    { event: 'push', payload: { ref: 'refs/heads/large', filler: 'x'.repeat(2 * 1024 * 1024) } },
    { event: 'push', payload: { ref: 'refs/heads/topic' } },
  ])
  const [gone] = await server.store.read
    .selectFrom('events')
    .select('id')
    .where('name', '=', 'push')
    .orderBy('id')
    .execute()
  await server.store.write(tx => tx.deleteFrom('payloads').where('event_id', '=', gone!.id).execute())
  const { json } = await post(`/${id}/filters/tries`, { filters: { refs: ['main'] } })
  assert.deepEqual([json.passed, json.refused], [0, 1])
  assert.deepEqual(
    json.events.map(({ passes, detail }: any) => [passes, detail]),
    [
      [false, 'the ref is "refs/heads/topic"'],
      [null, 'Its payload of 2097190 bytes is too much to be tried.'],
      [null, 'Its payload is no longer kept.'],
    ],
  )
})

test('of an organization are tried against its repositories’ events', async t => {
  const { server, create, post, organization, token } = await organizationHooks(t)
  await addRepository(server, organization, 'site')
  const { id } = await create({ config: { url: URL_OK }, active: false })
  const payload = { ref: 'refs/heads/main', repository: { full_name: 'acme/site' } }
  const body = [{ event: 'push', payload }]
  await server.request('POST', '/repos/acme/site/events?validate=false', { token, body })
  const { json } = await post(`/${id}/filters/tries`, { filters: { repositories: ['acme/docs'] } })
  assert.deepEqual(
    json.events.map(({ refused_by, detail }: any) => [refused_by, detail]),
    [['repositories', 'the repository is "acme/site"']],
  )
})

test('a token that may only read reads and tries, and does not write', async t => {
  const { create, server, user } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK } })
  const token = await server.addToken(user, ['read:repo_hook'])
  const calls: [method: string, at: string, status: number][] = [
    ['GET', '', 200],
    ['POST', '/tries', 200],
    ['PUT', '', 404],
    ['DELETE', '', 404],
  ]
  for (const [method, at, status] of calls) {
    const body = method === 'POST' || method === 'PUT' ? {} : undefined
    const answer = await server.request(method, `/repos/octocat/hello/hooks/${id}/filters${at}`, {
      token,
      body,
    })
    assert.equal(answer.status, status, method)
  }
})

test('a hook of another repository, or one that was deleted, has no filters', async t => {
  const { create, request, server, token, user } = await repositoryHooks(t)
  await addRepository(server, user, 'other')
  const { id } = await create({ config: { url: URL_OK } })
  const elsewhere = `/repos/octocat/other/hooks/${id}/filters`
  assert.equal((await server.request('GET', elsewhere, { token })).status, 404)
  await request('DELETE', `/${id}`)
  for (const [method, at] of [
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', ''],
    ['POST', '/tries'],
  ]) {
    const body = method === 'POST' || method === 'PUT' ? {} : undefined
    assert.equal((await request(method!, `/${id}/filters${at}`, body)).status, 404)
  }
})

/** Ways to the filters of a hook, and to events of `octocat/hello`. */
function withWays<
  Hooks extends Pick<Awaited<ReturnType<typeof repositoryHooks>>, 'server' | 'token' | 'request'>,
>(hooks: Hooks) {
  const { server, token, request } = hooks
  return {
    ...hooks,
    put: (at: string, body: unknown) => request('PUT', at, body),
    remove: (at: string) => request('DELETE', at),
    publish: async (body: readonly object[]) => {
      const { status } = await server.request('POST', '/repos/octocat/hello/events?validate=false', {
        token,
        body,
      })
      assert.equal(status, 202)
    },
  }
}
