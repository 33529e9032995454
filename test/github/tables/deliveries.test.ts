// The keys of a delivery, in a list and alone: one line a key, for a repository's hook and an organization's.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { organizationHooks, repositoryHooks } from '../../../src/api/test-hooks.ts'
import { eventually, startTestReceiver } from '../../../src/api/test-receiver.ts'

const UUID_1 = /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

type Json = any

for (const [kind, start] of [
  ['repository', repositoryHooks],
  ['organization', organizationHooks],
] as const) {
  suite(`a delivery of the hook of a ${kind}`, () => {
    test('has these keys, in this order, in a list and alone: one line a key', async t => {
      const receiver = await startTestReceiver(t)
      receiver.answer(202, 'queued')
      const calls = await start(t)
      const { create, get, post } = calls
      const config = { url: receiver.url, content_type: 'json', secret: 'open sesame' }
      const hook = await create({ config, events: ['push'] })
      const list = async () => (await get(`/${hook.id}/deliveries`)).json as Json[]
      const [ping] = await eventually(list, ({ length }) => length === 1)

      const item: [key: string, holds: (value: Json) => boolean][] = [
        ['id', value => Number.isSafeInteger(value) && value > 0],
        ['guid', value => UUID_1.test(value) && receiver.received[0]?.headers['x-github-delivery'] === value],
        ['delivered_at', value => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)],
        ['redelivery', value => value === false],
        ['duration', value => value >= 0 && value < 10 && Math.round(value * 100) / 100 === value],
        ['status', value => value === 'OK'],
        ['status_code', value => value === 202],
        ['event', value => value === 'ping'],
        ['action', value => value === null],
        ['installation_id', value => value === null],
        ['repository_id', value => ('repository' in calls ? value === calls.repository.id : value === null)],
        ['url', value => value === ''],
        ['throttled_at', value => value === null],
      ]
      assert.deepEqual(
        Object.keys(ping),
        item.map(([key]) => key),
      )
      for (const [key, holds] of item) assert.ok(holds(ping[key]), `${key} is ${JSON.stringify(ping[key])}`)

      const { json: one } = await get(`/${hook.id}/deliveries/${ping.id}`)
      const alone: typeof item = [
        ...item.map(([key, holds]): (typeof item)[number] =>
          // Where it was sent to.
          key === 'url' ? [key, value => value === receiver.url] : [key, holds],
        ),
        ['request', value => Object.keys(value).join() === 'headers,payload'],
        ['response', value => Object.keys(value).join() === 'headers,payload'],
      ]
      assert.deepEqual(
        Object.keys(one),
        alone.map(([key]) => key),
      )
      for (const [key, holds] of alone) assert.ok(holds(one[key]), `${key} is ${JSON.stringify(one[key])}`)

      const { headers } = one.request
      const sent: [name: string, value: string | RegExp][] = [
        ['Accept', '*/*'],
        ['Content-Type', 'application/json'],
        ['User-Agent', /^GitHub-Hookshot\/[0-9a-f]{7}$/],
        ['X-GitHub-Delivery', ping.guid],
        ['X-GitHub-Event', 'ping'],
        ['X-GitHub-Hook-ID', String(hook.id)],
        ['X-GitHub-Hook-Installation-Target-ID', /^\d+$/],
        ['X-GitHub-Hook-Installation-Target-Type', kind],
        ['X-Hub-Signature', 'sha1=********'],
        ['X-Hub-Signature-256', 'sha256=********'],
      ]
      for (const [name, value] of sent) {
        if (typeof value === 'string') assert.equal(headers[name], value, name)
        else assert.match(headers[name], value, name)
      }
      assert.deepEqual(
        Object.keys(headers),
        sent.map(([name]) => name),
        'alphabetically, without Host and Content-Length',
      )
      assert.equal(one.request.payload.hook_id, hook.id)
      assert.equal(one.response.payload, 'queued')
      assert.match(JSON.stringify(one.response.headers), /text\/plain/)

      const again = await post(`/${hook.id}/deliveries/${ping.id}/attempts`)
      assert.deepEqual([again.status, again.text], [202, '{}'])
      const [redelivered] = await eventually(list, ({ length }) => length === 2)
      assert.notEqual(redelivered.id, ping.id)
      const { guid, redelivery, event } = redelivered
      assert.deepEqual({ guid, redelivery, event }, { guid: ping.guid, redelivery: true, event: 'ping' })
      assert.equal(receiver.received[1]?.headers['x-github-delivery'], ping.guid)
    })
  })
}

test('a delivery of a form hook shows the same payload as an object', async t => {
  const receiver = await startTestReceiver(t)
  const { create, get } = await repositoryHooks(t)
  const hook = await create({ config: { url: receiver.url, content_type: 'form' } })
  const list = async () => (await get(`/${hook.id}/deliveries`)).json as Json[]
  const [ping] = await eventually(list, ({ length }) => length === 1)
  const { json } = await get(`/${hook.id}/deliveries/${ping.id}`)
  assert.equal(json.request.headers['Content-Type'], 'application/x-www-form-urlencoded')
  assert.equal(json.request.headers['X-Hub-Signature-256'], undefined, 'no secret, no signature')
  assert.equal(json.request.payload.hook_id, hook.id)
})
