// The tunnel with the real program at both of its ends: what a caller sends arrives as it was sent, what the local
// server answers comes back as it was answered, and whatever breaks on the way is told and mended.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { suite, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { eventually } from '../../src/api/test-receiver.ts'
import { pause } from '../../src/base/pause.ts'
import { type Program, programsIn } from './program.ts'
import { Site } from './site.ts'
import { type Ask, callersOf, close, listening, openTunnel, TOKEN, tunnelTo } from './tunnel.ts'

const MB = 1_000_000
// Ten thousand are for whoever changes the tunnel.
const RANDOM_REQUESTS = Number(process.env.TUNNEL_REQUESTS ?? 1000)
const AT_ONCE = 25

suite('the tunnel', { timeout: 300_000 }, () => {
  test('tells where it is, and a line for each request', async t => {
    const { program, ask, port } = await openTunnel(t, (_, response) => response.end('hello'))
    const answer = await ask({ path: '/a?b=c' })
    assert.deepEqual([answer.status, answer.body.toString()], [200, 'hello'])
    const [line] = await program.says(/^Forwarding .*$/m)
    assert.match(
      line,
      new RegExp(`^Forwarding {2}http://[0-9a-f]{8}\\.localhost:\\d+ -> 127\\.0\\.0\\.1:${port}$`),
    )
    await program.says(/GET \/a\?b=c {2}200 {2}\d+ ms/)
    assert.equal((await program.end('SIGINT')).code, 0)
  })

  test('shows what comes through, and sends it again', async t => {
    const heard: string[] = []
    const { program, ask } = await openTunnel(
      t,
      async (request, response) => {
        heard.push(`${request.url} ${await text(request)}`)
        response.end()
      },
      ['--inspect', '0'],
    )
    const [, inspector] = await program.says(/^Inspector {3}(http:\S+)$/m)
    await ask({ method: 'POST', path: '/payload' }, Buffer.from('hello'))
    const list = await eventually(
      async () =>
        (await (await fetch(`${inspector}/api/requests`)).json()) as { requests: { url: string }[] },
      ({ requests }) => requests.length === 1,
    )
    const replay = await fetch(`${inspector}${list.requests[0]?.url}/replays`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    assert.equal(replay.status, 201)
    // It is answered when it is on its way.
    await eventually(
      async () => {
        await pause(20)
        return heard.length
      },
      count => count === 2,
    )
    assert.deepEqual(heard, ['/payload hello', '/payload hello'])
  })

  test('carries random requests and answers unchanged, and leaves nothing open', async t => {
    const { ask, program, connections } = await openTunnel(t, mirror)
    await ask({ method: 'POST' }, Buffer.from('warm'))
    const filesBefore = openFiles(program)
    let left = RANDOM_REQUESTS
    let aborted = 0
    const work = async () => {
      while (left-- > 0) {
        const outcome = await sendRandom(ask)
        if (outcome === 'aborted') aborted += 1
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    assert.ok(aborted > 0)
    // Carriers that rest, each with a connection that rests; the local server closes these after 5 s.
    await eventually(
      async () => [openFiles(program), await connections()] as const,
      ([files, count]) => count === 0 && files <= filesBefore + AT_ONCE,
    )
  })

  test('carries 25 MB up and 25 MB down', async t => {
    const bytes = randomBytes(25 * MB)
    const { ask } = await openTunnel(t, async (request, response) => {
      response.setHeader('x-hash', hashOf(await buffer(request)))
      response.end(bytes)
    })
    const { headers, body } = await ask({ method: 'POST' }, bytes)
    assert.equal(headers['x-hash'], hashOf(bytes))
    assert.equal(hashOf(body), hashOf(bytes))
  })

  test('waits for a caller that does not read, and for a local server that does not', async t => {
    let sent = 0
    const { open } = await openTunnel(t, async (_, response) => {
      for (let part = 0; part < 100; part++) {
        sent += 1
        if (!response.write(Buffer.alloc(MB))) await once(response, 'drain')
      }
      response.end()
    })
    const [slow] = (await once(open({ path: '/' }).end(), 'response')) as [IncomingMessage]
    slow.pause()
    let last = -1
    await eventually(
      async () => {
        const before = last
        last = sent
        return [before, sent]
      },
      ([before, now]) => before === now && now !== undefined && now > 0,
    )
    assert.ok(sent < 60, `${sent} MB are on their way`)
    let got = 0
    for await (const part of slow) got += part.length
    assert.equal(got, 100 * MB)
  })

  test('passes server-sent events on as they come, and ends them when the caller goes away', async t => {
    const gone = Promise.withResolvers<void>()
    const streams: NodeJS.WritableStream[] = []
    const { open } = await openTunnel(t, (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
      streams.push(response)
      response.once('close', () => gone.resolve())
    })
    const asked = open({ path: '/events' }).end()
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    assert.equal(String(await once(response, 'data')), 'data: 1\n\n')
    streams[0]?.write('data: 2\n\n')
    assert.equal(String(await once(response, 'data')), 'data: 2\n\n')
    asked.on('error', () => {})
    asked.destroy()
    await gone.promise
  })

  test('carries WebSockets', async t => {
    const local = await listening(t, createServer())
    const sockets = new WebSocketServer({ server: local.server as never })
    sockets.on('connection', socket =>
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
    )
    const { site, host } = await tunnelTo(t, local.port)
    const socket = new WebSocket(`${site.url.replace('http', 'ws')}/chat`, { headers: { host } })
    await once(socket, 'open')
    for (const size of [1, 1000, MB]) {
      const bytes = randomBytes(size)
      socket.send(bytes)
      assert.deepEqual((await once(socket, 'message'))[0], bytes)
    }
    socket.close(4000, 'bye')
    assert.equal((await once(socket, 'close'))[0], 4000)
  })

  test('lets each direction of an upgraded connection end by itself', async t => {
    const local = createServer()
    local.on('upgrade', async (_, socket: Socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
      const all = await buffer(socket)
      socket.end(`${all} is what you said`)
    })
    const { port } = await listening(t, local)
    const { site, host } = await tunnelTo(t, port)
    const socket = dial(site)
    socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n`)
    await once(socket, 'data')
    socket.end('hello')
    assert.equal(await text(socket), 'hello is what you said')
  })

  test('tells a caller that asks first to go on', async t => {
    const { open } = await openTunnel(t, mirror)
    const asked = open({ method: 'POST', headers: { expect: '100-continue', 'content-length': 5 } })
    asked.flushHeaders()
    await once(asked, 'continue')
    asked.end('hello')
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    assert.equal(await text(response), 'hello')
  })

  test('answers 502 and names the port when nobody listens, and goes on when somebody does', async t => {
    const { server, port } = await listening(t, createServer())
    server.close()
    await once(server, 'close')
    const { ask } = await tunnelTo(t, port)
    const refused = await ask({})
    assert.equal(refused.status, 502)
    assert.match(refused.body.toString(), new RegExp(`127\\.0\\.0\\.1:${port}`))

    const again = createServer((_, response) => response.end('here')).listen(port, '127.0.0.1')
    t.after(() => close(again))
    await once(again, 'listening')
    assert.equal((await ask({})).body.toString(), 'here')
  })

  test('answers 504 when the local server does not begin its answer in time', async t => {
    const { ask, connections } = await openTunnel(t, () => {}, ['--timeout', '1'])
    assert.equal((await ask({ method: 'POST' }, Buffer.alloc(100))).status, 504)
    await eventually(connections, count => count === 0)
  })

  test('lets an answer that has begun take its time', async t => {
    const { ask } = await openTunnel(
      t,
      async (request, response) => {
        response.flushHeaders()
        await buffer(request)
        // As long as the timeout, and no shorter.
        setTimeout(() => response.end('at last'), 1500)
      },
      ['--timeout', '1'],
    )
    assert.equal((await ask({ method: 'POST' }, Buffer.from('x'))).body.toString(), 'at last')
  })

  test('breaks off an answer that the local server breaks off, framed or not', async t => {
    const heads = ['Content-Length: 100', 'Transfer-Encoding: chunked', 'X-Till: close']
    let head = ''
    const { server, port } = await listening(
      t,
      createTcpServer(socket => {
        socket.once('data', () => {
          socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n5\r\nhello`)
          // The answer must be on its way before its end is.
          socket.once('data', () => socket.resetAndDestroy())
        })
      }),
    )
    assert.ok(server.listening)
    const { open } = await tunnelTo(t, port)
    for (head of heads) {
      const asked = open({ method: 'POST', headers: { 'transfer-encoding': 'chunked' } })
      asked.on('error', () => {})
      asked.write('a')
      const [response] = (await once(asked, 'response')) as [IncomingMessage]
      asked.write('b')
      await assert.rejects(buffer(response), /aborted|hang up|ECONNRESET/, head)
    }
  })

  test('serves from servers that close after each answer, that are of 1.0, and that listen on ::1 alone', async t => {
    const answers = [
      'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello',
      'HTTP/1.1 200 OK\r\n\r\nhello',
      'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello',
      'HTTP/1.0 200 OK\r\n\r\nhello',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    ]
    let count = 0
    const local = createTcpServer(socket =>
      socket.once('data', () => socket.end(answers[count++ % answers.length] ?? '')),
    )
    local.listen(0, '::1')
    await once(local, 'listening')
    t.after(() => close(local))
    const { ask } = await tunnelTo(t, (local.address() as AddressInfo).port)
    for (let round = 0; round < 4 * answers.length; round++) {
      const { status, body } = await ask({ method: round % 2 ? 'POST' : 'GET' })
      assert.deepEqual([status, body.toString()], [200, 'hello'], answers[round % answers.length])
    }
  })

  test('sends nothing that may have had an effect a second time', async t => {
    let posts = 0
    const { server, port } = await listening(
      t,
      createServer((request, response) => {
        if (request.method === 'GET') return response.end()
        posts += 1
        return request.socket.destroy()
      }),
    )
    assert.ok(server.listening)
    const { ask } = await tunnelTo(t, port)
    await ask({})
    assert.equal((await ask({ method: 'POST' }, Buffer.from('x'))).status, 502)
    assert.equal(posts, 1)
  })

  test('gives the local server the Host that it is to have', async t => {
    const { ask, port, host } = await openTunnel(t, mirrorHost)
    assert.equal((await ask({})).body.toString(), host)
    const rewritten = await tunnelTo(t, port, ['--host-header', 'rewrite'])
    assert.equal((await rewritten.ask({})).body.toString(), `127.0.0.1:${port}`)
    const named = await tunnelTo(t, port, ['--host-header', 'app.test'])
    assert.equal((await named.ask({})).body.toString(), 'app.test')
  })

  test('survives a thousand callers that cancel at once', async t => {
    const { ask, open, connections } = await openTunnel(t, (request, response) => {
      if (request.url === '/') response.end('hello')
    })
    for (let round = 0; round < 5; round++) {
      const callers = Array.from({ length: 200 }, () =>
        open({ path: '/hang' })
          .on('error', () => {})
          .end(),
      )
      await eventually(connections, count => count >= 100)
      for (const caller of callers) caller.destroy()
      assert.equal((await ask({})).body.toString(), 'hello')
    }
    await eventually(connections, count => count <= 1)
  })

  test('has its name back when the server was killed and started again', async t => {
    const { site, ask, program, host } = await openTunnel(t, (_, response) => response.end('hello'))
    await ask({})
    await site.kill()
    // It may have to wait for the client, and does.
    await eventually(
      () => ask({}).catch(() => undefined),
      answer => answer?.status === 200,
    )
    const { stdout, stderr } = await program.end('SIGTERM')
    const lines = [...stdout.matchAll(/^Forwarding {2}http:\/\/(\S+) /gm)].map(([, name]) => name)
    assert.deepEqual(lines, [host, host])
    assert.match(stderr, /The line is cut[\s\S]*The line is back/)
  })

  test('goes through an HTTP proxy that the environment names', async t => {
    const local = await listening(
      t,
      createServer((_, response) => response.end('hello')),
    )
    const { start } = await programsIn(t)
    const site = await Site.start(start)
    const connects: (string | undefined)[] = []
    const proxy = createServer()
    proxy.on('connect', ({ url, headers }, socket: Socket) => {
      connects.push(url, headers['proxy-authorization'])
      const onward = connect(Number(new URL(site.url).port), '127.0.0.1')
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(onward).pipe(socket)
      onward.on('error', () => socket.destroy())
      socket.on('error', () => onward.destroy())
    })
    const { port } = await listening(t, proxy)
    const env = { ...TOKEN, http_proxy: '', HTTP_PROXY: `http://me:secret@127.0.0.1:${port}`, NO_PROXY: '' }
    const program = start(
      ['http', `${local.port}`, '--server', 'http://hooks.test:1234', '--inspect', 'off'],
      env,
    )
    const { ask } = await callersOf(program, site)
    assert.equal((await ask({})).body.toString(), 'hello')
    assert.deepEqual(connects.slice(0, 2), ['hooks.test:1234', `Basic ${btoa('me:secret')}`])
  })

  test('ends and says what to do when it cannot go on', async t => {
    const { start } = await programsIn(t)
    const site = await Site.start(start)
    const stranger = await listening(
      t,
      createServer((_, response) => response.end('hello')),
    )
    const dead = await listening(t, createServer())
    await new Promise(resolve => dead.server.close(resolve))
    const holder = start(
      ['http', '4567', '--server', site.url, '--subdomain', 'ada', '--inspect', 'off'],
      TOKEN,
    )
    await holder.says(/Forwarding/)

    const cases = [
      [{ server: site.url, token: 'wrong' }, 4, /token/],
      [{ server: site.url, name: 'ada' }, 1, /ada/],
      [{ server: `http://127.0.0.1:${stranger.port}` }, 1, /is it a Hookline/],
      [{ server: `http://127.0.0.1:${dead.port}` }, 75, /does not answer/],
    ] as const
    for (const [{ server, ...more }, code, says] of cases) {
      const { token = TOKEN.HOOKLINE_TOKEN, name = undefined } = more as { token?: string; name?: string }
      const args = [
        'http',
        '4567',
        '--server',
        server,
        '--inspect',
        'off',
        ...(name ? ['--subdomain', name] : []),
      ]
      const ended = await start(args, { HOOKLINE_TOKEN: token }).end()
      assert.equal(ended.code, code, ended.stderr)
      assert.match(ended.stderr, says)
    }
  })
})

