import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { addRepository, organizationHooks, repositoryHooks } from '../test-hooks.ts'

const EVENTS = '/repos/octocat/hello/events'

test('tells what happened, newest first, in GitHub’s shape', async t => {
  const { server, publish, list } = await publishing(t)
  await publish('issues', '{ "action":"opened", "n":1.0 }')
  await publish('issue_comment', '{"action":"created"}')
  const { status, json, text, headers } = await list()
  assert.equal(status, 200)
  assert.equal(headers.get('x-poll-interval'), '60')
  const [comment, issue] = json
  assert.deepEqual(Object.keys(issue), ['id', 'type', 'actor', 'repo', 'payload', 'public', 'created_at'])
  assert.deepEqual([comment.type, issue.type], ['IssueCommentEvent', 'IssuesEvent'])
  assert.equal(typeof issue.id, 'string')
  assert.deepEqual(Object.keys(issue.actor).sort(), [
    'avatar_url',
    'display_login',
    'gravatar_id',
    'id',
    'login',
    'url',
  ])
  assert.equal(issue.actor.login, 'octocat')
  assert.deepEqual(issue.repo, {
    id: issue.repo.id,
    name: 'octocat/hello',
    url: `${server.url}/repos/octocat/hello`,
  })
  assert.equal(issue.public, true)
  assert.match(issue.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  assert.ok(text.includes('"payload":{ "action":"opened", "n":1.0 }'), 'the payload is told byte for byte')

  const etag = headers.get('etag') ?? ''
  assert.equal((await list('', { headers: { 'if-none-match': etag } })).status, 304)
})

test('pages, and ends after 300', async t => {
  const { publishMany, list } = await publishing(t)
  await publishMany(Array(310).fill({ event: 'push', payload: {} }))
  const first = await list()
  assert.equal(first.json.length, 30)
  assert.match(first.headers.get('link') ?? '', /page=2>; rel="next", <[^>]+page=10>; rel="last"/)
  const last = await list('?page=3&per_page=100')
  assert.equal(last.json.length, 100)
  assert.match(last.headers.get('link') ?? '', /rel="prev"/)
  assert.doesNotMatch(last.headers.get('link') ?? '', /rel="next"/)
  const beyond = await list('?page=4&per_page=100')
  assert.equal(beyond.status, 422)
  assert.match(beyond.json.message, /^In order to keep the API fast for everyone/)
})

test('tells nothing of pings, and nothing older than thirty days', async t => {
  let nowMs = Date.now()
  const { publish, list, create } = await publishing(t, { nowMs: () => nowMs, random: () => 0.5 })
  await create({ config: { url: 'http://receiver.localhost:9/hook' } })
  await publish('push', '{}')
  assert.deepEqual(typesOf(await list()), ['PushEvent'])
  nowMs += 31 * 24 * 60 * 60 * 1000
  assert.deepEqual((await list()).json, [])
})

test('tells strangers of what GitHub shows to everybody, and of no alert', async t => {
  const { server, token, publish, list } = await publishing(t)
  await server.request('PUT', '/user/event-types/octocat.sneezed', { token, body: {} })
  await publish('push', '{}')
  await publish('secret_scanning_alert', '{"alert":"the secret"}')
  await publish('octocat.sneezed', '{}')
  assert.deepEqual(typesOf(await list()), ['OctocatSneezedEvent', 'SecretScanningAlertEvent', 'PushEvent'])
  const stranger = await server.addToken(await server.addUser('stranger'))
  assert.deepEqual(typesOf(await server.request('GET', EVENTS, { token: stranger })), ['PushEvent'])
  assert.deepEqual(typesOf(await server.request('GET', EVENTS)), ['PushEvent'])
})

test('keeps a private repository to those who may read it', async t => {
  const { server, token, organization } = await organizationHooks(t)
  await addRepository(server, organization, 'open')
  await addRepository(server, organization, 'closed', true)
  for (const name of ['open', 'closed']) {
    const path = `/repos/acme/${name}/events?validate=false`
    await server.request('POST', path, { token, body: { event: 'push', payload: {} } })
  }
  const body = { event: 'team', payload: {} }
  await server.request('POST', '/orgs/acme/events?validate=false', { token, body })

  const reposOf = ({ json }: { json: { repo: { name: string } }[] }) => json.map(({ repo }) => repo.name)
  const ofOrganization = (as?: string) =>
    server.request('GET', '/orgs/acme/events', as === undefined ? {} : { token: as })
  assert.deepEqual(reposOf(await ofOrganization(token)), ['acme/closed', 'acme/open'])
  assert.deepEqual(reposOf(await ofOrganization()), ['acme/open'])
  const member = await server.addUser('member')
  await server.addMember(organization, member)
  assert.deepEqual(reposOf(await ofOrganization(await server.addToken(member))), ['acme/open'])
  assert.equal((await ofOrganization(token)).json[0].org.login, 'acme')

  assert.equal((await server.request('GET', '/repos/acme/closed/events')).status, 404)
  assert.deepEqual(reposOf(await server.request('GET', '/repos/acme/closed/events', { token })), [
    'acme/closed',
  ])
})

test('has an empty payload where none is kept, or the page is full', async t => {
  const { server, publishMany, publish, list } = await publishing(t)
  await publish('push', '{"ref":"gone"}')
  await server.store.write(tx => tx.deleteFrom('payloads').execute())
  assert.deepEqual((await list()).json[0].payload, {})

  const large = { event: 'push', payload: { x: 'x'.repeat(4 * 1024 * 1024) } }
  await publishMany([large, large, large])
  const { json } = await list()
  assert.deepEqual(
    json.map(({ payload }: { payload: object }) => Object.keys(payload).length),
    [1, 1, 0, 0],
  )
})

function typesOf({ json }: { json: { type: string }[] }): string[] {
  return json.map(({ type }) => type)
}

async function publishing(t: TestContext, clock?: { nowMs(): number; random(): number }) {
  const hooks = await repositoryHooks(t, clock ? { clock } : {})
  const { server, token } = hooks
  const path = `${EVENTS}?validate=false`
  return {
    ...hooks,
    publish: async (event: string, payload: string) => {
      const body = `{"event":"${event}","payload":${payload}}`
      assert.equal((await server.request('POST', path, { token, body })).status, 202)
    },
    publishMany: (body: readonly object[]) => server.request('POST', path, { token, body }),
    list: (query = '', options: object = {}) => server.request('GET', EVENTS + query, { token, ...options }),
  }
}
