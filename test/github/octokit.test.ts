// GitHub's own client, used as its documentation says, against the whole server: every method that
// it has for webhooks, of repositories and of organizations.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verify } from '@octokit/webhooks-methods'
import { organizationHooks, repositoryHooks } from '../../src/api/test-hooks.ts'
import { eventually, startTestReceiver } from '../../src/api/test-receiver.ts'
import { clientOf, untriedWebhookMethods } from './octokit.ts'

const SECRET = "It's a Secret to Everybody"
const PLACE = { owner: 'octocat', repo: 'hello' }
const ORG = { org: 'acme' }

test('serves a repository’s webhooks from their creation to their end', async t => {
  const receiver = await startTestReceiver(t)
  const { server, token } = await repositoryHooks(t)
  const { repos } = clientOf(server.url, { auth: token })

  const created = await repos.createWebhook({
    ...PLACE,
    events: ['push', 'issues'],
    config: { url: receiver.url, content_type: 'json', secret: SECRET },
  })
  assert.equal(created.status, 201)
  assert.equal(created.headers.location, created.data.url)
  const hook_id = created.data.id
  assert.deepEqual((await repos.getWebhook({ ...PLACE, hook_id })).data.config, created.data.config)

  const updated = await repos.updateWebhook({
    ...PLACE,
    hook_id,
    add_events: ['star'],
    remove_events: ['issues'],
  })
  assert.deepEqual(updated.data.events, ['push', 'star'])
  // Not its `url`: the client would take that for the address of the request.
  const config = await repos.updateWebhookConfigForRepo({ ...PLACE, hook_id, insecure_ssl: '1' })
  assert.deepEqual(config.data, (await repos.getWebhookConfigForRepo({ ...PLACE, hook_id })).data)
  assert.equal(config.data.secret, '********')

  assert.equal((await repos.pingWebhook({ ...PLACE, hook_id })).status, 204)
  await receiver.arrived(2)
  await server.request('POST', '/repos/octocat/hello/events?validate=false', {
    token,
    body: { event: 'push', payload: {} },
  })
  await receiver.arrived(3)
  assert.equal((await repos.testPushWebhook({ ...PLACE, hook_id })).status, 204)
  const received = await receiver.arrived(4)
  for (const { headers, body } of received) {
    assert.ok(await verify(SECRET, body.toString(), String(headers['x-hub-signature-256'])))
  }

  const deliveries = await eventually(
    async () => (await repos.listWebhookDeliveries({ ...PLACE, hook_id })).data,
    list => list.length === 4,
  )
  assert.deepEqual(
    deliveries.map(({ event }) => event),
    ['push', 'push', 'ping', 'ping'],
  )
  const delivery_id = Number(deliveries[0]?.id)
  const one = await repos.getWebhookDelivery({ ...PLACE, hook_id, delivery_id })
  assert.deepEqual(one.data.request.payload, {})
  assert.equal((await repos.redeliverWebhookDelivery({ ...PLACE, hook_id, delivery_id })).status, 202)
  const redelivered = (await receiver.arrived(5))[4]
  assert.equal(redelivered?.headers['x-github-delivery'], deliveries[0]?.guid)

  assert.equal((await repos.deleteWebhook({ ...PLACE, hook_id })).status, 204)
  await assert.rejects(repos.getWebhook({ ...PLACE, hook_id }), { status: 404 })
  assert.deepEqual((await repos.listWebhooks(PLACE)).data, [])
})

