import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Scope } from '../../account.ts'
import { createGuard } from '../../egress/address.ts'
import { addRepository, organizationHooks, repositoryHooks, URL_OK } from '../test-hooks.ts'
import { eventually, startTestReceiver } from '../test-receiver.ts'

// For hooks that are not made after all.
const URL_PUBLIC = 'https://example.com/hook'

test('creates a hook with GitHub’s defaults, and says where it is', async t => {
  const { post, get, server } = await repositoryHooks(t)
  const made = await post('', { config: { url: URL_OK } })
  assert.equal(made.status, 201)
  const url = `${server.url}/repos/octocat/hello/hooks/${made.json.id}`
  assert.equal(made.headers.get('location'), url)
  assert.deepEqual(made.json, {
    type: 'Repository',
    id: made.json.id,
    name: 'web',
    active: true,
    events: ['push'],
    config: { content_type: 'form', insecure_ssl: '0', url: URL_OK },
    updated_at: made.json.updated_at,
    created_at: made.json.created_at,
    url,
    test_url: `${url}/test`,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    last_response: { code: null, status: 'unused', message: null },
  })
  assert.deepEqual((await get(`/${made.json.id}`)).json.config, made.json.config)
})

test('creates an organization’s hook without test_url and last_response', async t => {
  const { post, server } = await organizationHooks(t)
  const { status, json } = await post('', {
    name: 'web',
    events: ['*'],
    config: { url: URL_OK, secret: 's' },
  })
  assert.equal(status, 201)
  const keys = 'type id name active events config updated_at created_at url ping_url deliveries_url'
  assert.deepEqual(Object.keys(json), keys.split(' '))
  assert.equal(json.type, 'Organization')
  assert.equal(json.config.secret, '********')
  assert.equal(json.url, `${server.url}/orgs/acme/hooks/${json.id}`)
})

test('points back under /api/v3 to who came there', async t => {
  const { server, token } = await repositoryHooks(t)
  const path = '/api/v3/repos/octocat/hello/hooks'
  const made = await server.request('POST', path, { token, body: { config: { url: URL_OK } } })
  assert.equal(made.json.url, `${server.url}${path}/${made.json.id}`)
})

test('refuses to create, in GitHub’s words, and stores nothing', async t => {
  const { post, get } = await repositoryHooks(t, {
    guard: createGuard({ allowNetworks: [], allowPrivateNetworks: false }),
  })
  const cases: [body: object, ...items: object[]][] = [
    [
      { name: 'email', config: { url: URL_PUBLIC } },
      { resource: 'Hook', code: 'invalid', field: 'name' },
    ],
    [
      { config: { url: URL_PUBLIC, 'content-type': 'json' } },
      custom('Invalid config attribute: content-type'),
    ],
    [
      { config: { url: URL_PUBLIC }, events: ['workflow_dispatch'] },
      custom('These events are not allowed for this hook: workflow_dispatch'),
    ],
    [
      { config: { url: URL_PUBLIC }, events: ['download', 'push', 'team'] },
      custom('These events are not allowed for this hook: download, team'),
    ],
    [{ config: { url: 'http://localhost:4567/' } }, unreachable('localhost')],
    [{ config: { url: 'http://127.0.0.1/' }, active: false }, unreachable('127.0.0.1')],
    [{ config: { url: 'http://[::ffff:10.0.0.1]/' } }, unreachable('::ffff:a00:1')],
  ]
  for (const [body, ...items] of cases) {
    const { status, json } = await post('', body)
    assert.deepEqual([status, json.message, json.errors], [422, 'Validation Failed', items])
    assert.equal(
      json.documentation_url,
      'https://docs.github.com/rest/repos/webhooks#create-a-repository-webhook',
    )
  }
  for (const config of [
    {},
    { url: '' },
    { url: 'ftp://example.com/' },
    { url: 'no url' },
    { url: URL_PUBLIC, secret: '********' },
  ]) {
    assert.equal((await post('', { config })).status, 422)
  }
  assert.deepEqual((await get('')).json, [])
})

