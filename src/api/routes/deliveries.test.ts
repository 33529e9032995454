import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timeOfId } from '../../base/id.ts'
import { findAttempt } from '../../store/attempts.ts'
import { settleStatements } from '../../store/queue.ts'
import { organizationHooks, repositoryHooks } from '../test-hooks.ts'
import { eventually, startTestReceiver } from '../test-receiver.ts'

type Delivery = { readonly id: number; readonly guid: string }

test('lists what was sent, newest first, in GitHub’s shape', async t => {
  const { deliveries, ping } = await hookWithDeliveries(t, 1)
  await ping()
  const list = await deliveries('', 2)
  assert.deepEqual(
    list.map(({ id }) => id),
    list.map(({ id }) => id).sort((a, b) => b - a),
  )
  const [latest] = list
  assert.deepEqual(latest, {
    id: latest?.id,
    guid: latest?.guid,
    delivered_at: latest?.delivered_at,
    redelivery: false,
    duration: latest?.duration,
    status: 'OK',
    status_code: 200,
    event: 'ping',
    action: null,
    installation_id: null,
    repository_id: latest?.repository_id,
    url: '',
    throttled_at: null,
  })
  assert.match(latest?.delivered_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.equal(typeof latest?.repository_id, 'number')
})

test('pages by cursor, with the links that GitHub gives', async t => {
  const { server, get, hook, deliveries, path } = await hookWithDeliveries(t, 4)
  const ids = (await deliveries('', 4)).map(({ id }) => id)
  const page = (cursor: string, number: number | undefined) =>
    `<${server.url}${path}/${hook.id}/deliveries?${cursor.replace('ID', `v1_${number}`)}>`
  const linksAt = async (query: string) => {
    const answer = await get(`/${hook.id}/deliveries?${query}`)
    return [answer.json.map(({ id }: Delivery) => ids.indexOf(id)), answer.headers.get('link')]
  }

  const first = page('per_page=2&cursor=ID', ids[2])
  assert.deepEqual(await linksAt('per_page=2'), [[0, 1], `${first}; rel="next"`])
  const before = page('cursor=ID&per_page=2', ids[0])
  assert.deepEqual(await linksAt(`cursor=v1_${ids[2]}&per_page=2`), [[2, 3], `${before}; rel="prev"`])
  const [next, prev] = [page('cursor=ID&per_page=1', ids[2]), page('cursor=ID&per_page=1', ids[0])]
  assert.deepEqual(await linksAt(`cursor=v1_${ids[1]}&per_page=1`), [
    [1],
    `${next}; rel="next", ${prev}; rel="prev"`,
  ])
  assert.deepEqual(await linksAt(''), [[0, 1, 2, 3], null])
})

test('goes back to the newest when less than a page is above', async t => {
  const { get, hook, deliveries } = await hookWithDeliveries(t, 3)
  const ids = (await deliveries('', 3)).map(({ id }) => id)
  const { headers } = await get(`/${hook.id}/deliveries?cursor=v1_${ids[1]}&per_page=2`)
  assert.match(headers.get('link') ?? '', new RegExp(`cursor=v1_${ids[0]}&per_page=2>; rel="prev"`))
})

test('filters by success and failure', async t => {
  const { receiver, get, hook, ping, deliveries } = await hookWithDeliveries(t, 1)
  receiver.answer(302)
  await ping()
  receiver.answer(410)
  await ping()
  await deliveries('', 3)
  const codes = async (status: string) =>
    (await get(`/${hook.id}/deliveries?status=${status}`)).json.map(
      (one: { status_code: number }) => one.status_code,
    )
  assert.deepEqual(await codes('failure'), [410])
  assert.deepEqual(await codes('success'), [302, 200])
})

test('filters by event and by time, which GitHub does not', async t => {
  const { get, hook, ping, deliveries } = await hookWithDeliveries(t, 1)
  const [first] = await deliveries('', 1)
  await ping()
  const [second] = await deliveries('', 2)
  const ids = async (query: string) => {
    const { status, json } = await get(`/${hook.id}/deliveries?${query}`)
    assert.equal(status, 200)
    return json.map(({ id }: Delivery) => id)
  }
  // By when they ended, which their identifiers tell.
  const between = new Date(timeOfId(second?.id ?? 0)).toISOString()
  assert.deepEqual(await ids(`since=${between}`), [second?.id])
  assert.deepEqual(await ids(`until=${between}`), [first?.id])
  assert.deepEqual(await ids('since=2026-01-01&until='), [second?.id, first?.id])
  assert.deepEqual(await ids('event=ping'), [second?.id, first?.id])
  assert.deepEqual(await ids('event=push'), [])
  for (const query of ['since=yesterday', 'until=7']) {
    assert.equal((await get(`/${hook.id}/deliveries?${query}`)).status, 422, query)
  }
})

test('looks for an event in 20,000 attempts a page, and goes on from there', async t => {
  const { server, get, hook, deliveries } = await hookWithDeliveries(t, 1)
  const [ping] = await deliveries('', 1)
  const attempt = await findAttempt(server.store.read, hook.id, ping?.id ?? 0)
  assert.ok(attempt)
  const pushes = Array.from({ length: 20_005 }, () => ({
    ...attempt,
    id: server.store.ids.next(),
    event: 'push',
  }))
  await server.store.batch(settleStatements('nobody', [], pushes))
  const { json, headers } = await get(`/${hook.id}/deliveries?event=ping`)
  assert.deepEqual(json, [])
  const [, cursor] = /cursor=(v1_\d+)&?.*>; rel="next"$/.exec(headers.get('link') ?? '') ?? []
  assert.equal(cursor, `v1_${pushes[4]?.id}`)
  const next = await get(`/${hook.id}/deliveries?event=ping&cursor=${cursor}`)
  assert.deepEqual(
    next.json.map(({ id }: Delivery) => id),
    [ping?.id],
  )
  assert.equal(next.headers.get('link'), null)
})

test('refuses a cursor and a status that are none', async t => {
  const { get, hook } = await hookWithDeliveries(t, 1)
  for (const query of [
    'cursor=7',
    'cursor=v1_',
    'cursor=v2_7',
    'cursor=v1_99999999999999999',
    'status=failed',
  ]) {
    assert.equal((await get(`/${hook.id}/deliveries?${query}`)).status, 422, query)
  }
  for (const query of ['per_page=1000', 'per_page=x', 'cursor=']) {
    assert.equal((await get(`/${hook.id}/deliveries?${query}`)).status, 200, query)
  }
})

test('shows one delivery with what was sent and what came back', async t => {
  const { receiver, get, hook, deliveries } = await hookWithDeliveries(t, 1, {
    secret: 'sinker',
  })
  const [item] = await deliveries('', 1)
  const { json } = await get(`/${hook.id}/deliveries/${item?.id}`)
  assert.equal(json.url, hook.config.url)
  assert.deepEqual(json.request.payload, JSON.parse(String(receiver.received[0]?.body)))
  assert.equal(json.request.headers['X-GitHub-Delivery'], item?.guid)
  assert.equal(json.response.headers['content-type'], 'text/plain')
  assert.equal(json.response.payload, 'thanks')
  assert.equal(JSON.stringify(json).includes('sinker'), false)
})

test('shows the payload of a form hook as JSON, too', async t => {
  const { get, hook, deliveries } = await hookWithDeliveries(t, 1, { content_type: 'form' })
  const [item] = await deliveries('', 1)
  const { json } = await get(`/${hook.id}/deliveries/${item?.id}`)
  assert.equal(json.request.payload.hook_id, hook.id)
})

test('shows what got no answer, without one', async t => {
  const { create, get } = await repositoryHooks(t)
  const { id } = await create({ config: { url: 'http://127.0.0.1:9/' } })
  const [item] = await eventually<any[]>(
    async () => (await get(`/${id}/deliveries`)).json,
    list => list.length > 0,
  )
  assert.deepEqual([item.status, item.status_code], ['failed to connect to host', 502])
  assert.deepEqual((await get(`/${id}/deliveries/${item.id}`)).json.response, {
    headers: null,
    payload: null,
  })
})

test('sends a delivery again under its GUID, to where the hook points now', async t => {
  const { receiver, patch, post, hook, deliveries } = await hookWithDeliveries(t, 1)
  const [first] = await deliveries('', 1)
  await patch(`/${hook.id}/config`, { url: `${receiver.url}/moved`, secret: 'new' })
  const answer = await post(`/${hook.id}/deliveries/${first?.id}/attempts`)
  assert.deepEqual([answer.status, answer.json], [202, {}])

  const [sent, again] = await receiver.arrived(2)
  assert.equal(again?.path, '/moved')
  assert.equal(again?.headers['x-github-delivery'], first?.guid)
  assert.deepEqual(again?.body, sent?.body)
  assert.ok(again?.headers['x-hub-signature-256'])
  const [second] = await deliveries('', 2)
  assert.deepEqual([second?.redelivery, second?.guid, second?.id !== first?.id], [true, first?.guid, true])
})

test('sends a redelivery again, too', async t => {
  const { receiver, post, hook, deliveries } = await hookWithDeliveries(t, 1)
  for (const count of [1, 2]) {
    const [latest] = await deliveries('', count)
    await post(`/${hook.id}/deliveries/${latest?.id}/attempts`)
    await receiver.arrived(count + 1)
  }
  assert.equal(new Set((await deliveries('', 3)).map(({ guid }) => guid)).size, 1)
})

test('does not find the delivery of another hook', async t => {
  const { create, get, post, hook, deliveries } = await hookWithDeliveries(t, 1)
  const [item] = await deliveries('', 1)
  const other = await create({ config: { url: 'http://127.0.0.1:9/other' } })
  assert.equal((await get(`/${other.id}/deliveries/${item?.id}`)).status, 404)
  assert.equal((await post(`/${other.id}/deliveries/${item?.id}/attempts`)).status, 404)
  for (const none of ['0', 'x', '3842091948768772097']) {
    assert.equal((await get(`/${hook.id}/deliveries/${none}`)).status, 404)
  }
})

test('cannot send again what is no longer kept', async t => {
  const { server, post, get, hook, deliveries } = await hookWithDeliveries(t, 1)
  const [item] = await deliveries('', 1)
  await server.store.write(tx => tx.deleteFrom('payloads').execute())
  assert.equal((await get(`/${hook.id}/deliveries/${item?.id}`)).json.request.payload, null)
  assert.equal((await post(`/${hook.id}/deliveries/${item?.id}/attempts`)).status, 404)
})

test('serves organizations the same way', async t => {
  const receiver = await startTestReceiver(t)
  const { create, get, post } = await organizationHooks(t)
  const { id } = await create({ config: { url: receiver.url } })
  await receiver.arrived(1)
  const [item] = await eventually<any[]>(
    async () => (await get(`/${id}/deliveries`)).json,
    list => list.length === 1,
  )
  assert.deepEqual([item.event, item.repository_id], ['ping', null])
  const { json } = await get(`/${id}/deliveries/${item.id}`)
  assert.equal(json.url, receiver.url)
  assert.equal((await post(`/${id}/deliveries/${item.id}/attempts`)).status, 202)
  await receiver.arrived(2)
})

/** A hook that was pinged this many times, and whose receiver took all of them. */
async function hookWithDeliveries(
  t: Parameters<typeof repositoryHooks>[0],
  count: number,
  config: object = {},
) {
  const receiver = await startTestReceiver(t)
  receiver.answer(200, 'thanks')
  const hooks = await repositoryHooks(t)
  const hook = await hooks.create({ config: { url: receiver.url, content_type: 'json', ...config } })
  const ping = async () => {
    const { length } = receiver.received
    await hooks.post(`/${hook.id}/pings`)
    await receiver.arrived(length + 1)
  }
  const deliveries = (query: string, wanted: number) =>
    eventually<any[]>(
      async () => (await hooks.get(`/${hook.id}/deliveries${query}`)).json,
      list => list.length === wanted,
    )

  await receiver.arrived(1)
  for (let n = 1; n < count; n++) await ping()
  await deliveries('', count)
  return { ...hooks, path: '/repos/octocat/hello/hooks', receiver, hook, ping, deliveries }
}