/** Answers what it was sent, in pieces of its own. */
const mirror: RequestListener = async (request, response) => {
  const body = await buffer(request).catch(() => undefined)
  if (!body) return
  const [framing, size] = String(request.headers['x-answer'] ?? 'length,1000').split(',')
  response.setHeader('x-hash', hashOf(body))
  if (framing === 'length') response.setHeader('content-length', body.length)
  if (framing === 'close') response.setHeader('connection', 'close')
  for (let at = 0; at < body.length; at += Number(size)) response.write(body.subarray(at, at + Number(size)))
  response.end()
}

const mirrorHost: RequestListener = (request, response) => response.end(request.headers.host)

async function sendRandom(ask: Ask): Promise<'answered' | 'aborted'> {
  const parts = Array.from({ length: pick(6) }, () => randomBytes(pick(pick(2) ? 300 : 60_000)))
  const bytes = Buffer.concat(parts)
  const headers: Record<string, string> = {
    'x-answer': `${['length', 'chunked', 'close'][pick(3)]},${1 + pick(40_000)}`,
  }
  const isAborted = pick(10) === 0
  const method = ['POST', 'PUT', 'PATCH', 'DELETE'][pick(4)] ?? 'POST'
  // Node writes a DELETE without a length so that nobody can tell where it ends.
  if (pick(2) || method === 'DELETE') headers['content-length'] = `${bytes.length}`
  try {
    const answer = await ask({ method, headers }, parts, isAborted ? pick(parts.length + 1) : undefined)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['x-hash'], hashOf(bytes))
    assert.ok(answer.body.equals(bytes))
    return 'answered'
  } catch (error) {
    if (!isAborted || error instanceof assert.AssertionError) throw error
    return 'aborted'
  }
}

function pick(below: number): number {
  return Math.floor(Math.random() * below)
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function dial(site: Site): Socket {
  return connect({ port: Number(new URL(site.url).port), host: '127.0.0.1', allowHalfOpen: true })
}

function openFiles({ pid }: Program): number {
  return readdirSync(`/proc/${pid}/fd`).length
}
