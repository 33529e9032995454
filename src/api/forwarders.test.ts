import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { get } from 'node:http'
import { suite, type TestContext, test } from 'node:test'
import { issueOpened, until } from '../engine/test-engine.ts'
import { FORWARDER_WAITING_MAX, FORWARDERS_PER_USER_MAX, UNNAMED_KEPT_MS } from '../forwarder.ts'
import { LINE_TIMINGS } from './forwarder-line.ts'
import { BINARY, CLOSE, connectRaw, PING, PONG, type Refused, TEXT } from './test-forwarder.ts'
import { organizationHooks, repositoryHooks, URL_OK } from './test-hooks.ts'
import type { TestServerOptions } from './test-server.ts'

const SECRET = 's3cret'

/** As `gh webhook forward` sends it. */
const GH = {
  name: 'cli',
  events: ['issues'],
  active: false,
  config: { content_type: 'json', insecure_ssl: '0', url: '', secret: SECRET },
}

async function scene(t: TestContext, options: TestServerOptions = {}) {
  const hooks = await repositoryHooks(t, options)
  const { server, repository, user, token } = hooks
  return {
    ...hooks,
    make: async (body: object = {}) => {
      const { status, json } = await hooks.post('', { ...GH, active: true, ...body })
      assert.equal(status, 201, JSON.stringify(json))
      return json
    },
    connect: (hook: { ws_url: string }, authorization = token) => connectRaw(t, hook.ws_url, authorization),
    publish: (...numbers: number[]) =>
      server.engine.publish(
        numbers.map(number =>
          issueOpened({
            accountId: user.id,
            repositoryId: repository.id,
            payload: Buffer.from(`{"action":"opened","number":${number}}`),
          }),
        ),
      ),
    deliveries: async (id: number) => (await hooks.get(`/${id}/deliveries?per_page=100`)).json,
    states: async (id: number): Promise<string[]> => {
      const rows = await server.store.read
        .selectFrom('deliveries')
        .select('state')
        .where('hook_id', '=', id)
        .orderBy('id')
        .execute()
      return rows.map(({ state }) => state)
    },
  }
}

function numberOf({ Body }: { readonly Body: string }): number {
  return JSON.parse(Buffer.from(Body, 'base64').toString()).number
}

