import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { suite, type TestContext, test } from 'node:test'
import { type WebSocket, WebSocketServer } from 'ws'
import { repositoryHooks } from '../api/test-hooks.ts'
import { issueOpened, until } from '../engine/test-engine.ts'
import type { AppError } from '../errors.ts'
import { encodeEvent } from '../forward-frame.ts'
import { Secret } from '../secret.ts'
import { type Forwarded, forward } from './forward/forwarding.ts'

const SECRET = 'sinker'

type Heard = {
  connected: number
  readonly cuts: string[]
  readonly forwarded: Forwarded[]
  readonly done: Promise<void>
  stop(): Promise<void>
}

function startForwarder(
  t: TestContext,
  server: string,
  { url, token = 'hkl_any', name = 'laptop' }: { url: string | null; token?: string; name?: string },
): Heard {
  const stopping = new AbortController()
  const cuts: string[] = []
  const forwarded: Forwarded[] = []
  const heard = { connected: 0 }
  const done = forward(
    {
      server,
      token: new Secret(token),
      target: { kind: 'repos', name: 'octocat/hello' },
      events: ['issues'],
      secret: new Secret(SECRET),
      name,
      url,
      firstDelayMs: 10,
      told: {
        connected: () => heard.connected++,
        cut: reason => cuts.push(reason),
        forwarded: one => forwarded.push(one),
      },
    },
    stopping.signal,
  )
  done.catch(() => {})
  const stop = async () => {
    stopping.abort()
    await done.catch(() => {})
  }
  t.after(stop)
  return {
    get connected() {
      return heard.connected
    },
    cuts,
    forwarded,
    done,
    stop,
  }
}

type Got = { readonly rawHeaders: string[]; readonly body: string; readonly request: IncomingMessage }

