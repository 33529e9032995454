import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Scope } from '../../account.ts'
import { EVENT_TYPES_MAX } from '../../event-type.ts'
import { putEventType } from '../../store/event-types.ts'
import { addRepository, organizationHooks, repositoryHooks } from '../test-hooks.ts'
import { eventually, startTestReceiver } from '../test-receiver.ts'

const PAID = {
  description: 'An invoice was paid.',
  actions: ['in_full', 'in_part'],
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    required: ['invoice'],
    properties: { invoice: { $ref: '#/$defs/invoice' } },
    $defs: { invoice: { type: 'object', required: ['number'], properties: { number: { type: 'integer' } } } },
  },
}

test('is made, read, listed, made anew and removed', async t => {
  const { call } = await ofOrganization(t)
  const made = await call('PUT', '/acme.invoice_paid', PAID)
  assert.equal(made.status, 201)
  const { url, created_at: createdAt, updated_at: updatedAt, ...told } = made.json
  assert.deepEqual(told, { name: 'acme.invoice_paid', ...PAID })
  assert.match(url, /\/orgs\/acme\/event-types\/acme\.invoice_paid$/)
  assert.equal(createdAt, updatedAt)

  assert.deepEqual((await call('GET', '/acme.invoice_paid')).json, made.json)
  const again = await call('PUT', '/acme.invoice_paid', {})
  assert.deepEqual([again.status, again.json.schema, again.json.actions], [200, null, null])
  await call('PUT', '/acme.another', {})
  const { json } = await call('GET', '')
  assert.deepEqual(
    json.map(({ name }: { name: string }) => name),
    ['acme.another', 'acme.invoice_paid'],
  )
  assert.match((await call('GET', '?per_page=1')).headers.get('link') ?? '', /rel="next"/)

  assert.equal((await call('DELETE', '/acme.another')).status, 204)
  assert.equal((await call('DELETE', '/acme.another')).status, 404)
  assert.equal((await call('GET', '/acme.another')).status, 404)
})

test('is refused with every fault at once', async t => {
  const { call } = await ofOrganization(t)
  const cases: [name: string, body: object, ...faults: RegExp[]][] = [
    ['push', {}, /^name must be/],
    ['Acme.Paid', {}, /^name must be/],
    ['acme.', {}, /^name must be/],
    [`acme.${'x'.repeat(100)}`, {}, /^name must be/],
    ['acme.paid', { actions: [] }, /^actions must name/],
    ['acme.paid', { actions: [''] }, /^actions must each/],
    ['acme.paid', { actions: Array(101).fill('x') }, /^actions is too long/],
    ['acme.paid', { description: 'x'.repeat(501) }, /^description is too long/],
    ['acme.paid', { schema: { pattern: '^(a+)+$' } }, /^schema cannot be used: \/pattern is refused/],
    [
      'acme.paid',
      { schema: { $ref: 'http://169.254.169.254/' } },
      /^schema cannot be used: \/\$ref must lead/,
    ],
    ['acme.paid', { schema: { description: 'x'.repeat(65_536) } }, /^schema is too long/],
    ['PAID', { actions: [], schema: { type: 'text' } }, /^name/, /^actions/, /^schema/],
  ]
  for (const [name, body, ...faults] of cases) {
    const { status, json } = await call('PUT', `/${name}`, body)
    assert.equal(status, 422, name)
    assert.equal(json.errors.length, faults.length)
    for (const [index, fault] of faults.entries()) {
      assert.equal(json.errors[index].resource, 'EventType')
      assert.match(json.errors[index].message, fault)
    }
  }
  assert.equal(
    (await call('PUT', '/acme.paid', { schema: 7 })).json.message.split('\n')[0],
    'Invalid request.',
  )
  assert.equal((await call('PUT', '/acme.paid', { color: 'red' })).status, 422)
  assert.deepEqual((await call('GET', '')).json, [])
})

test('has a ceiling for each account', async t => {
  const { call, server, organization } = await ofOrganization(t)
  const type = { accountId: organization.id, description: null, actions: null, schema: null }
  const times = { createdAt: new Date(), updatedAt: new Date() }
  await server.store.write(async tx => {
    for (let index = 0; index < EVENT_TYPES_MAX; index++) {
      await putEventType(tx, { ...type, ...times, name: `acme.n${index}` })
    }
  })
  const { status, json } = await call('PUT', '/acme.one_more', {})
  assert.equal(status, 422)
  assert.equal(json.errors[0].message, 'No account can have more than 200 event types')
  assert.equal((await call('PUT', '/acme.n7', PAID)).status, 200)
})