suite('the protocol of gh webhook forward', () => {
  test('is spoken byte for byte', async t => {
    const { server, post, patch, connect, publish, deliveries, get, token } = await scene(t)
    const { status, json: hook, headers } = await post('', GH)
    assert.equal(status, 201)
    assert.equal(headers.get('location'), hook.url)
    assert.deepEqual(
      [hook.name, hook.active, hook.config.url, hook.ws_url],
      ['cli', false, '', `${server.url.replace('http', 'ws')}/forwarders/${hook.id}`],
    )
    const line = await connect(hook, token)
    assert.equal((await patch(`/${hook.id}`, { active: true })).json.active, true)
    const [accepted] = await publish(7)
    const frame = await line.frame()
    assert.deepEqual([frame?.opcode, frame?.final], [TEXT, true])
    const body = Buffer.from('{"action":"opened","number":7}')
    const digest = (algorithm: string) => createHmac(algorithm, SECRET).update(body).digest('hex')
    const { Header } = JSON.parse(String(frame?.payload))
    assert.equal(
      String(frame?.payload),
      JSON.stringify({
        Header: {
          Accept: ['*/*'],
          'Content-Type': ['application/json'],
          'User-Agent': Header['User-Agent'],
          'X-Github-Delivery': [accepted?.guid],
          'X-Github-Event': ['issues'],
          'X-Github-Hook-Id': [String(hook.id)],
          'X-Github-Hook-Installation-Target-Id': Header['X-Github-Hook-Installation-Target-Id'],
          'X-Github-Hook-Installation-Target-Type': ['repository'],
          'X-Hub-Signature': [`sha1=${digest('sha1')}`],
          'X-Hub-Signature-256': [`sha256=${digest('sha256')}`],
        },
        Body: body.toString('base64'),
      }),
    )
    assert.match(Header['User-Agent'][0], /^GitHub-Hookshot\/[\da-f]{7}$/)

    line.reply(202, 'taken')
    const [delivery] = await eventually(() => deliveries(hook.id))
    assert.deepEqual(
      [delivery.guid, delivery.status, delivery.status_code, delivery.event],
      [accepted?.guid, 'OK', 202, 'issues'],
    )
    const { response, request } = (await get(`/${hook.id}/deliveries/${delivery.id}`)).json
    assert.deepEqual([response.payload, response.headers], ['taken', { 'X-App': 'hi' }])
    assert.equal(request.payload.number, 7)
    assert.equal((await get(`/${hook.id}`)).json.name, 'cli')
  })

  test('has one event in flight, however many wait', async t => {
    const { make, connect, publish, deliveries } = await scene(t)
    const hook = await make()
    const line = await connect(hook)
    await publish(1, 2, 3)
    for (const number of [1, 2, 3]) {
      assert.equal(numberOf(await line.event()), number)
      const next = await line.frame()
      assert.equal(next?.opcode, PING)
      line.reply(number === 2 ? 500 : 200)
      line.send(PONG, next?.payload ?? '')
    }
    const list = await eventually(() => deliveries(hook.id), 3)
    // An answer is final, whatever it is.
    assert.deepEqual(
      list.map(({ status_code }: { status_code: number }) => status_code),
      [200, 500, 200],
    )
  })

  test('is spoken on organizations, too', async t => {
    const { server, token, post, user } = await organizationHooks(t)
    const { json: hook } = await post('', { ...GH, active: true })
    assert.equal(hook.name, 'cli')
    const line = await connectRaw(t, hook.ws_url, `token ${token}`)
    const { id } = await server.store.read
      .selectFrom('accounts')
      .select('id')
      .where('login', '=', 'acme')
      .executeTakeFirstOrThrow()
    await server.engine.publish([issueOpened({ accountId: id, repositoryId: null, organizationId: id })])
    assert.deepEqual((await line.event()).Header['X-Github-Hook-Installation-Target-Type'], ['organization'])
    line.reply(200)
    assert.ok(user.id)
  })
})