test('tells what is wrong with the form of a body', async t => {
  const { post } = await repositoryHooks(t)
  const { post: postToOrganization } = await organizationHooks(t)
  const cases: [post: typeof post, body: unknown, fault: string][] = [
    [post, { events: null }, "For 'properties/events', nil is not an array."],
    [post, { events: [7] }, "For 'properties/events/items', 7 is not a string."],
    [post, { active: 'true' }, 'For \'properties/active\', "true" is not a boolean.'],
    [post, { config: URL_OK }, `For 'properties/config', "${URL_OK}" is not an object.`],
    [post, { created_at: 'x', updated_at: 'y' }, '"created_at", "updated_at" are not permitted keys.'],
    [postToOrganization, {}, '"name", "config" weren\'t supplied.'],
    [postToOrganization, { name: 'web' }, '"config" wasn\'t supplied.'],
  ]
  for (const [send, body, fault] of cases) {
    const { status, json } = await send('', body)
    assert.deepEqual([status, json.message, json.errors], [422, `Invalid request.\n\n${fault}`, undefined])
  }
  assert.deepEqual((await post('', '{"config":')).json.message, 'Problems parsing JSON')
  assert.deepEqual((await post('', [])).json.message, 'Body should be a JSON object')
})

test('refuses a duplicate, together with whatever else is wrong', async t => {
  const { post, get } = await repositoryHooks(t)
  await post('', { config: { url: URL_OK }, events: ['push', 'issues'] })
  const { status, json } = await post('', { config: { url: URL_OK, x: '1' }, events: ['issues'] })
  assert.equal(status, 422)
  assert.deepEqual(json.errors, [
    custom('Invalid config attribute: x'),
    custom('Hook already exists on this repository'),
  ])
  assert.equal((await post('', { config: { url: URL_OK }, events: ['star'] })).status, 201)
  assert.equal((await get('')).json.length, 2)
})

test('refuses the twenty-first hook of an event, with an item for each event', async t => {
  const { post, patch } = await repositoryHooks(t)
  const create = (n: number, events: string[]) =>
    post('', { config: { url: `${URL_OK}/${n}` }, events, active: false })
  for (let n = 0; n < 20; n++) assert.equal((await create(n, ['pull_request', 'push'])).status, 201)
  const items = ['pull_request', 'push'].map(name =>
    custom(`The "${name}" event cannot have more than 20 hooks`),
  )
  assert.deepEqual((await create(20, ['pull_request', 'push'])).json.errors, items)

  const other = await create(21, ['issues'])
  assert.equal(other.status, 201)
  assert.deepEqual((await patch(`/${other.json.id}`, { add_events: ['push'] })).json.errors, items.slice(1))
})

test('replaces the configuration as a whole when a hook is changed', async t => {
  const { patch, create } = await repositoryHooks(t)
  const config = { url: URL_OK, content_type: 'json', secret: 's', insecure_ssl: 1 }
  const { id } = await create({ config })
  assert.deepEqual((await patch(`/${id}`, { config: { url: `${URL_OK}/2` } })).json.config, {
    content_type: 'form',
    insecure_ssl: '0',
    url: `${URL_OK}/2`,
  })
})

test('leaves alone what a change does not name', async t => {
  const { patch, create } = await repositoryHooks(t)
  const { id } = await create({
    config: { url: URL_OK, content_type: 'json', secret: 's' },
    events: ['star'],
  })
  const { json } = await patch(`/${id}`, { active: false })
  assert.deepEqual(json.config, { content_type: 'json', insecure_ssl: '0', secret: '********', url: URL_OK })
  assert.deepEqual([json.active, json.events], [false, ['star']])
})

test('replaces, then adds, then removes events; a wildcard wins', async t => {
  const { patch, create } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK }, events: ['fork', 'push'] })
  const steps: [change: object, events: string[]][] = [
    [{ add_events: ['push', 'star'] }, ['fork', 'push', 'star']],
    [{ remove_events: ['fork', 'watch'] }, ['push', 'star']],
    [{ events: ['issues'], add_events: ['fork'], remove_events: ['issues'] }, ['fork']],
    [{ add_events: ['*'] }, ['*']],
    [{ add_events: ['push'], remove_events: ['push'] }, ['*']],
    [{ events: ['push', 'push'] }, ['push']],
  ]
  for (const [change, events] of steps) {
    assert.deepEqual((await patch(`/${id}`, change)).json.events, events, JSON.stringify(change))
  }
  assert.equal((await patch(`/${id}`, { remove_events: ['push'] })).status, 422)
})