test('is published, subscribed to and delivered by its name', async t => {
  const receiver = await startTestReceiver(t)
  const { call, server, token, organization, create } = await ofOrganization(t)
  await addRepository(server, organization, 'tools')
  await call('PUT', '/acme.invoice_paid', PAID)
  const config = { url: receiver.url, content_type: 'json' }
  await create({ config, events: ['acme.invoice_paid'] })
  const path = '/repos/acme/tools'
  const ofRepository = await server.request('POST', `${path}/hooks`, {
    token,
    body: { config: { ...config, url: `${receiver.url}/repository` }, events: ['acme.invoice_paid', 'push'] },
  })
  assert.equal(ofRepository.status, 201, ofRepository.text)
  await receiver.arrived(2)

  const publish = (payload: object, action: string | null = 'in_full') =>
    server.request('POST', `${path}/events`, { token, body: { event: 'acme.invoice_paid', action, payload } })
  const { status, json } = await publish({ invoice: { number: 7 } })
  assert.deepEqual([status, json.deliveries], [202, 2])
  for (const sent of (await receiver.arrived(4)).slice(2)) {
    assert.equal(sent.headers['x-github-event'], 'acme.invoice_paid')
    assert.equal(String(sent.body), '{"invoice":{"number":7}}')
  }

  const faults: [answer: Awaited<ReturnType<typeof publish>>, field: string, code: string][] = [
    [await publish({}), 'payload.invoice', 'missing_field'],
    [await publish({ invoice: { number: 'x' } }), 'payload.invoice.number', 'invalid'],
    [await publish({ invoice: { number: 7 } }, 'not_at_all'), 'action', 'invalid'],
    [await publish({ invoice: { number: 7 } }, null), 'payload.action', 'missing_field'],
  ]
  for (const [answer, field, code] of faults) {
    assert.equal(answer.status, 422)
    assert.deepEqual([answer.json.errors[0].field, answer.json.errors[0].code], [field, code])
  }

  const { json: told } = await eventually(
    () => server.request('GET', `${path}/hooks/${ofRepository.json.id}/deliveries`, { token }),
    ({ json }) => json.length === 2,
  )
  assert.deepEqual([told[0].event, told[0].action], ['acme.invoice_paid', 'in_full'])
})

test('may be named by the hooks of its account alone', async t => {
  const { call, server, token, create, post, patch } = await ofOrganization(t)
  const stranger = await server.addUser('stranger')
  await addRepository(server, stranger, 'theirs')
  const theirs = await server.addToken(stranger)
  await call('PUT', '/acme.paid', {})
  const body = { name: 'web', config: { url: 'http://receiver.localhost:9/x' }, events: ['acme.paid'] }
  const words = 'These events are not allowed for this hook: acme.paid'

  const refused = await server.request('POST', '/repos/stranger/theirs/hooks', { token: theirs, body })
  assert.deepEqual([refused.status, refused.json.errors[0].message], [422, words])
  const unknown = await server.request('POST', '/repos/stranger/theirs/events', {
    token: theirs,
    body: { event: 'acme.paid', payload: {} },
  })
  assert.equal(unknown.json.errors[0].message, '"acme.paid" is not the name of an event')
  assert.equal((await post('', { ...body, events: ['acme.unpaid'] })).status, 422)

  // A hook keeps the name of a type that is gone, and may be changed otherwise.
  const hook = await create(body)
  assert.equal((await call('DELETE', '/acme.paid')).status, 204)
  assert.deepEqual((await patch(`/${hook.id}`, { active: false })).json.events, ['acme.paid'])
  assert.equal((await patch(`/${hook.id}`, { events: ['acme.paid'] })).json.errors[0].message, words)
  const gone = await server.request('POST', '/orgs/acme/events', {
    token,
    body: { event: 'acme.paid', payload: {} },
  })
  assert.equal(gone.status, 422)
})

