import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { AppError } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import { sign } from '../../signature.ts'
import { LIMITS } from './exchange-store.ts'
import { type Inspector, type InspectorOptions, startInspector } from './inspector.ts'
import { play } from './test-exchange.ts'

const SECRET = 'It’s a Secret to Everybody'
const NOWHERE = { host: '127.0.0.1', port: 1 }

type Given = Partial<Omit<InspectorOptions, 'port'>>

async function start(t: TestContext, given: Given = {}): Promise<Inspector> {
  const inspector = await startInspector({ port: 0, target: NOWHERE, ...given })
  t.after(() => inspector.stop())
  return inspector
}

type Answer = { readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: Buffer }
type Asked = { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }

/** As a program of this machine; `fetch` would not let us say where we come from. */
async function ask(inspector: Inspector, method: string, path: string, asked: Asked = {}): Promise<Answer> {
  const { headers = method === 'GET' ? {} : { 'content-type': 'application/json' }, body } = asked
  const text = body === undefined ? '' : JSON.stringify(body)
  const sending = httpRequest(`${inspector.url}${path}`, {
    ...{ method, agent: false },
    headers: { 'content-length': Buffer.byteLength(text), ...headers },
  }).end(text)
  const [response] = (await once(sending, 'response')) as [IncomingMessage]
  return {
    status: response.statusCode!,
    headers: response.headers,
    body: Buffer.concat(await response.toArray()),
  }
}

async function json(inspector: Inspector, path: string): Promise<any> {
  const { status, body } = await ask(inspector, 'GET', path)
  assert.equal(status, 200, body.toString())
  return JSON.parse(body.toString())
}

async function targets(inspector: Inspector, query = ''): Promise<string[]> {
  const { requests } = await json(inspector, `/api/requests${query}`)
  return requests.map(({ target }: { target: string }) => target)
}

/** Looks again at each change until the exchange is over. */
async function ended(inspector: Inspector, id: number): Promise<any> {
  const stream = await follow(inspector)
  try {
    for (;;) {
      const exchange = await json(inspector, `/api/requests/${id}`)
      if (exchange.end !== null) return exchange
      await stream.next()
    }
  } finally {
    stream.close()
  }
}

async function follow(inspector: Inspector) {
  const sending = httpRequest(`${inspector.url}/api/stream`, { agent: false }).end()
  const [response] = (await once(sending, 'response')) as [IncomingMessage]
  assert.equal(response.headers['content-type'], 'text/event-stream')
  response.setEncoding('utf8').on('error', () => {})
  const chunks = response[Symbol.asyncIterator]()
  let text = ''
  const next = async (): Promise<{ event: string; data: any }> => {
    while (!text.includes('\n\n')) {
      const { done, value } = await chunks.next()
      if (done) return { event: 'end', data: null }
      text += value
    }
    const [block = ''] = text.split('\n\n', 1)
    text = text.slice(block.length + 2)
    const data = /^data: (.*)$/m.exec(block)?.[1]
    return data === undefined ? next() : { event: /^event: (.*)$/m.exec(block)![1]!, data: JSON.parse(data) }
  }
  assert.equal((await next()).event, 'ready')
  return { next, close: () => sending.destroy() }
}