suite('replies', () => {
  const TIMEOUT = { timeout_seconds: 1 }

  test('that do not come in time are given up, and the next event waits until the client is done', async t => {
    const { make, connect, publish, deliveries, patch } = await scene(t)
    const hook = await make()
    await patch(`/${hook.id}/policy`, TIMEOUT)
    const line = await connect(hook)
    await publish(1, 2)
    assert.equal(numberOf(await line.event()), 1)
    const [first] = await eventually(() => deliveries(hook.id))
    assert.deepEqual([first.status, first.status_code], ['timed out', 504])
    const ping = await line.frame()
    assert.equal(ping?.opcode, PING)
    // Late, and then it reads on.
    line.reply(201, 'late')
    line.send(PONG, ping?.payload ?? '')
    assert.equal(numberOf(await line.event()), 2)
    line.reply(202, 'of the second')
    const [second] = await eventually(() => deliveries(hook.id), 2)
    assert.equal(second.status_code, 202)
  })

  test('that never come, since the application is down, leave the next ones their own', async t => {
    const { make, connect, publish, deliveries, patch } = await scene(t)
    const hook = await make()
    await patch(`/${hook.id}/policy`, TIMEOUT)
    const line = await connect(hook)
    await publish(1, 2, 3)
    assert.equal(numberOf(await line.event()), 1)
    // GitHub's forwarder warns and reads on, which answers the ping.
    assert.equal(numberOf(await line.event()), 2)
    line.reply(202)
    assert.equal(numberOf(await line.event()), 3)
    line.reply(203)
    const list = await eventually(() => deliveries(hook.id), 3)
    assert.deepEqual(
      list.map(({ status_code }: { status_code: number }) => status_code),
      [203, 202, 504],
    )
  })

  test('that are late and cannot be told from the next burn nothing: the line is closed', async t => {
    const { make, connect, publish, deliveries, patch } = await scene(t)
    const hook = await make()
    await patch(`/${hook.id}/policy`, TIMEOUT)
    const line = await connect(hook)
    await publish(1, 2)
    await line.event()
    // It answers pings at once, as most WebSocket libraries do.
    const ping = await line.frame()
    line.send(PONG, ping?.payload ?? '')
    assert.equal(numberOf(await line.event()), 2)
    const second = await line.frame()
    line.send(PONG, second?.payload ?? '')
    line.reply(200, 'of the first, or of the second')
    assert.equal(await line.closed(), 1008)
    const again = await connect(hook)
    assert.equal(numberOf(await again.event()), 2)
    again.reply(202)
    const list = await eventually(() => deliveries(hook.id), 2)
    assert.deepEqual(
      list.map(({ status_code }: { status_code: number }) => status_code),
      [202, 504],
    )
  })

  test('that name their delivery are matched by it', async t => {
    const { make, connect, publish, deliveries } = await scene(t)
    const hook = await make({ forwarder: 'laptop' })
    const line = await connect(hook)
    const [accepted] = await publish(1)
    await line.event()
    line.reply(500, 'somebody else’s', { Delivery: 'c0ffee00-0000-1000-8000-000000000000' })
    line.reply(202, 'its own', { Delivery: accepted?.guid })
    const [delivery] = await eventually(() => deliveries(hook.id))
    assert.equal(delivery.status_code, 202)
  })

  for (const [what, opcode, payload, code] of [
    ['garbage', TEXT, 'no JSON', 1007],
    ['a status that is none', TEXT, '{"Status":42,"Header":{},"Body":""}', 1007],
    ['bytes', BINARY, '{"Status":200,"Header":{},"Body":""}', 1003],
    ['a frame of 5 MB', TEXT, 'x'.repeat(5 * 1024 * 1024), 1009],
  ] as const) {
    test(`that are ${what} close the line, are told in the log, and are not asked for again`, async t => {
      const { make, connect, publish, deliveries } = await scene(t)
      const hook = await make()
      const line = await connect(hook)
      await publish(1, 2)
      assert.equal(numberOf(await line.event()), 1)
      line.send(opcode, payload)
      assert.equal(await line.closed(), code)
      const [delivery] = await eventually(() => deliveries(hook.id))
      assert.equal(delivery.status_code, 502)
      assert.match(delivery.status, /forwarder/)
      const next = await connect(hook)
      assert.equal(numberOf(await next.event()), 2)
      next.cut()
    })
  }

  test('that nobody asked for are taken for late', async t => {
    const { make, connect, publish, deliveries } = await scene(t)
    const hook = await make()
    const line = await connect(hook)
    line.reply(500)
    line.send(PING, 'there?')
    assert.equal((await line.frame())?.opcode, PONG)
    await publish(1)
    await line.event()
    line.reply(202)
    assert.equal((await eventually(() => deliveries(hook.id)))[0].status_code, 202)
  })
})