async function startApplication(t: TestContext, status = 200) {
  const got: Got[] = []
  const server = createServer(async (request, response) => {
    got.push({ rawHeaders: request.rawHeaders, body: await text(request), request })
    response.writeHead(status, { 'X-App': 'hi' }).end(`got ${got.length}`)
    server.emit('got')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    got,
    port,
    url: `http://127.0.0.1:${port}/payload`,
    stop: () => server.close(),
    async count(count: number) {
      while (got.length < count) await once(server, 'got')
      return got
    },
  }
}

suite('hookline forward, with Hookline', () => {
  async function scene(t: TestContext) {
    const { server, token, user, repository, get, ...hooks } = await repositoryHooks(t)
    const publish = (...numbers: number[]) =>
      server.engine.publish(
        numbers.map(number =>
          issueOpened({
            accountId: user.id,
            repositoryId: repository.id,
            payload: Buffer.from(`{ "action":"opened",  "number":${number}, "é":"\\u00e9" }`),
          }),
        ),
      )
    const made = async () => {
      let list = (await get('')).json
      await until(async () => {
        if (list.length === 0) list = (await get('')).json
        return list.length > 0
      })
      return list[0]
    }
    return { server, token, get, publish, made, ...hooks }
  }

  test('hands on the very bytes with the very headers, and the answer is in the log', async t => {
    const { server, token, publish, made, get } = await scene(t)
    const application = await startApplication(t, 202)
    startForwarder(t, server.url, { url: application.url, token })
    const { id } = await made()
    const [accepted] = await publish(7)
    const [got] = await application.count(1)
    assert.equal(got?.body, '{ "action":"opened",  "number":7, "é":"\\u00e9" }')
    const digest = createHmac('sha256', SECRET)
      .update(got?.body ?? '')
      .digest('hex')
    const headers = got?.rawHeaders ?? []
    const headerOf = (name: string) => headers[headers.indexOf(name) + 1]
    assert.equal(headerOf('X-Hub-Signature-256'), `sha256=${digest}`)
    assert.equal(headerOf('X-Github-Delivery'), accepted?.guid)
    assert.equal(headerOf('X-Github-Event'), 'issues')
    assert.equal(headerOf('Content-Type'), 'application/json')
    assert.equal(headerOf('Host'), `127.0.0.1:${application.port}`)
    assert.match(headerOf('User-Agent') ?? '', /^GitHub-Hookshot/)

    let [delivery] = (await get(`/${id}/deliveries`)).json
    await until(async () => {
      ;[delivery] = (await get(`/${id}/deliveries`)).json
      return delivery !== undefined
    })
    const { response } = (await get(`/${id}/deliveries/${delivery.id}`)).json
    assert.deepEqual(
      [delivery.status_code, response.payload, response.headers['X-App']],
      [202, 'got 1', 'hi'],
    )
  })

  test('says in the log that the program is down, and why', async t => {
    const { server, token, publish, made, get } = await scene(t)
    const { url, stop } = await startApplication(t)
    stop()
    const heard = startForwarder(t, server.url, { url, token })
    const { id } = await made()
    await publish(1)
    let list: { readonly id: number }[] = []
    await until(async () => {
      list = (await get(`/${id}/deliveries`)).json
      return list.length > 0
    })
    const { response, status_code } = (await get(`/${id}/deliveries/${list[0]?.id}`)).json
    assert.equal(status_code, 502)
    assert.match(response.payload, /nothing listens there \(ECONNREFUSED\)/)
    assert.match(heard.forwarded[0]?.answer.failure ?? '', /ECONNREFUSED/)
  })

  test('gets what happened while it did not run, in order, and the hook stays its own', async t => {
    const { server, token, publish, made, get } = await scene(t)
    const application = await startApplication(t)
    const first = startForwarder(t, server.url, { url: application.url, token })
    const { id } = await made()
    await publish(1)
    await application.count(1)
    await first.stop()
    await publish(2, 3, 4)
    startForwarder(t, server.url, { url: application.url, token })
    await application.count(4)
    assert.deepEqual(
      application.got.map(({ body }) => JSON.parse(body).number),
      [1, 2, 3, 4],
    )
    assert.deepEqual(
      (await get('')).json.map((hook: { id: number }) => hook.id),
      [id],
    )
  })

  test('loses and reorders nothing over a line that is cut at random', { timeout: 120_000 }, async t => {
    const COUNT = 200
    const { server, token, publish, made } = await scene(t)
    const application = await startApplication(t)
    const proxy = await startDroppingProxy(t, Number(new URL(server.url).port))
    const heard = startForwarder(t, proxy.url, { url: application.url, token })
    await made()
    proxy.begin()
    for (let from = 0; from < COUNT; from += 20) {
      await publish(...Array.from({ length: 20 }, (_, index) => from + index))
    }
    const seen = () => [...new Set(application.got.map(({ body }) => JSON.parse(body).number))]
    while (seen().length < COUNT) await application.count(application.got.length + 1)
    assert.deepEqual(
      seen(),
      Array.from({ length: COUNT }, (_, index) => index),
    )
    t.diagnostic(`${proxy.cuts()} cuts, ${heard.connected} lines, ${application.got.length - COUNT} twice`)
    assert.ok(heard.connected > 5)
  })

  test('goes when another takes over, and when the hook or the token is gone', async t => {
    const { server, token, made, request } = await scene(t)
    const first = startForwarder(t, server.url, { url: null, token })
    const { id } = await made()
    await until(async () => first.connected === 1)
    const second = startForwarder(t, server.url, { url: null, token })
    await assert.rejects(first.done, { code: 'conflict' })
    await until(async () => second.connected === 1)
    await request('DELETE', `/${id}`)
    await assert.rejects(second.done, { code: 'gone' })
    const stranger = startForwarder(t, server.url, { url: null, token: 'hkl_nobody' })
    await assert.rejects(stranger.done, { code: 'bad_credentials' })
  })

  test('goes when there is no server to begin with', async t => {
    const application = await startApplication(t)
    application.stop()
    const heard = startForwarder(t, `http://127.0.0.1:${application.port}`, { url: null })
    await assert.rejects(heard.done, { code: 'unavailable', message: /ECONNREFUSED/ })
  })
})

suite('hookline forward, with GitHub', () => {
  test('makes its hook, activates it, replies, and leaves nothing behind', async t => {
    const github = await startStandIn(t)
    const application = await startApplication(t, 201)
    const heard = startForwarder(t, github.url, { url: application.url, token: 'gh_token' })
    const line = await github.line()
    assert.equal(line.authorization, 'gh_token')
    await until(async () => github.calls.length === 3)
    assert.deepEqual(
      github.calls.map(({ method, path, body }) => [method, path, body]),
      [
        ['GET', '/meta', null],
        [
          'POST',
          '/repos/octocat/hello/hooks',
          {
            name: 'cli',
            events: ['issues'],
            active: false,
            config: { content_type: 'json', insecure_ssl: '0', url: '', secret: SECRET },
          },
        ],
        ['PATCH', '/hooks/1', { active: true }],
      ],
    )
    assert.ok(github.calls.every(({ authorization }) => authorization === 'token gh_token'))
    const reply = line.next()
    line.send('1')
    assert.deepEqual(JSON.parse(await reply), {
      Status: 201,
      Header: JSON.parse(await reply).Header,
      Body: Buffer.from('got 1').toString('base64'),
    })
    assert.deepEqual(JSON.parse(await reply).Header['X-App'], ['hi'])
    await heard.stop()
    assert.deepEqual(
      github.calls.slice(3).map(({ method, path }) => [method, path]),
      [['DELETE', '/hooks/1']],
    )
  })

  test('dials again when GitHub closes, and makes its hook anew when that is gone', async t => {
    const github = await startStandIn(t)
    const application = await startApplication(t)
    const heard = startForwarder(t, github.url, { url: application.url })
    ;(await github.line()).socket.close(1000, 'bye')
    const again = await github.line()
    const reply = again.next()
    again.send('2')
    await reply
    assert.deepEqual(heard.cuts, ['bye'])
    github.forget()
    again.socket.terminate()
    const anew = await github.line()
    const [posts, deletes] = ['POST', 'DELETE'].map(wanted =>
      github.calls.filter(({ method }) => method === wanted).map(({ path }) => path),
    )
    assert.deepEqual(posts?.length, 2)
    // Its own leftover, and no other.
    assert.deepEqual(deletes, ['/hooks/1'])
    const last = anew.next()
    anew.send('3')
    await last
    assert.equal(application.got.length, 2)
  })

  test('tells what GitHub refuses', async t => {
    const github = await startStandIn(t, { status: 422, message: 'Hook already exists on this repository' })
    const heard = startForwarder(t, github.url, { url: null })
    await assert.rejects(heard.done, (error: AppError) => {
      assert.equal(error.code, 'validation_failed')
      assert.match(error.faults.join('\n'), /Hook already exists/)
      return true
    })
    assert.ok(!github.calls.some(({ method }) => method === 'DELETE'))
  })
})

type Call = { method: string; path: string; authorization: string | undefined; body: unknown }

type StandInLine = {
  readonly socket: WebSocket
  readonly authorization: string | undefined
  send(guid: string): void
  next(): Promise<string>
}

/** As much of GitHub as its forwarder's protocol needs, written from what is known of it. */
async function startStandIn(t: TestContext, refusal?: { status: number; message: string }) {
  const calls: Call[] = []
  const lines: StandInLine[] = []
  const sockets = new WebSocketServer({ noServer: true })
  let hooks = 0
  let known = 0
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '' } = request
    const sent = await text(request)
    calls.push({
      method,
      path,
      authorization: request.headers.authorization,
      body: sent ? JSON.parse(sent) : null,
    })
    const { host } = request.headers
    if (path === '/meta') response.end('{"verifiable_password_authentication":false}')
    else if (method === 'POST' && refusal) {
      const { status, message } = refusal
      response.writeHead(status).end(JSON.stringify({ message: 'Validation Failed', errors: [{ message }] }))
    } else if (method === 'POST') {
      known = ++hooks
      const answer = {
        url: `http://${host}/hooks/${known}`,
        id: known,
        ws_url: `ws://${host}/forward/${known}`,
      }
      response.writeHead(201).end(JSON.stringify(answer))
    } else if (method === 'DELETE') response.writeHead(204).end()
    else response.end('{}')
  })
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== `/forward/${known}`) {
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, client => {
      lines.push({
        socket: client,
        authorization: request.headers.authorization,
        send: guid =>
          client.send(
            encodeEvent({
              headers: [
                ['X-GitHub-Event', 'issues'],
                ['X-GitHub-Delivery', guid],
              ],
              body: Buffer.from('{}'),
            }),
          ),
        next: async () => String((await once(client, 'message'))[0]),
      })
      server.emit('line')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const client of sockets.clients) client.terminate()
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async line() {
      while (lines.length === 0) await once(server, 'line')
      return lines.shift()!
    },
    /** The hook is gone. */
    forget() {
      known = 0
    },
  }
}

/** Between the two: once begun, drops each connection after some number of bytes, in whichever direction. */
async function startDroppingProxy(t: TestContext, port: number) {
  const sockets = new Set<Socket>()
  let isDropping = false
  let cuts = 0
  const proxy = createTcpServer(client => {
    const upstream = connect(port, '127.0.0.1')
    let left = 300 + Math.floor(Math.random() * 12_000)
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('error', end)
      from.on('close', end)
      from.on('data', (chunk: Buffer) => {
        if (isDropping) left -= chunk.length
        if (left >= 0) {
          to.write(chunk)
          return
        }
        cuts++
        // In the middle of a frame.
        to.write(chunk.subarray(0, Math.floor(Math.random() * chunk.length)), end)
      })
    }
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    begin: () => {
      isDropping = true
    },
    cuts: () => cuts,
  }
}