type Seen = {
  readonly method: string
  readonly target: string
  readonly raw: readonly string[]
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

async function localServer(t: TestContext) {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const { method, url, headers, rawHeaders: raw } = request
    seen.push({ method: method!, target: url!, headers, raw, body })
    if (url === '/broken') {
      response.writeHead(200, { 'content-length': 100 }).write('half of it')
      response.socket?.end()
      return
    }
    if (url === '/silent') return
    response.writeHead(201, 'Made', [
      ['X-Twice', '1'],
      ['X-Twice', '2'],
    ] as never)
    response.end('<script>alert(1)</script>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { seen, target: { host: '127.0.0.1', port: (server.address() as AddressInfo).port } }
}

function webhook(body: string, signedBy = SECRET): readonly (readonly [string, string])[] {
  const { sha1, sha256 } = sign(new Secret(signedBy), Buffer.from(body))
  return [
    ['Host', 'ada.example.com'],
    ['X-GitHub-Event', 'issues'],
    ['X-GitHub-Delivery', '72d3162e-cc78-11e3-81ab-4c9367dc0958'],
    ['X-GitHub-Hook-ID', '7'],
    ['Content-Type', 'application/json'],
    ['X-Hub-Signature', sha1],
    ['X-Hub-Signature-256', sha256],
    ['Content-Length', String(body.length)],
  ]
}

describe('The inspector', () => {
  test('shows a request and its answer as they passed', async t => {
    const inspector = await start(t)
    const headers = webhook('{"action":"opened"}')
    play(inspector.observer, {
      ...{ target: '/payload?a=1', headers, body: '{"action":"opened"}' },
      ...{ status: 404, answerHeaders: [['content-type', 'text/html']], answer: '<b>no</b>' },
    })
    const { requests, next } = await json(inspector, '/api/requests')
    assert.equal(next, null)
    assert.equal(requests.length, 1)
    const { url, method, target, status, end, webhook: github } = requests[0]
    assert.deepEqual([method, target, status, end], ['POST', '/payload?a=1', 404, 'complete'])
    assert.deepEqual(github, {
      ...{ event: 'issues', delivery: '72d3162e-cc78-11e3-81ab-4c9367dc0958', hook: '7' },
    })
    const exchange = await json(inspector, url)
    assert.deepEqual(exchange.request.headers, headers)
    assert.deepEqual(exchange.response.headers, [['content-type', 'text/html']])
    assert.equal(exchange.response.reason, 'As It Is')
    assert.ok(exchange.waitMs >= 0 && exchange.tookMs >= exchange.waitMs)

    const sent = await ask(inspector, 'GET', exchange.request.body.url)
    assert.equal(sent.body.toString(), '{"action":"opened"}')
    const answered = await ask(inspector, 'GET', exchange.response.body.url)
    assert.equal(answered.body.toString(), '<b>no</b>')
    assert.equal(answered.headers['content-type'], 'application/octet-stream')
    assert.match(answered.headers['content-disposition']!, /^attachment; filename="1-response.bin"$/)
    assert.equal(answered.headers['x-content-type-options'], 'nosniff')
  })

  test('says when a body is longer than what it keeps', async t => {
    const inspector = await start(t, { limits: { ...LIMITS, bodyBytesMax: 100 } })
    play(inspector.observer, { body: 'x'.repeat(150), headers: webhook('x'.repeat(150)) })
    const { request, response } = await json(inspector, '/api/requests/1')
    assert.deepEqual(request.body, { url: '/api/requests/1/request-body', size: 150, kept: 100, isCut: true })
    assert.equal(response.body.isCut, false)
    assert.equal((await ask(inspector, 'GET', request.body.url)).body.length, 100)
    assert.equal((await ask(inspector, 'POST', '/api/requests/1/replays', { body: {} })).status, 409)
  })

  test('lists the newest first, by pages, and those that are asked for', async t => {
    const inspector = await start(t)
    for (let sent = 1; sent <= 7; sent++) {
      const method = sent % 2 === 0 ? 'GET' : 'POST'
      play(inspector.observer, {
        method,
        target: `/Path/${sent}`,
        status: sent === 7 ? null : 198 + sent,
        end: null,
      })
    }
    play(inspector.observer, { method: 'GET', target: '/other', status: 502, end: 'refused' })
    assert.deepEqual(await targets(inspector, '?method=get'), ['/other', '/Path/6', '/Path/4', '/Path/2'])
    assert.deepEqual(await targets(inspector, '?status=5xx'), ['/other'])
    assert.deepEqual(await targets(inspector, '?status=204'), ['/Path/6'])
    assert.deepEqual(await targets(inspector, '?status=none'), ['/Path/7'])
    assert.deepEqual(await targets(inspector, '?path=pATH%2F3'), ['/Path/3'])
    const seen: string[] = []
    let next = '/api/requests?path=path&limit=3'
    while (next) {
      const page = await json(inspector, next)
      seen.push(...page.requests.map(({ id }: { id: number }) => id))
      next = page.next
    }
    assert.deepEqual(seen, [7, 6, 5, 4, 3, 2, 1])
    for (const query of ['status=wrong', 'limit=0', 'before=x'])
      assert.equal((await ask(inspector, 'GET', `/api/requests?${query}`)).status, 422, query)
  })

  test('forgets all when it is told to, and goes on', async t => {
    const inspector = await start(t)
    play(inspector.observer)
    assert.equal((await ask(inspector, 'DELETE', '/api/requests')).status, 204)
    assert.deepEqual(await targets(inspector), [])
    assert.equal((await ask(inspector, 'GET', '/api/requests/1')).status, 404)
    play(inspector.observer, { target: '/later' })
    assert.deepEqual(await targets(inspector), ['/later'])
  })

  test('checks signatures by the secret that it is told, and never tells it', async t => {
    const inspector = await start(t)
    play(inspector.observer, { target: '/right', headers: webhook('{}'), body: '{}' })
    play(inspector.observer, { target: '/wrong', headers: webhook('{ }'), body: '{}' })
    play(inspector.observer, { target: '/unsigned', body: '{}' })
    play(inspector.observer, { target: '/read', method: 'GET' })
    const verdicts = async () => {
      const { requests } = await json(inspector, '/api/requests')
      return requests.map(({ signature }: { signature: string }) => signature)
    }
    assert.deepEqual(await verdicts(), [null, null, 'unchecked', 'unchecked'])
    const settings = (isSecretKnown: boolean) => ({
      ...{ local: 'http://127.0.0.1:1', hostHeader: null, isSecretKnown },
    })
    const put = (secret: unknown) => ask(inspector, 'PUT', '/api/secret', { body: { secret } })
    assert.equal((await put(SECRET)).status, 204)
    assert.deepEqual(await verdicts(), [null, 'missing', 'invalid', 'valid'])
    assert.deepEqual(await json(inspector, '/api/settings'), settings(true))
    assert.equal((await put('another')).status, 204)
    assert.deepEqual(await verdicts(), [null, 'missing', 'invalid', 'invalid'])
    assert.equal((await put(null)).status, 204)
    assert.deepEqual(await json(inspector, '/api/settings'), settings(false))
    for (const wrong of ['', 7, undefined, 'x'.repeat(1001)]) assert.equal((await put(wrong)).status, 422)
  })

  test('tells as they come those who listen, and how many it has left out', async t => {
    const inspector = await start(t)
    const stream = await follow(inspector)
    const going = play(inspector.observer, { status: null, end: null })
    const first = await stream.next()
    assert.deepEqual([first.event, first.data.requests[0].end, first.data.skipped], ['requests', null, 0])
    going.end('aborted')
    assert.equal((await stream.next()).data.requests[0].end, 'aborted')
    for (let sent = 0; sent < 80; sent++) play(inspector.observer, { target: `/${sent}` })
    const many = await stream.next()
    assert.deepEqual([many.data.requests.length, many.data.skipped], [50, 30])
    assert.equal(many.data.requests.at(-1).target, '/79')
    await ask(inspector, 'DELETE', '/api/requests')
    assert.equal((await stream.next()).event, 'cleared')
    await inspector.stop()
    assert.equal((await stream.next().catch(() => ({ event: 'end' }))).event, 'end')
  })

  test('lets 32 listen, and no more', async t => {
    const inspector = await start(t)
    const streams = await Promise.all(Array.from({ length: 32 }, () => follow(inspector)))
    assert.equal((await ask(inspector, 'GET', '/api/stream')).status, 503)
    for (const stream of streams) stream.close()
  })

  test('says that its port is taken', async t => {
    const inspector = await start(t)
    const port = Number(new URL(inspector.url).port)
    await assert.rejects(
      startInspector({ port, target: NOWHERE }),
      error => error instanceof AppError && error.code === 'conflict' && error.message.includes(String(port)),
    )
  })

  test('answers what it cannot do', async t => {
    const inspector = await start(t)
    for (const path of [
      '/api',
      '/api/requests/0',
      '/api/requests/1',
      '/api/x',
      '//',
      '/api/requests/1/x/y',
      '/etc',
    ])
      assert.equal((await ask(inspector, 'GET', path)).status, 404, path)
    assert.equal((await ask(inspector, 'GET', '/assets/..%2findex.html')).status, 404)
    assert.equal((await ask(inspector, 'POST', '/', { body: {} })).status, 405)
    const large = await ask(inspector, 'PUT', '/api/secret', {
      body: { secret: 'x'.repeat(7 * 1024 * 1024) },
    })
    assert.equal(large.status, 413)
  })
})

describe('A replay', () => {
  test('goes to the local port as the request was, and is an exchange of its own', async t => {
    const local = await localServer(t)
    const inspector = await start(t, { target: local.target })
    const body = '{"a": "é"}'
    const headers = [
      ...webhook(body),
      ['X-Dup', 'one'],
      ['x-dup', 'two'],
      ['Transfer-Encoding', 'chunked'],
    ] as const
    play(inspector.observer, { target: '/payload?x=%20y', headers, body })
    const made = await ask(inspector, 'POST', '/api/requests/1/replays', { body: {} })
    assert.equal(made.status, 201, made.body.toString())
    assert.equal(made.headers.location, '/api/requests/2')
    const exchange = await ended(inspector, 2)
    assert.deepEqual(exchange.replay, { of: 1, isEdited: false, signature: 'kept' })
    assert.deepEqual([exchange.end, exchange.status, exchange.response.reason], ['complete', 201, 'Made'])
    const twice = exchange.response.headers.filter(([name]: [string]) => name === 'X-Twice')
    assert.deepEqual(twice, [
      ['X-Twice', '1'],
      ['X-Twice', '2'],
    ])
    const [seen] = local.seen
    assert.equal(seen!.target, '/payload?x=%20y')
    assert.equal(seen!.body.toString(), body)
    assert.deepEqual(seen!.raw, [
      ...headers.filter(([name]) => !/^(content-length|transfer-encoding)$/i.test(name)).flat(),
      ...['Content-Length', '11', 'Connection', 'close'],
    ])
    assert.equal(
      (await ask(inspector, 'GET', '/api/requests/2/response-body')).body.toString(),
      '<script>alert(1)</script>',
    )
  })

  test('goes edited, its signature made anew when the secret is known', async t => {
    const local = await localServer(t)
    const inspector = await start(t, { target: local.target, secret: new Secret(SECRET) })
    play(inspector.observer, { headers: webhook('{}'), body: '{}' })
    const edited = { method: 'PUT', target: '/else', body: '{"much": "longer"}' }
    assert.equal((await ask(inspector, 'POST', '/api/requests/1/replays', { body: edited })).status, 201)
    const exchange = await ended(inspector, 2)
    assert.deepEqual(exchange.replay, { of: 1, isEdited: true, signature: 'made' })
    assert.equal(exchange.signature, 'valid')
    const [seen] = local.seen
    const signatures = sign(new Secret(SECRET), seen!.body)
    assert.deepEqual([seen!.method, seen!.target, seen!.body.toString()], ['PUT', '/else', edited.body])
    assert.equal(seen!.headers['x-hub-signature-256'], signatures.sha256)
    assert.equal(seen!.headers['x-hub-signature'], signatures.sha1)
    assert.equal(seen!.headers['content-length'], '18')
  })

  test('says that its signature does not fit when the secret is not known', async t => {
    const local = await localServer(t)
    const inspector = await start(t, { target: local.target })
    play(inspector.observer, { headers: webhook('{}'), body: '{}' })
    await ask(inspector, 'POST', '/api/requests/1/replays', { body: { body: 'e30K', encoding: 'base64' } })
    assert.equal((await ended(inspector, 2)).replay.signature, 'stale')
    assert.equal(local.seen[0]!.body.toString(), '{}\n')
  })

  test('keeps a signature that was edited by hand', async t => {
    const local = await localServer(t)
    const inspector = await start(t, { target: local.target, secret: new Secret(SECRET) })
    play(inspector.observer, { headers: webhook('{}'), body: '{}' })
    const headers = [
      ['Host', 'a'],
      ['X-Hub-Signature-256', 'sha256=mine'],
    ]
    await ask(inspector, 'POST', '/api/requests/1/replays', { body: { headers, body: '[]' } })
    const exchange = await ended(inspector, 2)
    assert.deepEqual([exchange.replay.signature, exchange.signature], ['kept', 'invalid'])
    assert.equal(local.seen[0]!.headers['x-hub-signature-256'], 'sha256=mine')
  })

  test('has the Host header that the tunnel gives', async t => {
    const local = await localServer(t)
    const inspector = await start(t, { target: local.target, hostHeader: 'localhost:4567' })
    play(inspector.observer, { method: 'GET', headers: [['Host', 'ada.example.com']] })
    await ask(inspector, 'POST', '/api/requests/1/replays', { body: {} })
    await ended(inspector, 2)
    assert.equal(local.seen[0]!.headers.host, 'localhost:4567')
    assert.equal(local.seen[0]!.headers['content-length'], undefined)
  })

  test('ends as what it meets: refused, broken, timed out', async t => {
    const local = await localServer(t)
    const inspector = await start(t, { target: local.target, timeoutMs: 200 })
    const closed = await start(t)
    const headers = [['Host', 'a']] as const
    for (const target of ['/broken', '/silent']) play(inspector.observer, { target, headers })
    play(closed.observer, { headers })
    for (const id of [1, 2]) await ask(inspector, 'POST', `/api/requests/${id}/replays`, { body: {} })
    await ask(closed, 'POST', '/api/requests/1/replays', { body: {} })
    const broken = await ended(inspector, 3)
    assert.deepEqual([broken.end, broken.status, broken.response.body.size], ['broken', 200, 10])
    const silent = await ended(inspector, 4)
    assert.deepEqual([silent.end, silent.status], ['timed_out', null])
    assert.equal((await ended(closed, 2)).end, 'refused')
  })

  test('is refused for what cannot be sent', async t => {
    const inspector = await start(t)
    play(inspector.observer, { headers: [['Host', 'a']] })
    play(inspector.observer, { end: 'upgraded', status: 101 })
    play(inspector.observer, { end: null })
    const status = async (id: number, body: unknown) =>
      (await ask(inspector, 'POST', `/api/requests/${id}/replays`, { body })).status
    assert.equal(await status(2, {}), 409)
    assert.equal(await status(3, {}), 409)
    assert.equal(await status(9, {}), 404)
    const wrong = [
      [],
      { method: 'A B' },
      { method: 'CONNECT' },
      { target: 'http://elsewhere/' },
      { target: '/a b' },
      { target: '/a\r\nX: y' },
      { headers: { a: 'b' } },
      { headers: [['a']] },
      { headers: [['a b', 'c']] },
      { headers: [['a', 'b\r\nc: d']] },
      { headers: [['a', '€']] },
      { body: 7 },
      { body: '', encoding: 'hex' },
    ]
    for (const draft of wrong) assert.equal(await status(1, draft), 422, JSON.stringify(draft))
  })
})

describe('What a web page may do with the inspector', () => {
  const JSON_TYPE = { 'content-type': 'application/json' }

  test('is nothing under a name that was made to lead here', async t => {
    const inspector = await start(t)
    const port = new URL(inspector.url).port
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`])
      assert.equal((await ask(inspector, 'GET', '/api/requests', { headers: { host } })).status, 200, host)
    for (const host of [
      `evil.example:${port}`,
      'localhost',
      `localhost:${Number(port) + 1}`,
      `a.localhost:${port}`,
    ])
      for (const path of ['/', '/api/requests', '/api/stream', '/assets/x.js']) {
        const { status, body } = await ask(inspector, 'GET', path, { headers: { host } })
        assert.equal(status, 421, host + path)
        assert.doesNotMatch(body.toString(), /requests/)
      }
  })

  test('is no change by a form or by a script of another page', async t => {
    const inspector = await start(t)
    play(inspector.observer)
    const changes = [
      ['DELETE', '/api/requests'],
      ['PUT', '/api/secret'],
      ['POST', '/api/requests/1/replays'],
    ] as const
    for (const [method, path] of changes) {
      const status = async (headers: Readonly<Record<string, string>>) =>
        (await ask(inspector, method, path, { headers, body: {} })).status
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=a',
      ])
        assert.equal(await status({ 'content-type': type }), 415, type)
      assert.equal(await status({}), 415)
      for (const origin of ['https://evil.example', 'null', 'http://localhost:3000', 'http://127.0.0.1'])
        assert.equal(await status({ ...JSON_TYPE, origin }), 403, origin)
      for (const site of ['cross-site', 'same-site'])
        assert.equal(await status({ ...JSON_TYPE, 'sec-fetch-site': site }), 403, site)
    }
    assert.deepEqual(await targets(inspector), ['/payload'])
    const own = { ...JSON_TYPE, origin: inspector.url, 'sec-fetch-site': 'same-origin' }
    assert.equal((await ask(inspector, 'DELETE', '/api/requests', { headers: own, body: {} })).status, 204)
  })

  test('is not to read anything either', async t => {
    const inspector = await start(t)
    play(inspector.observer)
    for (const path of [
      '/api/requests',
      '/api/requests/1',
      '/api/requests/1/request-body',
      '/api/stream',
      '/api/settings',
    ]) {
      for (const site of ['cross-site', 'same-site'])
        assert.equal(
          (await ask(inspector, 'GET', path, { headers: { 'sec-fetch-site': site } })).status,
          403,
          path,
        )
      const origin = { origin: 'http://localhost:4567' }
      assert.equal((await ask(inspector, 'GET', path, { headers: origin })).status, 403)
    }
    const preflight = await ask(inspector, 'OPTIONS', '/api/requests', {
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'DELETE' },
    })
    assert.ok(preflight.status >= 400)
    const { headers } = await ask(inspector, 'GET', '/api/requests', { headers: { origin: inspector.url } })
    for (const answered of [headers, preflight.headers]) {
      assert.deepEqual(
        Object.keys(answered).filter(name => name.startsWith('access-control')),
        [],
      )
      assert.equal(answered['x-frame-options'], 'DENY')
      assert.equal(answered['cross-origin-resource-policy'], 'same-origin')
      assert.match(String(answered['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/)
    }
  })

  test('is not there for other machines', async t => {
    const inspector = await start(t)
    assert.match(inspector.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  })
})