suite('a forwarder that is away', () => {
  test('gets what happened meanwhile, in order, when it is back, and nothing was burnt', async t => {
    const { make, connect, publish, deliveries, states } = await scene(t)
    const hook = await make({ forwarder: 'laptop' })
    await publish(1, 2, 3)
    const line = await connect(hook)
    assert.equal(numberOf(await line.event()), 1)
    line.reply(200)
    assert.equal(numberOf(await line.event()), 2)
    // In the middle of an attempt.
    line.cut()
    await publish(4, 5)
    await until(async () => !(await states(hook.id)).includes('leased'))
    assert.deepEqual(await states(hook.id), ['delivered', 'pending', 'pending', 'pending', 'pending'])

    const again = await make({ forwarder: 'laptop', events: ['issues', 'push'] })
    assert.deepEqual([again.id, again.forwarder, again.events], [hook.id, 'laptop', ['issues', 'push']])
    const back = await connect(again)
    for (const number of [2, 3, 4, 5]) {
      assert.equal(numberOf(await back.event()), number)
      back.reply(200)
    }
    const list = await eventually(() => deliveries(hook.id), 5)
    assert.deepEqual(
      list.map(({ redelivery }: { redelivery: boolean }) => redelivery),
      [false, false, false, false, false],
    )
  })

  test('has so much waiting for it and no more: the oldest are given up, and say why', async t => {
    const { make, connect, publish, states, get } = await scene(t)
    const hook = await make({ forwarder: 'laptop' })
    const surplus = 3
    for (let from = 0; from < FORWARDER_WAITING_MAX + surplus; from += 500) {
      const count = Math.min(500, FORWARDER_WAITING_MAX + surplus - from)
      await publish(...Array.from({ length: count }, (_, index) => from + index))
    }
    await until(async () => (await states(hook.id)).filter(state => state === 'exhausted').length === surplus)
    assert.deepEqual(new Set((await states(hook.id)).slice(0, surplus)), new Set(['exhausted']))
    const { json } = await get(`/${hook.id}/undelivered?state=exhausted`)
    assert.deepEqual(
      json.map(({ reason }: { reason: string }) => reason),
      ['too_many', 'too_many', 'too_many'],
    )
    const line = await connect(hook)
    assert.equal(numberOf(await line.event()), surplus)
    line.cut()
  })

  test('is noticed by its silence when it has said its name, and burns nothing', async t => {
    const lineTimings = { ...LINE_TIMINGS, pingPeriodMs: 10, namedSilenceMaxMs: 100 }
    const { make, connect, publish, states } = await scene(t, { lineTimings })
    const hook = await make({ forwarder: 'laptop' })
    const line = await connect(hook)
    await publish(1)
    // It answers no ping.
    assert.equal(await line.closed(), undefined)
    await until(async () => (await states(hook.id))[0] === 'pending')
  })

  test('of GitHub’s kind is deleted with what waits for it, ten minutes after it was there', async t => {
    const clock = { ms: Date.now(), nowMs: () => clock.ms, random: () => 0.5 }
    const { server, make, get, states, connect, publish } = await scene(t, { clock })
    const [lost, kept] = [await make(), await make({ forwarder: 'laptop' })]
    await publish(1)
    clock.ms += UNNAMED_KEPT_MS + 1
    await server.forwarders.checkOnce()
    assert.deepEqual(
      (await get('')).json.map(({ id }: { id: number }) => id),
      [kept.id],
    )
    await until(async () => (await states(lost.id))[0] === 'cancelled')
    await assert.rejects(connect(lost), { status: 404 })
  })
})

suite('several at once', () => {
  test('forward the same repository, each everything', async t => {
    const { server, make, connect, publish, post, token } = await scene(t)
    const other = await server.addUser('hubot', { siteAdmin: true })
    const otherToken = await server.addToken(other)
    const [mine, mineToo] = [await make(), await make()]
    const { json: theirs } = await server.request('POST', '/repos/octocat/hello/hooks', {
      token: otherToken,
      body: { ...GH, active: true },
    })
    const lines = await Promise.all([
      connect(mine, token),
      connect(mineToo, `Bearer ${token}`),
      connect(theirs, otherToken),
    ])
    await publish(1)
    for (const line of lines) {
      assert.equal(numberOf(await line.event()), 1)
      line.reply(200)
    }
    // No obstacle for others, either.
    assert.equal((await post('', { events: ['issues'], config: { url: URL_OK } })).status, 201)
  })

  test('under the same name take the line over', async t => {
    const { make, connect, publish } = await scene(t)
    const hook = await make({ forwarder: 'laptop' })
    const first = await connect(hook)
    const second = await connect(hook)
    assert.equal(await first.closed(), 4409)
    await publish(1)
    assert.equal(numberOf(await second.event()), 1)
    second.cut()
  })

  test('have a ceiling for each user, to which leftovers do not count', async t => {
    const { make, post, connect } = await scene(t)
    const hooks = []
    for (let count = 0; count < FORWARDERS_PER_USER_MAX; count++) hooks.push(await make())
    for (const hook of hooks.slice(1)) await connect(hook)
    // The first was never connected.
    const next = await make()
    await connect(next)
    await assert.rejects(connect(hooks[0]), { status: 404 })
    const { status, json } = await post('', GH)
    assert.equal(status, 422)
    assert.match(json.errors[0].message, /more than 10 forwarders on this repository/)
  })
})

