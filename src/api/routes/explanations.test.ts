import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lowestIdAt } from '../../base/id.ts'
import { addRepository, organizationHooks, repositoryHooks } from '../test-hooks.ts'
import { eventually, startTestReceiver } from '../test-receiver.ts'

const EVENTS = '/repos/octocat/hello/events'

test('tells what became of an event for each hook', async t => {
  const receiver = await startTestReceiver(t)
  const { server, token, create, patch } = await repositoryHooks(t)
  const config = (path: string) => ({ url: receiver.url + path })
  const asked = await create({ config: config('/1'), events: ['issues'] })
  const inactive = await create({ config: config('/2'), events: ['issues'], active: false })
  const other = await create({ config: config('/3'), events: ['push'] })
  const body = { event: 'issues', action: 'opened', payload: { action: 'opened' } }
  const { json: event } = await server.request('POST', `${EVENTS}?validate=false`, { token, body })
  const later = await create({ config: config('/4'), events: ['issues'] })
  await patch(`/${other.id}`, { events: ['issues'] })

  const list = (named: string) => server.request('GET', `${EVENTS}/${named}/deliveries`, { token })
  const answer = await eventually(
    () => list(event.id),
    ({ json }) => json[0].state === 'delivered',
  )
  assert.deepEqual(
    answer.json.map(({ hook_id, state, reason, attempts }: any) => [hook_id, state, reason, attempts]),
    [
      [asked.id, 'delivered', null, 1],
      [inactive.id, 'skipped', 'inactive', 0],
      [other.id, 'not_subscribed', 'subscribed_later', 0],
      [later.id, 'not_subscribed', 'created_later', 0],
    ],
  )
  assert.deepEqual((await list(event.guid)).json, answer.json)
  assert.equal((await list('1')).status, 404)
  assert.equal((await list('x')).status, 404)
})

test('explains in a sentence why a hook did not get an event', async t => {
  const receiver = await startTestReceiver(t)
  const { server, token, create, get } = await repositoryHooks(t)
  const hook = await create({ config: { url: receiver.url }, events: ['push'] })
  const body = { event: 'issues', payload: {} }
  const { json: event } = await server.request('POST', `${EVENTS}?validate=false`, { token, body })
  const { status, json } = await get(`/${hook.id}/explanations/${event.guid}`)
  assert.equal(status, 200)
  const { happened_at, repository_id, ...told } = json
  assert.deepEqual(told, {
    hook_id: hook.id,
    state: 'not_subscribed',
    reason: 'not_subscribed',
    detail: null,
    next_attempt_at: null,
    attempts: 0,
    redelivery: false,
    created_at: null,
    settled_at: null,
    event_id: event.id,
    guid: event.guid,
    event: 'issues',
    action: null,
    explanation:
      'The hook does not ask for `issues`, but for `push`. What a hook asked for in the past is not kept.',
    deliveries: [],
  })
})

test('explains with every attempt: the failures, and the one that got through', async t => {
  const receiver = await startTestReceiver(t)
  receiver.answer(500)
  const { server, token, create, get, patch, post } = await repositoryHooks(t)
  const hook = await create({ config: { url: receiver.url }, events: ['issues'] })
  await patch(`/${hook.id}/policy`, { retry: 'off' })
  const body = { event: 'issues', payload: {} }
  const { json: event } = await server.request('POST', `${EVENTS}?validate=false`, { token, body })
  const explain = () => get(`/${hook.id}/explanations/${event.id}`)
  const failed = await eventually(explain, ({ json }) => json.state === 'exhausted')
  assert.match(failed.json.explanation, /^It was given up: its only attempt failed/)

  receiver.answer(200)
  await post(`/${hook.id}/deliveries/${failed.json.deliveries[0].id}/attempts`)
  const { json } = await eventually(explain, answer => answer.json.state === 'delivered')
  assert.match(json.explanation, /^It was delivered on .*, with its 1st attempt\.$/)
  assert.equal(json.attempts, 2)
  assert.deepEqual(
    json.deliveries.map(({ guid, status_code, redelivery }: any) => [guid, status_code, redelivery]),
    [
      [event.guid, 500, false],
      [event.guid, 200, true],
    ],
  )
})

