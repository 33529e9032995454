// What the publish call asks of a payload.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { firstRecording, recordings } from '../../../test/github/recorded.ts'
import { organizationHooks, repositoryHooks } from '../test-hooks.ts'

const OPENED = firstRecording('issues.opened')
const ISSUE = OPENED.issue as Readonly<Record<string, unknown>>

test('takes what GitHub has sent, and refuses the same with a fault, naming the place', async t => {
  const { publish, count } = await publishing(t)
  assert.equal((await publish({ event: 'issues', payload: OPENED })).status, 202)
  assert.equal(await count(), 1)

  const { sender, ...withoutSender } = OPENED
  const cases: [payload: object, ...items: object[]][] = [
    [withoutSender, missing('payload.sender')],
    [{ ...OPENED, issue: { ...ISSUE, number: '7' } }, invalid('payload.issue.number', 'is not an integer')],
    [
      { ...OPENED, issue: { ...ISSUE, user: { ...Object(ISSUE.user), login: null } } },
      invalid('payload.issue.user.login', 'is not a string'),
    ],
    [{ ...OPENED, issue: [] }, invalid('payload.issue', 'is not an object')],
    [
      { ...withoutSender, repository: null },
      invalid('payload.repository', 'is not an object'),
      missing('payload.sender'),
    ],
  ]
  for (const [payload, ...items] of cases) {
    const { status, json } = await publish({ event: 'issues', payload })
    assert.deepEqual([status, json.message], [422, 'Validation Failed'])
    assert.deepEqual(json.errors, items)
  }
  assert.equal(await count(), 1)
})

test('refuses an action that the event does not have, and none where there should be one', async t => {
  const { publish } = await publishing(t)
  const { action, ...actionless } = OPENED
  const cases: [body: object, item: object][] = [
    [
      { event: 'issues', payload: { ...OPENED, action: 'sneezed' } },
      { ...invalid('action', ''), message: '"sneezed" is no action of issues' },
    ],
    [{ event: 'issues', payload: actionless }, missing('payload.action')],
    [{ event: 'issues', action: 'opened', payload: actionless }, missing('payload.action')],
    [{ event: 'issues', action: 'closed', payload: OPENED }, invalid('payload.action', 'is not "closed"')],
    [
      { event: 'push', action: 'opened', payload: {} },
      { ...invalid('action', ''), message: 'push has no actions' },
    ],
  ]
  for (const [body, item] of cases) {
    const { status, json } = await publish(body)
    assert.equal(status, 422)
    assert.deepEqual(json.errors[0], item)
  }
})

test('lets through what there is no schema for, keys that it does not know, and any action of a dispatch', async t => {
  const { publish } = await publishing(t)
  const dispatch = { ...firstRecording('repository_dispatch.on-demand-test'), action: 'whatever' }
  const bodies = [
    { event: 'issue_relates_to', payload: { action: 'relates_to_added' } },
    { event: 'bypass_request_secret_scanning', payload: { anything: 7 } },
    { event: 'issues', payload: { ...OPENED, enterprise_only: { id: 1 } } },
    { event: 'issues', action: 'field_added', payload: { action: 'field_added' } },
    { event: 'repository_dispatch', payload: dispatch },
  ]
  for (const body of bodies)
    assert.equal((await publish(body)).status, 202, JSON.stringify(body).slice(0, 80))
})

test('is not asked with validate=false, which no other word stands for', async t => {
  const { publish } = await publishing(t)
  const body = { event: 'push', payload: {} }
  assert.equal((await publish(body)).status, 422)
  assert.equal((await publish(body, '?validate=true')).status, 422)
  assert.equal((await publish(body, '?validate=false')).status, 202)
  assert.equal((await publish(body, '?validate=no')).json.message.split('\n')[0], 'Invalid request.')
  assert.equal((await publish({ event: 'pushed', payload: {} }, '?validate=false')).status, 422)
})

test('tells of ten faults in an array, and which element has them', async t => {
  const { publish, count } = await publishing(t)
  const good = { event: 'issues', payload: OPENED }
  const one = await publish([good, { event: 'issues', payload: { ...OPENED, sender: 7 } }])
  assert.deepEqual(one.json.errors, [invalid('[1].payload.sender', 'is not an object')])
  const many = await publish(Array(1000).fill({ event: 'push', payload: {} }))
  assert.equal(many.json.errors.length, 10)
  assert.equal(many.json.errors[0].field, '[0].payload.after')
  assert.equal(await count(), 0)
})

test('lets others have their turn while it looks at a thousand', async t => {
  const { publish, server } = await publishing(t)
  const payload = recordings.find(({ name }) => name === 'pull_request.opened')?.payload
  const published = publish(Array(1000).fill({ event: 'pull_request', payload }))
  let turns = 0
  const answered = published.then(() => true)
  while (!(await Promise.race([answered, server.request('GET', '/zen').then(() => false)]))) turns++
  assert.equal((await published).status, 202)
  assert.ok(turns >= 1)
})

test('leaves an idempotency key free that came with a refused payload', async t => {
  const { publish, count } = await publishing(t)
  const once = { 'idempotency-key': 'once' }
  assert.equal((await publish([{ event: 'push', payload: {} }], '', once)).status, 422)
  const first = await publish([{ event: 'issues', payload: OPENED }], '', once)
  assert.equal(first.status, 202)
  assert.deepEqual((await publish([{ event: 'issues', payload: OPENED }], '', once)).json, first.json)
  assert.equal(await count(), 1)
})

test('answers again what it accepted, even if it would be refused by now', async t => {
  const { publish, request } = await publishing(t)
  const once = { 'idempotency-key': 'once' }
  const body = { event: 'acme.paid', payload: { amount: 7 } }
  await request('PUT', '/user/event-types/acme.paid', {})
  const first = await publish(body, '', once)
  await request('DELETE', '/user/event-types/acme.paid')
  assert.deepEqual((await publish(body, '', once)).json, first.json)
  assert.equal((await publish(body)).status, 422)
})

test('publishes an array once for one key, however many send it at once', async t => {
  const { publish, count } = await publishing(t)
  const body = Array(20).fill({ event: 'issues', payload: OPENED })
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => publish(body, '', { 'idempotency-key': 'once' })),
  )
  for (const { status, json } of answers) {
    assert.equal(status, 202)
    assert.deepEqual(json, answers[0]?.json)
  }
  assert.equal(await count(), 20)
})

test('asks the same in an organization', async t => {
  const { server, token } = await organizationHooks(t)
  const body = { event: 'team', payload: { action: 'created' } }
  const { json } = await server.request('POST', '/orgs/acme/events', { token, body })
  assert.deepEqual(json.errors, [
    missing('payload.organization'),
    missing('payload.sender'),
    missing('payload.team'),
  ])
})

function missing(field: string) {
  return { resource: 'Event', code: 'missing_field', field }
}

function invalid(field: string, message: string) {
  return { resource: 'Event', code: 'invalid', field, message: `${field} ${message}` }
}

async function publishing(t: TestContext) {
  const { server, token } = await repositoryHooks(t)
  return {
    server,
    request: (method: string, path: string, body?: unknown) => server.request(method, path, { token, body }),
    publish: (body: unknown, query = '', headers: Record<string, string> = {}) =>
      server.request('POST', `/repos/octocat/hello/events${query}`, { token, body, headers }),
    count: async () => (await server.events()).length,
  }
}