test('knows no add_events and remove_events for an organization', async t => {
  const { patch, create } = await organizationHooks(t)
  const { id } = await create({ config: { url: URL_OK } })
  const { status, json } = await patch(`/${id}`, { add_events: ['star'] })
  assert.deepEqual([status, json.message], [422, 'Invalid request.\n\n"add_events" is not a permitted key.'])
})

test('takes back the whole hook that a client was given', async t => {
  const { patch, create } = await repositoryHooks(t)
  const hook = await create({ config: { url: URL_OK } })
  assert.equal((await patch(`/${hook.id}`, { ...hook, active: false })).status, 200)
})

test('merges into the configuration when that is changed by itself', async t => {
  const { patch, get, create } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK, content_type: 'json', secret: 's' } })
  const wanted = { content_type: 'json', insecure_ssl: '1', secret: '********', url: URL_OK }
  assert.deepEqual((await patch(`/${id}/config`, { insecure_ssl: '1' })).json, wanted)
  const read = await get(`/${id}/config`)
  assert.deepEqual(read.json, wanted)
  assert.deepEqual(Object.keys(read.json), ['content_type', 'insecure_ssl', 'secret', 'url'])
  assert.equal((await patch(`/${id}/config`, { secret: '' })).json.secret, undefined)
  assert.equal((await patch(`/${id}/config`, { secret: '********' })).status, 422)
  const { json } = await patch(`/${id}/config`, { events: ['push'] })
  assert.equal(json.message, 'Invalid request.\n\n"events" is not a permitted key.')
})

test('refuses a change as it refuses a creation, and changes nothing', async t => {
  const { patch, get, create } = await repositoryHooks(t)
  await create({ config: { url: `${URL_OK}/other` }, events: ['push'] })
  const before = await create({ config: { url: URL_OK }, events: ['push'] })
  const cases: [path: string, body: object][] = [
    ['', { config: { url: 'http://10.0.0.2/' } }],
    ['', { config: { url: `${URL_OK}/other` } }],
    ['', { config: {} }],
    ['', { events: [] }],
    ['', { add_events: ['team'] }],
    ['', { name: 'cli' }],
    ['/config', { url: 'http://10.0.0.1/' }],
    ['/config', { url: `${URL_OK}/other` }],
    ['/config', { content_type: 'xml' }],
  ]
  for (const [path, body] of cases) {
    assert.equal((await patch(`/${before.id}${path}`, body)).status, 422, JSON.stringify(body))
  }
  assert.deepEqual((await get(`/${before.id}`)).json.config, before.config)
  assert.deepEqual((await get(`/${before.id}`)).json.updated_at, before.updated_at)
})

test('moves updated_at with every change', async t => {
  let nowMs = Date.UTC(2026, 5, 1)
  const { patch, create } = await repositoryHooks(t, { clock: { nowMs: () => nowMs, random: () => 0.5 } })
  const { id } = await create({ config: { url: URL_OK } })
  nowMs += 60_000
  const { json } = await patch(`/${id}`, {})
  assert.deepEqual([json.created_at, json.updated_at], ['2026-06-01T00:00:00Z', '2026-06-01T00:01:00Z'])
})

test('deletes a hook once', async t => {
  const { request, get, create } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK } })
  const answer = await request('DELETE', `/${id}`)
  assert.deepEqual([answer.status, answer.text], [204, ''])
  assert.equal((await request('DELETE', `/${id}`)).status, 404)
  assert.equal((await get(`/${id}`)).status, 404)
})

test('lets one of several at once have its way', async t => {
  const { request, post, get } = await repositoryHooks(t)
  const made = await Promise.all([1, 2, 3].map(() => post('', { config: { url: URL_OK } })))
  assert.deepEqual(made.map(({ status }) => status).sort(), [201, 422, 422])
  const [hook] = (await get('')).json
  const deleted = await Promise.all([1, 2, 3].map(() => request('DELETE', `/${hook.id}`)))
  assert.deepEqual(deleted.map(({ status }) => status).sort(), [204, 404, 404])
})