test('serves an organization’s webhooks from their creation to their end', async t => {
  const receiver = await startTestReceiver(t)
  const { server, token } = await organizationHooks(t)
  const { orgs } = clientOf(server.url, { auth: token })

  const created = await orgs.createWebhook({
    ...ORG,
    name: 'web',
    events: ['*'],
    config: { url: receiver.url, content_type: 'json' },
  })
  const hook_id = created.data.id
  assert.equal((await orgs.getWebhook({ ...ORG, hook_id })).data.type, 'Organization')
  const updated = await orgs.updateWebhook({ ...ORG, hook_id, events: ['team', 'member'] })
  assert.deepEqual(updated.data.events, ['team', 'member'])
  const config = await orgs.updateWebhookConfigForOrg({ ...ORG, hook_id, insecure_ssl: '1' })
  assert.deepEqual(config.data, (await orgs.getWebhookConfigForOrg({ ...ORG, hook_id })).data)

  assert.equal((await orgs.pingWebhook({ ...ORG, hook_id })).status, 204)
  await receiver.arrived(2)
  const deliveries = await eventually(
    async () => (await orgs.listWebhookDeliveries({ ...ORG, hook_id })).data,
    list => list.length === 2,
  )
  const delivery_id = Number(deliveries[0]?.id)
  const one = await orgs.getWebhookDelivery({ ...ORG, hook_id, delivery_id })
  assert.equal(one.data.guid, deliveries[0]?.guid)
  assert.equal((await orgs.redeliverWebhookDelivery({ ...ORG, hook_id, delivery_id })).status, 202)
  await receiver.arrived(3)

  assert.equal((await orgs.deleteWebhook({ ...ORG, hook_id })).status, 204)
  assert.deepEqual((await orgs.listWebhooks(ORG)).data, [])
})

test('pages through lists of a repository’s hooks and deliveries by their links', async t => {
  const receiver = await startTestReceiver(t)
  const { server, token, create } = await repositoryHooks(t)
  const { paginate, repos } = clientOf(server.url, { auth: token })
  const ids: number[] = []
  for (const n of [1, 2, 3, 4, 5]) ids.push((await create({ config: { url: `${receiver.url}/${n}` } })).id)
  const hooks = await paginate(repos.listWebhooks, { ...PLACE, per_page: 2 })
  assert.deepEqual(
    hooks.map(({ id }) => id),
    ids,
  )

  const hook_id = ids[0] ?? 0
  for (let n = 0; n < 4; n++) await repos.pingWebhook({ ...PLACE, hook_id })
  const deliveries = await eventually(
    () => paginate(repos.listWebhookDeliveries, { ...PLACE, hook_id, per_page: 2 }),
    list => list.length === 5,
  )
  assert.equal(new Set(deliveries.map(({ id }) => id)).size, 5)
})

test('gives an organization’s hooks and deliveries page by page, to whoever stops in between, too', async t => {
  const receiver = await startTestReceiver(t)
  const { server, token, create } = await organizationHooks(t)
  const { paginate, orgs } = clientOf(server.url, { auth: token })
  const ids: number[] = []
  for (const n of [1, 2, 3]) ids.push((await create({ config: { url: `${receiver.url}/${n}` } })).id)
  const pages: number[][] = []
  for await (const { data } of paginate.iterator(orgs.listWebhooks, { ...ORG, per_page: 2 })) {
    pages.push(data.map(({ id }) => id))
  }
  assert.deepEqual(pages, [ids.slice(0, 2), ids.slice(2)])

  const hook_id = ids[0] ?? 0
  for (let n = 0; n < 4; n++) await orgs.pingWebhook({ ...ORG, hook_id })
  const all = await eventually(
    async () => (await orgs.listWebhookDeliveries({ ...ORG, hook_id })).data,
    list => list.length === 5,
  )
  const begun: number[] = []
  for await (const { data } of paginate.iterator(orgs.listWebhookDeliveries, {
    ...ORG,
    hook_id,
    per_page: 2,
  })) {
    begun.push(...data.map(({ id }) => id))
    if (begun.length === 4) break
  }
  assert.deepEqual(
    begun,
    all.slice(0, 4).map(({ id }) => id),
  )
})

test('tells the client what is wrong as it expects to be told', async t => {
  const { server, token } = await repositoryHooks(t)
  const { repos } = clientOf(server.url, { auth: token })
  await assert.rejects(repos.createWebhook({ ...PLACE, config: { url: '' } }), (error: any) => {
    assert.equal(error.status, 422)
    assert.match(error.message, /^Validation Failed: \{"resource":"Hook"/)
    assert.match(error.message, /repos\/webhooks#create-a-repository-webhook$/)
    return true
  })
})

test('serves every method that the client has for webhooks', async t => {
  const { server, token } = await repositoryHooks(t)
  const client = clientOf(server.url, { auth: token })
  assert.deepEqual([...untriedWebhookMethods(client, 'repos'), ...untriedWebhookMethods(client, 'orgs')], [])
})
