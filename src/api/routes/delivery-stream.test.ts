import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { suite, type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { findAttempt } from '../../store/attempts.ts'
import { settleStatements } from '../../store/queue.ts'
import { createSession, deleteSession } from '../../store/sessions.ts'
import type { Store } from '../../store/store.ts'
import { SESSION_COOKIE } from '../credentials.ts'
import { createServer } from '../server.ts'
import { organizationHooks, repositoryHooks } from '../test-hooks.ts'
import { eventually, startTestReceiver } from '../test-receiver.ts'

// What should come, comes within milliseconds.
const HANGS = { timeout: 30_000 }
const MINUTE_MS = 60_000

type Sent = { readonly event: string; readonly id: string | null; readonly data: any }

suite('the stream of a hook’s deliveries', () => {
  test('tells each attempt as the list has it, and how its event stands', HANGS, async t => {
    const { receiver, ping, list, listen } = await hookWithStream(t)
    const { next, headers } = await listen()
    assert.equal(headers['content-type'], 'text/event-stream; charset=utf-8')
    assert.equal(headers['cache-control'], 'private, no-cache, no-transform')
    await ping()
    const [delivery, standing] = [await next(), await next()]
    const [item] = await list()
    assert.deepEqual(delivery, { event: 'delivery', id: String(item.id), data: item })
    assert.equal(standing.event, 'standing')
    assert.equal(standing.data.state, 'delivered')
    assert.equal(standing.data.guid, item.guid)

    receiver.answer(500)
    await ping()
    assert.equal((await next()).data.status, 'Invalid HTTP Response: 500')
    const { data } = await next()
    assert.deepEqual([data.state, data.reason, data.attempts], ['pending', 'retry', 1])
    assert.match(data.next_attempt_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  test('goes on after the last event that the client has, and misses none', HANGS, async t => {
    const { ping, list, listen } = await hookWithStream(t)
    const [first] = await list()
    for (let n = 0; n < 3; n++) await ping()
    const all = await eventually(list, items => items.length === 4)
    const ids = all.map(({ id }: { id: number }) => id).toReversed()
    const byHeader = await listen({ headers: { 'last-event-id': String(first.id) } })
    const byQuery = await listen({ query: `?last_event_id=${ids[1]}` })
    await ping()
    const last = (await eventually(list, items => items.length === 5))[0].id
    assert.deepEqual(await deliveriesIn(byHeader, 4), [...ids.slice(1), last])
    assert.deepEqual(await deliveriesIn(byQuery, 3), [...ids.slice(2), last])
  })

  test('says so when more was missed than it repeats', HANGS, async t => {
    const { server, hook, ping, list, listen } = await hookWithStream(t)
    const [first] = await list()
    await addAttempts(server.store, hook.id, first.id, 1001)
    const newest = (await list())[0].id
    const { next } = await listen({ query: `?last_event_id=${first.id}` })
    assert.deepEqual(await next(), { event: 'reset', id: String(newest), data: {} })
    await ping()
    assert.ok((await next()).data.id > newest)
  })

  test('misses nothing and repeats nothing while it catches up with what goes on', HANGS, async t => {
    const { server, hook, list, listen, publish } = await hookWithStream(t)
    const [first] = await list()
    await addAttempts(server.store, hook.id, first.id, 350)
    const publishing = publish(200)
    const stream = await listen({ query: `?last_event_id=${first.id}` })
    await publishing
    const told = await deliveriesIn(stream, 550)
    assert.deepEqual(
      told,
      told.toSorted((a, b) => a - b),
    )
    assert.equal(new Set(told).size, 550)
  })

  test('is for whoever may read the list', HANGS, async t => {
    const { server, url, listen } = await hookWithStream(t)
    const stranger = await server.addToken(await server.addUser('stranger'))
    assert.equal((await listen({ token: stranger })).status, 404)
    assert.equal((await open(t, url, {})).status, 401)
    const admin = await server.addToken(await server.addUser('root', { siteAdmin: true }))
    const narrow = await listen({ token: await server.addToken(await server.addUser('friend'), ['repo']) })
    assert.equal(narrow.status, 404)
    assert.equal((await listen({ token: admin })).status, 200)
  })

  test('is there for organizations, and below /api/v3', HANGS, async t => {
    const receiver = await startTestReceiver(t)
    const { server, token, create } = await organizationHooks(t)
    const hook = await create({ config: { url: receiver.url, content_type: 'json' } })
    for (const prefix of ['', '/api/v3']) {
      const url = `${server.url}${prefix}/orgs/acme/hooks/${hook.id}/deliveries/stream?last_event_id=0`
      const { next } = await open(t, url, { authorization: `token ${token}` })
      assert.equal((await next()).data.event, 'ping')
    }
  })

  test('refuses an id that is none, and another repository’s hook', HANGS, async t => {
    const { server, token, get, hook } = await hookWithStream(t)
    const { status, text } = await get(`/${hook.id}/deliveries/stream?last_event_id=x`)
    assert.equal(status, 422, text)
    const other = await server.request('GET', `/repos/octocat/hello/hooks/${hook.id + 1}/deliveries/stream`, {
      token,
    })
    assert.equal(other.status, 404)
  })

  test('beats while nothing happens, and ends when the session does', HANGS, async t => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const { server, url, user } = await hookWithStream(t)
    const text = await server.store.write(tx => createSession(tx, user.id, Date.now()))
    const { raw, ended } = await open(t, url, { cookie: `${SESSION_COOKIE}=${text}` })
    t.mock.timers.tick(MINUTE_MS)
    await eventually(
      async () => turn().then(raw),
      sent => sent.split(': \n\n').length === 5,
    )
    await server.store.write(tx => deleteSession(tx, text))
    t.mock.timers.tick(MINUTE_MS)
    await ended
  })

  test('ends when the hook is deleted, or the token revoked', HANGS, async t => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const { server, request, hook, user, listen } = await hookWithStream(t)
    const token = await server.addToken(user)
    const [first, second] = [await listen({ token }), await listen()]
    await server.store.write(tx =>
      tx
        .deleteFrom('tokens')
        .where('id', '=', eb => eb.selectFrom('tokens').select(({ fn }) => fn.max('id').as('id')))
        .execute(),
    )
    t.mock.timers.tick(MINUTE_MS)
    await first.ended
    await request('DELETE', `/${hook.id}`)
    t.mock.timers.tick(MINUTE_MS)
    await second.ended
  })

  test('has room for twenty at one hook, and says when to come again', HANGS, async t => {
    const { listen } = await hookWithStream(t)
    const streams = await Promise.all(Array.from({ length: 20 }, () => listen()))
    const { status, headers } = await listen()
    assert.equal(status, 503)
    assert.equal(headers['retry-after'], '30')
    streams[0]?.close()
    const again = await eventually(listen, ({ status }) => status === 200)
    assert.equal(again.status, 200)
  })

  test('cuts off a client that reads nothing', HANGS, async t => {
    const { server, url, token, hook, list } = await hookWithStream(t)
    const { hostname, port, pathname } = new URL(url)
    const socket = connect({ host: hostname, port: Number(port) }).on('error', () => {})
    t.after(() => socket.destroy())
    socket.write(
      `GET ${pathname} HTTP/1.1\r\nhost: localhost\r\nuser-agent: test\r\nauthorization: token ${token}\r\n\r\n`,
    )
    await once(socket, 'readable')
    const [item] = await list()
    const attempt = await findAttempt(server.store.read, hook.id, item.id)
    assert.ok(attempt)
    // More than the system keeps for a connection on loopback, which is some 6 MB.
    const count = 20_000
    for (let n = 1; n <= count; n++) {
      server.engine.feed.tell({ attempt: { ...attempt, id: attempt.id + n }, settlement: DELIVERED })
    }
    let told = ''
    socket.on('data', bytes => {
      told += bytes
    })
    await once(socket, 'close')
    assert.ok(told.split('event: delivery').length < count)
  })

  test('ends when the server stops', HANGS, async t => {
    const { server, url, token } = await hookWithStream(t)
    const app = createServer(server.context)
    const address = await app.listen({ host: '127.0.0.1', port: 0 })
    const { ended, status } = await open(t, address + new URL(url).pathname, {
      authorization: `token ${token}`,
    })
    assert.equal(status, 200)
    await app.close()
    await ended
  })
})

const DELIVERED = {
  accountId: 1,
  id: 1,
  state: 'delivered',
  attempts: 1,
  dueAtMs: 0,
  settledAtMs: 0,
  reason: null,
} as const

/** `octocat/hello` with a hook whose ping has been delivered. */
async function hookWithStream(t: TestContext) {
  const receiver = await startTestReceiver(t)
  const hooks = await repositoryHooks(t)
  const { server, token, create, post } = hooks
  const hook = await create({ events: ['push'], config: { url: receiver.url, content_type: 'json' } })
  const list = async () => (await hooks.get(`/${hook.id}/deliveries`)).json
  await eventually(list, items => items.length === 1)
  const url = `${server.url}/repos/octocat/hello/hooks/${hook.id}/deliveries/stream`
  return {
    ...hooks,
    receiver,
    hook,
    list,
    url,
    ping: () => post(`/${hook.id}/pings`),
    publish: async (count: number) => {
      for (let n = 0; n < count; n += 20) {
        const body = Array.from({ length: 20 }, () => ({ event: 'push', payload: {} }))
        const path = '/repos/octocat/hello/events?validate=false'
        const { status, text } = await server.request('POST', path, { token, body })
        assert.equal(status, 202, text)
      }
    },
    listen: ({ token: other = token, headers = {}, query = '' }: Listening = {}) =>
      open(t, url + query, { authorization: `token ${other}`, ...headers }),
  }
}

type Listening = {
  readonly token?: string
  readonly headers?: Record<string, string>
  readonly query?: string
}

// Not by `fetch`, which opens connections in advance: a server that closes waits for those.
async function open(t: TestContext, url: string, headers: Record<string, string>) {
  const request = get(url, { agent: false, headers: { 'user-agent': 'test', ...headers } })
  t.after(() => request.destroy())
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const waiting: Sent[] = []
  let raw = ''
  let rest = ''
  let look = () => {}
  response.setEncoding('utf8').on('error', () => {})
  response.on('data', text => {
    raw += text
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    waiting.push(...blocks.flatMap(parse))
    look()
  })
  const ended = once(response, 'close')
  ended.catch(() => {})
  return {
    status: response.statusCode,
    headers: response.headers,
    ended,
    raw: () => raw,
    close: () => request.destroy(),
    next: async (): Promise<Sent> => {
      while (waiting.length === 0) {
        await new Promise<void>(resolve => {
          look = resolve
        })
      }
      return waiting.shift()!
    },
  }
}

function parse(block: string): Sent[] {
  const fields = new Map(block.split('\n').map(line => line.split(/: ?(.*)/s, 2) as [string, string]))
  const data = fields.get('data')
  if (data === undefined) return []
  const event = fields.get('event') ?? 'message'
  // Of no matter but to its `id`.
  if (event === 'ready') return []
  return [{ event, id: fields.get('id') ?? null, data: JSON.parse(data) }]
}

async function deliveriesIn({ next }: { next(): Promise<Sent> }, count: number): Promise<number[]> {
  const ids: number[] = []
  while (ids.length < count) {
    const { event, data } = await next()
    if (event === 'delivery') ids.push(data.id)
  }
  return ids
}

/** As many copies of an attempt, each with an identifier of its own. */
async function addAttempts(store: Store, hookId: number, id: number, count: number): Promise<void> {
  const attempt = await findAttempt(store.read, hookId, id)
  assert.ok(attempt)
  const copies = Array.from({ length: count }, () => ({ ...attempt, id: store.ids.next() }))
  await store.batch(settleStatements('nobody', [], copies))
}