test('lists by pages with links', async t => {
  const { get, create, server } = await repositoryHooks(t)
  const ids: number[] = []
  for (const n of [1, 2, 3]) ids.push((await create({ config: { url: `${URL_OK}/${n}` } })).id)
  const second = await get('?per_page=2&page=2')
  assert.deepEqual(
    second.json.map((hook: { id: number }) => hook.id),
    [ids[2]],
  )
  const page = `<${server.url}/repos/octocat/hello/hooks?per_page=2&page=1>`
  assert.equal(second.headers.get('link'), `${page}; rel="prev", ${page}; rel="first"`)
  assert.equal((await get('')).headers.get('link'), null)
})

test('keeps hooks to administrators: for everybody else there are none', async t => {
  const { server, create } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK } })
  const path = '/repos/octocat/hello/hooks'
  const stranger = await server.addToken(await server.addUser('stranger'))
  for (const at of ['', `/${id}`, `/${id}/config`, `/${id}/deliveries`]) {
    assert.equal((await server.request('GET', path + at, { token: stranger })).status, 404)
  }
  assert.equal((await server.request('GET', path)).status, 401)
  const refused = await server.request('POST', path, { token: stranger, body: 'no JSON' })
  assert.deepEqual([refused.status, refused.json.message], [404, 'Not Found'])
})

test('asks for the scope that GitHub asks for', async t => {
  const { server, user, create } = await repositoryHooks(t)
  const path = `/repos/octocat/hello/hooks`
  const calls: [method: string, at: string, scopes: Scope[], status: number][] = [
    ['GET', '', ['read:repo_hook'], 200],
    ['GET', '', ['user', 'delete_repo'], 404],
    ['GET', '', ['admin:org_hook'], 404],
    ['POST', '/pings', ['read:repo_hook'], 204],
    ['PATCH', '', ['read:repo_hook'], 404],
    ['PATCH', '', ['write:repo_hook'], 200],
    ['DELETE', '', ['write:repo_hook'], 404],
    ['DELETE', '', ['repo'], 204],
  ]
  const { id } = await create({ config: { url: URL_OK } })
  for (const [method, at, scopes, status] of calls) {
    const token = await server.addToken(user, scopes)
    const body = method === 'PATCH' ? { active: false } : undefined
    const answer = await server.request(method, `${path}/${id}${at}`, { token, body })
    assert.equal(answer.status, status, `${method} ${at} with ${scopes}`)
  }
})

test('opens the hooks of public repositories to public_repo, and of no other', async t => {
  const { server, user } = await repositoryHooks(t)
  await addRepository(server, user, 'secret', true)
  const token = await server.addToken(user, ['public_repo'])
  const ask = (method: string, path: string, body?: object) =>
    server.request(method, `/repos/octocat/${path}`, { token, body })

  const made = await ask('POST', 'hello/hooks', { config: { url: URL_OK } })
  assert.equal(made.status, 201)
  assert.equal((await ask('GET', 'hello/hooks')).status, 200)
  assert.equal((await ask('POST', `hello/hooks/${made.json.id}/pings`)).status, 204)
  assert.equal((await ask('DELETE', `hello/hooks/${made.json.id}`)).status, 204)
  assert.equal((await ask('GET', 'secret/hooks')).status, 404)
  assert.equal((await ask('POST', 'secret/hooks', { config: { url: URL_OK } })).status, 404)
})

test('tells which scopes would have done, as GitHub was recorded to', async t => {
  const { request, create } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK } })
  const accepted = async (method: string, at: string) =>
    (await request(method, at)).headers.get('x-accepted-oauth-scopes')
  const reading = 'admin:repo_hook, public_repo, read:repo_hook, repo, write:repo_hook'
  assert.equal(await accepted('GET', ''), reading)
  assert.equal(await accepted('POST', `/${id}/pings`), reading)
  assert.equal(await accepted('POST', ''), 'admin:repo_hook, public_repo, repo, write:repo_hook')
  assert.equal(await accepted('DELETE', `/${id}`), 'admin:repo_hook, public_repo, repo')
  const organization = await organizationHooks(t)
  const answer = await organization.get('')
  assert.equal(answer.headers.get('x-accepted-oauth-scopes'), 'admin:org_hook')
})

