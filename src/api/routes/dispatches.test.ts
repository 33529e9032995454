import assert from 'node:assert/strict'
import { test } from 'node:test'
import { repositoryHooks } from '../test-hooks.ts'
import { startTestReceiver } from '../test-receiver.ts'

const PATH = '/repos/octocat/hello/dispatches'

test('tells hooks that ask for everything, in the asker’s own words', async t => {
  const receiver = await startTestReceiver(t)
  const { server, token, create } = await repositoryHooks(t)
  await create({ config: { url: receiver.url, content_type: 'json' }, events: ['*'] })
  await receiver.arrived(1)
  const body = { event_type: 'on-demand-test', client_payload: { unit: false, integration: true } }
  const answer = await server.request('POST', PATH, { token, body })
  assert.deepEqual([answer.status, answer.text], [204, ''])

  const [, dispatch] = await receiver.arrived(2)
  assert.equal(dispatch?.headers['x-github-event'], 'repository_dispatch')
  const payload = JSON.parse(String(dispatch?.body))
  assert.deepEqual(Object.keys(payload), ['action', 'branch', 'client_payload', 'repository', 'sender'])
  assert.deepEqual(
    [payload.action, payload.branch, payload.client_payload],
    [body.event_type, 'main', body.client_payload],
  )
})

test('refuses what GitHub refuses, in its words', async t => {
  const { server, token } = await repositoryHooks(t)
  const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`key${index}`, index]))
  const cases: [body: object, fault: string][] = [
    [{}, '"event_type" wasn\'t supplied.'],
    [{ event_type: 7 }, "For 'properties/event_type', 7 is not a string."],
    [
      { event_type: '' },
      "For 'properties/event_type', At least 1 characters are required; only 0 were supplied.",
    ],
    [
      { event_type: 'x'.repeat(101) },
      "For 'properties/event_type', Only 100 characters are allowed; 101 were supplied.",
    ],
    [{ event_type: 'a', client_payload: [] }, "For 'properties/client_payload', [] is not an object."],
    [
      { event_type: 'a', client_payload: many },
      "For 'properties/client_payload', No more than 10 properties are allowed; 11 were supplied.",
    ],
  ]
  for (const [body, fault] of cases) {
    const { status, json } = await server.request('POST', PATH, { token, body })
    assert.deepEqual([status, json.message], [422, `Invalid request.\n\n${fault}`])
  }
  assert.deepEqual(await server.events(), [])
})

test('is for who may push', async t => {
  const { server } = await repositoryHooks(t)
  const body = { event_type: 'a' }
  const stranger = await server.addToken(await server.addUser('stranger'))
  assert.equal((await server.request('POST', PATH, { body })).status, 401)
  assert.equal((await server.request('POST', PATH, { token: stranger, body })).status, 403)
})
