import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVENT_NAMES } from '../../event.ts'
import { startTestServer } from '../test-server.ts'

test('lists GitHub’s events to everybody, and tells of one', async t => {
  const server = await startTestServer(t)
  const { status, json } = await server.request('GET', '/webhook-events')
  assert.equal(status, 200)
  assert.deepEqual(
    json.map(({ name }: { name: string }) => name),
    EVENT_NAMES,
  )
  assert.deepEqual((await server.request('GET', '/api/v3/webhook-events/star')).json, {
    name: 'star',
    actions: ['created', 'deleted'],
    targets: ['repository', 'organization', 'app', 'site'],
    has_schema: true,
    description: 'A repository got or lost a star.',
  })
  assert.equal((await server.request('GET', '/webhook-events/repository_dispatch')).json.actions, null)
  assert.equal((await server.request('GET', '/webhook-events/user')).json.has_schema, false)
  assert.equal((await server.request('GET', '/webhook-events/constructor')).status, 404)
})