test('takes a username and a password for an organization’s hook, and keeps neither', async t => {
  const { post } = await organizationHooks(t)
  const config = { url: URL_OK, username: 'kdaigle', password: 'password' }
  const { status, json } = await post('', { name: 'web', config })
  assert.equal(status, 201)
  assert.deepEqual(json.config, { content_type: 'form', insecure_ssl: '0', url: URL_OK })
  const { post: postToRepository } = await repositoryHooks(t)
  assert.deepEqual((await postToRepository('', { config })).json.errors, [
    custom('Invalid config attribute: username'),
    custom('Invalid config attribute: password'),
  ])
})

test('sends no Last-Modified, which `last_response` would make a lie', async t => {
  const { create, get } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK } })
  const { headers } = await get(`/${id}`)
  assert.equal(headers.get('last-modified'), null)
  assert.match(headers.get('etag') ?? '', /^W\//)
})

test('looks at no body where none is taken', async t => {
  const { create, post, request } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK } })
  assert.equal((await post(`/${id}/pings`, 'no JSON')).status, 204)
  assert.equal((await post(`/${id}/tests`, '{"a":')).status, 204)
  assert.equal((await request('DELETE', `/${id}`, '[')).status, 204)
})

test('does not find the hook of another repository, nor what is no number', async t => {
  const { server, user, token, create, get } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK } })
  await addRepository(server, user, 'other')
  assert.equal((await server.request('GET', `/repos/octocat/other/hooks/${id}`, { token })).status, 404)
  const spellings = [`0${id}`, `${id}.0`, `${id}e0`, `0x${id.toString(16)}`, `+${id}`, `%20${id}`]
  for (const none of ['x', '1.5', '0', '-1', '9'.repeat(19), `${id}/`, `${id}/nothing`, ...spellings]) {
    assert.equal((await get(`/${none}`)).status, 404, none)
  }
})

test('has no hooks for users, and no test for organizations', async t => {
  const { server, token, create } = await organizationHooks(t)
  const { id } = await create({ config: { url: URL_OK } })
  for (const path of ['/orgs/octocat/hooks', '/users/octocat/hooks']) {
    assert.equal(
      (await server.request('POST', path, { token, body: { name: 'web', config: { url: URL_OK } } })).status,
      404,
    )
  }
  assert.equal((await server.request('POST', `/orgs/acme/hooks/${id}/tests`, { token })).status, 404)
})

test('pings a hook when it is created, active or not, and whenever it is asked to', async t => {
  const receiver = await startTestReceiver(t)
  const { create, post } = await repositoryHooks(t)
  const hook = await create({
    config: { url: receiver.url, content_type: 'json' },
    events: ['star'],
    active: false,
  })
  const [ping] = await receiver.arrived(1)
  assert.equal(ping?.headers['x-github-event'], 'ping')
  const payload = JSON.parse(String(ping?.body))
  assert.deepEqual(Object.keys(payload), ['zen', 'hook_id', 'hook', 'repository', 'sender'])
  assert.deepEqual(payload.hook, hook)

  assert.equal((await post(`/${hook.id}/pings`)).status, 204)
  const [, second] = await receiver.arrived(2)
  assert.notEqual(second?.headers['x-github-delivery'], ping?.headers['x-github-delivery'])
})

test('shows what became of the latest attempt', async t => {
  const receiver = await startTestReceiver(t)
  receiver.answer(404)
  const { create, get } = await repositoryHooks(t)
  const { id } = await create({ config: { url: receiver.url } })
  await receiver.arrived(1)
  const { json } = await eventually(
    () => get(`/${id}`),
    ({ json }) => json.last_response.status !== 'unused',
  )
  assert.deepEqual(json.last_response, {
    code: 422,
    status: 'misconfigured',
    message: 'Invalid HTTP Response: 404',
  })
})