test('reaches hooks that ask for everything, and filters as any', async t => {
  const receiver = await startTestReceiver(t)
  const { call, server, token, create } = await ofOrganization(t)
  await call('PUT', '/acme.paid', {})
  const hook = await create({ config: { url: receiver.url, content_type: 'json' }, events: ['*'] })
  await receiver.arrived(1)
  const publish = async (amount: number) => {
    const body = { event: 'acme.paid', payload: { amount } }
    return (await server.request('POST', '/orgs/acme/events', { token, body })).json.deliveries
  }
  assert.equal(await publish(1), 1)
  const filters = { expression: 'event == "acme.paid" && payload.amount > 5' }
  await server.request('PUT', `/orgs/acme/hooks/${hook.id}/filters`, { token, body: filters })
  assert.deepEqual([await publish(1), await publish(7)], [0, 1])
  const tries = await server.request('POST', `/orgs/acme/hooks/${hook.id}/filters/tries`, {
    token,
    body: { event: 'acme.paid' },
  })
  assert.deepEqual([tries.json.passed, tries.json.refused], [1, 2])
})

test('refuses a payload that its schema takes too long over', async t => {
  const { call, server, token } = await ofOrganization(t)
  const $defs = Object.fromEntries(
    Array.from({ length: 41 }, (_, level) => {
      const next = { $ref: `#/$defs/n${level + 1}` }
      return [`n${level}`, level === 40 ? { type: 'object' } : { allOf: [next, next] }]
    }),
  )
  assert.equal((await call('PUT', '/acme.slow', { schema: { $ref: '#/$defs/n0', $defs } })).status, 201)
  const body = { event: 'acme.slow', payload: {} }
  const { status, json } = await server.request('POST', '/orgs/acme/events', { token, body })
  assert.equal(status, 422)
  assert.match(json.errors[0].message, /takes too much work to check; with validate=false it is not$/)
  assert.equal(
    (await server.request('POST', '/orgs/acme/events?validate=false', { token, body })).status,
    202,
  )
})

test('is for owners to change, for members to read, and for nobody else', async t => {
  const { server, user, organization } = await ofOrganization(t)
  const member = await server.addUser('member')
  await server.addMember(organization, member)
  const stranger = await server.addUser('stranger')
  const path = '/orgs/acme/event-types/acme.paid'
  const cases: [account: typeof user, scopes: Scope[], put: number, get: number][] = [
    [user, ['admin:org'], 200, 200],
    [user, ['admin:org_hook', 'read:org'], 200, 200],
    [user, ['repo'], 404, 404],
    [member, ['admin:org'], 404, 200],
    [stranger, ['admin:org'], 404, 403],
  ]
  const all = await server.addToken(user)
  await server.request('PUT', path, { token: all, body: {} })
  for (const [account, scopes, put, get] of cases) {
    const token = await server.addToken(account, scopes)
    assert.equal((await server.request('PUT', path, { token, body: {} })).status, put)
    assert.equal((await server.request('GET', path, { token })).status, get)
  }
  assert.equal((await server.request('PUT', path, { body: {} })).status, 401)
  assert.equal((await server.request('GET', path)).status, 401)
})

test('of a user is for the user alone, and listed for whoever may publish', async t => {
  const { server, user, token } = await repositoryHooks(t)
  const reads = await server.addToken(user, ['read:repo_hook'])
  const path = '/user/event-types/octocat.sneezed'
  assert.equal((await server.request('PUT', path, { token: reads, body: {} })).status, 404)
  assert.equal((await server.request('PUT', path, { token, body: {} })).status, 201)
  assert.equal((await server.request('GET', path, { token: reads })).status, 200)

  const list = (as?: string) =>
    server.request('GET', '/repos/octocat/hello/event-types', as === undefined ? {} : { token: as })
  assert.equal((await list(token)).json[0].name, 'octocat.sneezed')
  assert.equal((await list()).status, 401)
  assert.equal((await list(await server.addToken(await server.addUser('stranger')))).status, 403)
})

async function ofOrganization(t: TestContext) {
  const hooks = await organizationHooks(t)
  const { server, token } = hooks
  return {
    ...hooks,
    call: (method: string, at: string, body?: unknown) =>
      server.request(method, `/orgs/acme/event-types${at}`, { token, body }),
  }
}