test('does not find an event of elsewhere, nor what is none', async t => {
  const receiver = await startTestReceiver(t)
  const { server, token, user, create, get } = await repositoryHooks(t)
  await addRepository(server, user, 'other')
  const hook = await create({ config: { url: receiver.url } })
  const body = { event: 'issues', payload: {} }
  const { json: event } = await server.request('POST', '/repos/octocat/other/events?validate=false', {
    token,
    body,
  })
  for (const named of [event.id, event.guid, lowestIdAt(Date.now()), '9'.repeat(16), 'x', '-1']) {
    assert.equal((await get(`/${hook.id}/explanations/${named}`)).status, 404, String(named))
  }
  const ofOther = `/repos/octocat/other/events/${event.id}/deliveries`
  assert.deepEqual((await server.request('GET', ofOther, { token })).json, [])
})

test('serves organizations the same way', async t => {
  const receiver = await startTestReceiver(t)
  const { server, token, create, get } = await organizationHooks(t)
  const hook = await create({ config: { url: receiver.url }, events: ['organization'] })
  const body = { event: 'organization', payload: {} }
  const { json: event } = await server.request('POST', '/orgs/acme/events?validate=false', { token, body })
  const path = `/orgs/acme/events/${event.id}/deliveries`
  const { json } = await eventually(
    () => server.request('GET', path, { token }),
    answer => answer.json[0]?.state === 'delivered',
  )
  assert.equal(json[0].hook_id, hook.id)
  assert.equal((await get(`/${hook.id}/explanations/${event.guid}`)).json.state, 'delivered')
})

test('is for who may read hooks', async t => {
  const { server, user, token } = await repositoryHooks(t)
  const body = { event: 'issues', payload: {} }
  const { json: event } = await server.request('POST', `${EVENTS}?validate=false`, { token, body })
  const path = `${EVENTS}/${event.id}/deliveries`
  const reader = await server.addToken(user, ['read:repo_hook'])
  assert.equal((await server.request('GET', path, { token: reader })).status, 200)
  const stranger = await server.addToken(await server.addUser('mallory'))
  assert.equal((await server.request('GET', path, { token: stranger })).status, 404)
})

test('sends one event that was skipped, by its number or its GUID', async t => {
  const receiver = await startTestReceiver(t)
  const { server, token, create, post, get } = await repositoryHooks(t)
  const hook = await create({ config: { url: receiver.url }, events: ['issues'] })
  const [ping] = await receiver.arrived(1)
  const filters = `/repos/octocat/hello/hooks/${hook.id}/filters`
  await server.request('PUT', filters, { token, body: { actions: ['closed'] } })
  const body = { event: 'issues', action: 'opened', payload: { action: 'opened' } }
  const publish = async () => (await server.request('POST', `${EVENTS}?validate=false`, { token, body })).json
  const [first, second] = [await publish(), await publish()]
  assert.equal((await get(`/${hook.id}/explanations/${first.id}`)).json.reason, 'filtered')

  const sent = await post(`/${hook.id}/undelivered/${first.id}/attempts`)
  assert.deepEqual([sent.status, sent.json], [202, {}])
  assert.equal((await post(`/${hook.id}/undelivered/${second.guid}/attempts`)).status, 202)
  const guids = (await receiver.arrived(3)).slice(1).map(({ headers }) => headers['x-github-delivery'])
  assert.deepEqual(guids.sort(), [first.guid, second.guid].sort())

  const other = await create({ config: { url: `${receiver.url}/other` }, events: ['issues'] })
  const pinged = ping?.headers['x-github-delivery']
  assert.equal((await post(`/${other.id}/undelivered/${pinged}/attempts`)).status, 404)
  assert.equal((await post(`/${hook.id}/undelivered/1/attempts`)).status, 404)
})