test('sends the latest push again to who asked for pushes, and else nothing', async t => {
  const receiver = await startTestReceiver(t)
  const { server, token, create, post } = await repositoryHooks(t)
  const config = { url: receiver.url, content_type: 'json' }
  const hook = await create({ config, events: ['push'] })
  const other = await create({ config: { url: `${receiver.url}/other` }, events: ['star'] })
  await receiver.arrived(2)
  assert.equal((await post(`/${hook.id}/tests`)).status, 204)

  for (const ref of ['first', 'second']) {
    await server.request('POST', '/repos/octocat/hello/events?validate=false', {
      token,
      body: { event: 'push', payload: { ref } },
    })
    await receiver.arrived(ref === 'first' ? 3 : 4)
  }
  assert.equal((await post(`/${other.id}/tests`)).status, 204)
  assert.equal((await post(`/${hook.id}/test`)).status, 204)
  const received = await receiver.arrived(5)
  assert.deepEqual(
    received.slice(2).map(({ body }) => String(body)),
    ['{"ref":"first"}', '{"ref":"second"}', '{"ref":"second"}'],
  )
  assert.notEqual(received[4]?.headers['x-github-delivery'], received[3]?.headers['x-github-delivery'])
})

test('sends to where the hook points now', async t => {
  const receiver = await startTestReceiver(t)
  const { create, patch, post } = await repositoryHooks(t)
  const { id } = await create({ config: { url: `${receiver.url}/old` } })
  await receiver.arrived(1)
  await patch(`/${id}/config`, { url: `${receiver.url}/new` })
  await post(`/${id}/pings`)
  assert.equal((await receiver.arrived(2))[1]?.path, '/new')
})

test('tells a hook of its own deletion when it asked for that', async t => {
  const receiver = await startTestReceiver(t)
  const { create, request } = await repositoryHooks(t)
  const { id } = await create({ config: { url: receiver.url, content_type: 'json' }, events: ['meta'] })
  await receiver.arrived(1)
  await request('DELETE', `/${id}`)
  const [, meta] = await receiver.arrived(2)
  assert.equal(meta?.headers['x-github-event'], 'meta')
  const { action, hook_id } = JSON.parse(String(meta?.body))
  assert.deepEqual([action, hook_id], ['deleted', id])
})

test('gives what was held to a hook that is active again', async t => {
  const receiver = await startTestReceiver(t)
  const { server, create, get, patch, post } = await repositoryHooks(t)
  const { id } = await create({ config: { url: receiver.url } })
  await receiver.arrived(1)
  const [ping] = await eventually(
    async () => (await get(`/${id}/deliveries`)).json,
    list => list.length === 1,
  )
  await patch(`/${id}`, { active: false })
  const { read } = server.store
  // Of a ping even an inactive hook hears, so another event has to stand for it.
  await server.store.write(tx => tx.updateTable('events').set({ name: 'push' }).execute())
  await post(`/${id}/deliveries/${ping.id}/attempts`)
  await eventually(
    () => read.selectFrom('deliveries').select('id').where('state', '=', 'held').execute(),
    held => held.length === 1,
  )
  await patch(`/${id}`, { active: true })
  const [first, second] = await receiver.arrived(2)
  assert.equal(second?.headers['x-github-delivery'], first?.headers['x-github-delivery'])
})

test('answers whatever body with something else than a fault of ours', async t => {
  const { server, token, create } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK } })
  const member = fc.oneof(fc.jsonValue(), fc.webUrl(), fc.constantFrom('json', 'push', '*', '1'))
  const keys = [
    'url',
    'content_type',
    'secret',
    'insecure_ssl',
    'name',
    'config',
    'events',
    'add_events',
    'active',
  ]
  const record = (value: fc.Arbitrary<unknown>) => fc.dictionary(fc.constantFrom(...keys), value)
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 50 }),
    fc.string(),
    record(fc.oneof(member, fc.array(member), record(member))).map(value => JSON.stringify(value)),
  )
  const path = '/repos/octocat/hello/hooks'
  const call = fc.constantFrom(['POST', path], ['PATCH', `${path}/${id}`], ['PATCH', `${path}/${id}/config`])
  await fc.assert(
    fc.asyncProperty(call, body, async ([method = '', at = ''], bytes) => {
      const { status } = await server.request(method, at, { token, body: bytes })
      assert.ok(status < 500, `${status}`)
    }),
    { numRuns: 300 },
  )
})

function custom(message: string) {
  return { resource: 'Hook', code: 'custom', message }
}

function unreachable(host: string) {
  return {
    resource: 'Hook',
    code: 'custom',
    field: 'url',
    message: `url is not supported because it isn't reachable over the public Internet (${host})`,
  }
}