suite('who may', () => {
  test('is the user who made the hook, and to nobody else is it there', async t => {
    const { server, make, connect } = await scene(t)
    const hook = await make()
    const stranger = await server.addUser('mallory')
    const admin = await server.addUser('root', { siteAdmin: true })
    const { json: web } = await server.request('POST', '/repos/octocat/hello/hooks', {
      token: await server.addToken(admin),
      body: { config: { url: URL_OK } },
    })
    const nobodys = hook.ws_url.replace(/\d+$/, '999')
    const refusals: [string, string | undefined, number][] = [
      [hook.ws_url, undefined, 401],
      [hook.ws_url, 'hkl_wrong', 401],
      [hook.ws_url, await server.addToken(stranger), 404],
      [hook.ws_url, await server.addToken(admin), 404],
      [nobodys, await server.addToken(stranger), 404],
      [hook.ws_url.replace(/\d+$/, String(web.id)), await server.addToken(admin), 404],
    ]
    const texts = new Set<string>()
    for (const [url, authorization, status] of refusals) {
      const error = await connectRaw(t, url, authorization).then(
        () => assert.fail('it was let in'),
        (refused: Refused) => refused,
      )
      assert.equal(error.status, status)
      if (status === 404) texts.add(error.message)
    }
    assert.equal(texts.size, 1)
    await connect(hook)
  })

  test('must have the scope, and is cut off when the right is gone', async t => {
    const { server, make, user } = await scene(t)
    const hook = await make()
    const reader = await server.addToken(user, ['read:repo_hook'])
    await assert.rejects(connectRaw(t, hook.ws_url, reader), { status: 404 })
    const writer = await server.addToken(user, ['write:repo_hook'])
    const line = await connectRaw(t, hook.ws_url, writer)
    await server.store.write(tx =>
      tx.deleteFrom('tokens').where('scopes', '=', '["write:repo_hook"]').execute(),
    )
    await server.forwarders.checkOnce()
    assert.equal(await line.closed(), 4401)
  })

  test('loses the line with the hook', async t => {
    const { make, connect, request } = await scene(t)
    const hook = await make({ events: ['*'] })
    const line = await connect(hook)
    assert.equal((await request('DELETE', `/${hook.id}`)).status, 204)
    assert.equal(await line.closed(), 4410)
  })

  test('cannot make one for the site, give it a URL, or make a web hook without one', async t => {
    const { server, post, patch, make } = await scene(t)
    const admin = await server.addToken(await server.addUser('root', { siteAdmin: true }))
    const site = await server.request('POST', '/admin/hooks', { token: admin, body: GH })
    assert.equal(site.status, 422)
    assert.equal((await post('', { ...GH, config: { url: URL_OK } })).status, 422)
    assert.equal((await post('', { ...GH, name: 'web' })).status, 422)
    assert.equal((await post('', { ...GH, forwarder: 'a b' })).status, 422)
    const hook = await make()
    assert.equal((await patch(`/${hook.id}`, { config: { url: URL_OK } })).status, 422)
    assert.equal((await patch(`/${hook.id}/config`, { url: URL_OK })).status, 422)
    assert.equal((await patch(`/${hook.id}/config`, { content_type: 'form' })).status, 200)
    // As clients send back what they were given.
    assert.equal((await patch(`/${hook.id}`, { name: 'cli', active: true, config: { url: '' } })).status, 200)
  })
})

test('an offer of HTTP/2 is an ordinary request', async t => {
  const { server } = await scene(t)
  const { status } = await new Promise<{ status: number | undefined }>((resolve, reject) => {
    const headers = {
      connection: 'Upgrade, HTTP2-Settings',
      upgrade: 'h2c',
      'http2-settings': '',
      'user-agent': 'test',
    }
    get(`${server.url}/meta`, { headers }, response => resolve({ status: response.statusCode })).on(
      'error',
      reject,
    )
  })
  assert.equal(status, 200)
})

test('an upgrade that nobody knows is refused', async t => {
  const { server } = await scene(t)
  await assert.rejects(connectRaw(t, `${server.url.replace('http', 'ws')}/nowhere`, 'x'), { status: 404 })
})

test('the server stops with a forwarder that is connected, and tells it to come back', async t => {
  const { make, connect, server } = await scene(t)
  const line = await connect(await make())
  await server.forwarders.close()
  const frame = await line.frame()
  assert.deepEqual([frame?.opcode, frame?.payload.readUInt16BE(0)], [CLOSE, 1012])
})

async function eventually(list: () => Promise<any>, count = 1): Promise<any> {
  let found = await list()
  await until(async () => {
    if (found.length < count) found = await list()
    return found.length >= count
  })
  return found
}
