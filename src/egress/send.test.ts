import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import type { Outcome } from '../delivery.ts'
import { createGuard } from './address.ts'
import { createSender, type Sender, type SendRequest } from './send.ts'

const KB = 1024
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

type Receiver = {
  readonly url: string
  readonly requests: string[]
  readonly sockets: Socket[]
  /** The next whole request, with its socket. */
  next(): Promise<Socket>
}

/** A TCP server that reads whole requests, byte for byte, and answers as it is told. */
async function receiver(t: TestContext, answer: (socket: Socket) => void): Promise<Receiver> {
  const requests: string[] = []
  const sockets: Socket[] = []
  const server = createServer({ noDelay: true }, socket => {
    let chunks: Buffer[] = []
    let [came, whole] = [0, 0]
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      came += chunk.length
      whole ||= lengthOf(Buffer.concat(chunks).toString('latin1'))
      if (whole === 0 || came < whole) return
      requests.push(Buffer.concat(chunks).toString('latin1'))
      chunks = []
      came = whole = 0
      server.emit('whole', socket)
      answer(socket)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/payload`
  return { url, requests, sockets, next: async () => (await once(server, 'whole'))[0] }
}

/** Of head and body together; 0 until the head is there. */
function lengthOf(text: string): number {
  const head = text.indexOf('\r\n\r\n') + 4
  return head < 4 ? 0 : head + Number(/content-length: (\d+)/i.exec(text)?.[1])
}

function sender(t: TestContext): Sender {
  const created = createSender({
    guard: createGuard({ allowNetworks: ['127.0.0.0/8'], allowPrivateNetworks: false }),
  })
  t.after(() => created.close())
  return created
}

function request(url: string, rest: Partial<SendRequest> = {}): SendRequest {
  const headers = [['Content-Type', 'application/json']] as const
  return { url, method: 'POST', headers, body: Buffer.from('{"zen":1}'), insecureSsl: false, ...rest }
}

function answered(outcome: Outcome): Extract<Outcome, { kind: 'answered' }> {
  assert.equal(outcome.kind, 'answered', JSON.stringify(outcome))
  return outcome as Extract<Outcome, { kind: 'answered' }>
}

async function closed(socket: Socket | undefined): Promise<void> {
  assert.ok(socket)
  if (!socket.closed) await new Promise(resolve => socket.once('close', resolve))
}

function broken(outcome: Outcome, code: string | RegExp): void {
  assert.equal(outcome.kind, 'broken', JSON.stringify(outcome))
  if (outcome.kind === 'broken') assert.match(outcome.code, new RegExp(code))
}

describe('a request', () => {
  test('is written with the exact names of its headers, and its exact bytes', async t => {
    const { url, requests } = await receiver(t, socket => socket.write(OK))
    const headers = [
      ['Accept', '*/*'],
      ['User-Agent', 'GitHub-Hookshot/044aadd'],
      ['content-type', 'application/json'],
      ['X-GitHub-Event', 'issues'],
      ['X-Hub-Signature-256', 'sha256=00'],
    ] as const
    answered(
      await sender(t).send(request(`${url}?a=b%20c#fragment`, { headers, body: Buffer.from('{"a":"é"}') })),
    )
    assert.equal(
      requests[0],
      'POST /payload?a=b%20c HTTP/1.1\r\n' +
        `host: ${new URL(url).host}\r\n` +
        'connection: keep-alive\r\n' +
        'Accept: */*\r\n' +
        'User-Agent: GitHub-Hookshot/044aadd\r\n' +
        'content-type: application/json\r\n' +
        'X-GitHub-Event: issues\r\n' +
        'X-Hub-Signature-256: sha256=00\r\n' +
        'content-length: 10\r\n\r\n' +
        Buffer.from('{"a":"é"}').toString('latin1'),
    )
  })

  test('may have an empty body', async t => {
    const { url, requests } = await receiver(t, socket => socket.write(OK))
    answered(await sender(t).send(request(url, { body: new Uint8Array(0) })))
    assert.match(requests[0] ?? '', /content-length: 0\r\n\r\n$/)
  })

  test('of 25 MB arrives whole', async t => {
    const { url, requests } = await receiver(t, socket => socket.write(OK))
    const body = Buffer.alloc(25 * KB * KB, 'a')
    answered(await sender(t).send(request(url, { body })))
    assert.ok(requests[0]?.endsWith(`content-length: ${body.length}\r\n\r\n${body.toString()}`))
  })

  test('goes over the connection of the one before', async t => {
    const { url, sockets } = await receiver(t, socket => socket.write(OK))
    const { send } = sender(t)
    answered(await send(request(url)))
    answered(await send(request(url)))
    assert.equal(sockets.length, 1)
  })

  test('of ten at a time makes ten connections, however many there are', async t => {
    const { url, requests, sockets } = await receiver(t, socket => socket.write(OK))
    const { send } = sender(t)
    const lane = async () => {
      for (let i = 0; i < 20; i++) answered(await send(request(url)))
    }
    await Promise.all(Array.from({ length: 10 }, lane))
    assert.deepEqual([requests.length, sockets.length], [200, 10])
  })

  test('with a header that cannot be written is a bug, not an outcome', async t => {
    const { url, requests } = await receiver(t, socket => socket.write(OK))
    await assert.rejects(sender(t).send(request(url, { headers: [['X-A', 'b\r\nX-C: d']] })))
    assert.equal(requests.length, 0)
  })

  test('to a URL that cannot be parsed is refused', async t => {
    const outcome = await sender(t).send(request('http://a b'))
    assert.deepEqual(outcome, { kind: 'refused', reason: 'The URL cannot be parsed.', tookMs: 0 })
  })

  test('to a private address is refused, and tells how to open it', async t => {
    const outcome = await sender(t).send(request('http://10.1.2.3/'))
    assert.equal(outcome.kind, 'refused')
    assert.match(
      'reason' in outcome ? outcome.reason : '',
      /^10\.1\.2\.3 is a private address.*10\.1\.2\.3\/32\.$/,
    )
  })

  test('to a port that nobody listens on is unreachable', async t => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await new Promise(resolve => server.close(resolve))
    const outcome = await sender(t).send(request(`http://127.0.0.1:${port}/`))
    assert.equal(outcome.kind === 'unreachable' && outcome.code, 'ECONNREFUSED')
  })
})

describe('an answer', () => {
  const answers = async (t: TestContext, text: string, rest: Partial<SendRequest> = {}) => {
    const { url, requests } = await receiver(t, socket => socket.end(text, 'latin1'))
    const outcome = await sender(t).send(request(url, rest))
    assert.equal(requests.length, 1)
    return outcome
  }

  test('is given with its status, headers and body', async t => {
    const { status, headers, body, truncated } = answered(
      await answers(
        t,
        'HTTP/1.1 503 Nope\r\nRetry-After: 120\r\nx-b: 1\r\nx-b: 2\r\nContent-Length: 4\r\n\r\nwait',
      ),
    )
    assert.equal(status, 503)
    assert.deepEqual(headers, [
      ['Retry-After', '120'],
      ['x-b', '1'],
      ['x-b', '2'],
      ['Content-Length', '4'],
    ])
    assert.equal(Buffer.from(body).toString(), 'wait')
    assert.equal(truncated, false)
  })

  test('that redirects is not followed, to a private address or elsewhere', async t => {
    const other = await receiver(t, socket => socket.write(OK))
    for (const location of ['http://10.0.0.1/', other.url]) {
      const { status, headers } = answered(
        await answers(t, `HTTP/1.1 307 Elsewhere\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`),
      )
      assert.equal(status, 307)
      assert.deepEqual(headers[0], ['Location', location])
    }
    assert.equal(other.sockets.length, 0)
  })

  test('may be 204, without a body', async t => {
    const { status, body, truncated } = answered(await answers(t, 'HTTP/1.1 204 No Content\r\n\r\n'))
    assert.deepEqual([status, body.length, truncated], [204, 0, false])
  })

  test('may end with the connection', async t => {
    const { body } = answered(await answers(t, 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end'))
    assert.equal(Buffer.from(body).toString(), 'until the end')
  })

  test('may come in chunks', async t => {
    const chunks = Array.from({ length: 1000 }, (_, i) => `1\r\n${i % 10}\r\n`).join('')
    const { body } = answered(
      await answers(t, `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`),
    )
    assert.equal(Buffer.from(body).toString(), '0123456789'.repeat(100))
  })

  test('is stored as it was sent, compressed or not', async t => {
    const { body } = answered(
      await answers(t, 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08'),
    )
    assert.deepEqual([...body], [0x1f, 0x8b, 0x08])
  })

  test('may follow a few informational ones', async t => {
    const hint = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'
    const { status, headers } = answered(await answers(t, hint.repeat(3) + OK))
    assert.equal(status, 200)
    assert.deepEqual(headers, [['Content-Length', '2']])
  })

  test('is broken when informational ones do not end', async t => {
    broken(await answers(t, 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000)), 'INFORMATIONAL_FLOOD')
  })

  test('keeps 50 headers of 1 KB', async t => {
    const lines = Array.from(
      { length: 60 },
      (_, i) => `X-${i}: ${'v'.repeat(i === 7 ? 2 * KB : 10)}\r\n`,
    ).join('')
    const { headers } = answered(await answers(t, `HTTP/1.1 200 OK\r\n${lines}Content-Length: 0\r\n\r\n`))
    assert.equal(headers.length, 50)
    assert.deepEqual(headers[7], ['X-7', 'v'.repeat(KB)])
  })

  test('is broken by 64 KB of headers', async t => {
    broken(await answers(t, `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(64 * KB)}\r\n\r\n`), 'HEADERS_OVERFLOW')
  })

  for (const [what, text, code] of [
    ['is not HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', '^BAD_RESPONSE$'],
    ['has a status below 100', 'HTTP/1.1 099 Low\r\n\r\n', '^BAD_RESPONSE$'],
    // Allowed by RFC 9110, 15.2, but undici takes a 100 that it did not ask for as an error.
    ['begins with 100', `HTTP/1.1 100 Continue\r\n\r\n${OK}`, '^EOF$'],
    ['is HTTP 0.9', '<html>hello</html>', '^BAD_RESPONSE$'],
    [
      'has a header with a line feed in it',
      'HTTP/1.1 200 OK\r\nX-A: a\r\n\x00b: c\r\n\r\n',
      '^BAD_RESPONSE$',
    ],
    [
      'has two lengths',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok',
      '^(EOF|BAD_RESPONSE)$',
    ],
    [
      'changes protocols',
      'HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n',
      '^EOF$',
    ],
    ['is nothing at all', '', '^EOF$'],
    ['ends amid its headers', 'HTTP/1.1 200 OK\r\nContent-', '^EOF$'],
    ['ends amid its body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort', '^EOF$'],
    [
      'ends amid its chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab',
      '^(EOF|BAD_RESPONSE)$',
    ],
  ] as const) {
    test(`is broken when it ${what}, and the request is not repeated`, async t => {
      broken(await answers(t, text), code)
    })
  }

  test('is broken by a reset amid its body, and the request is not repeated', async t => {
    const { url, requests } = await receiver(t, socket => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort', () => socket.resetAndDestroy())
    })
    broken(await sender(t).send(request(url)), '^(ECONNRESET|EOF)$')
    assert.equal(requests.length, 1)
  })

  test('is kept to 64 KB, and the connection serves again when the rest is below 1 MB', async t => {
    const { url, sockets } = await receiver(t, socket => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${512 * KB}\r\n\r\n${'a'.repeat(512 * KB)}`)
    })
    const { send } = sender(t)
    for (let i = 0; i < 2; i++) {
      const { body, truncated } = answered(await send(request(url)))
      assert.deepEqual([body.length, truncated], [64 * KB, true])
    }
    assert.equal(sockets.length, 1)
  })

  test('of exactly 64 KB is whole', async t => {
    const { body, truncated } = answered(
      await answers(t, `HTTP/1.1 200 OK\r\nContent-Length: ${64 * KB}\r\n\r\n${'a'.repeat(64 * KB)}`),
    )
    assert.deepEqual([body.length, truncated], [64 * KB, false])
  })

  test('without an end is cut at 1 MB, with its connection', async t => {
    const { url, sockets } = await receiver(t, socket => {
      socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n')
      const pour = () => {
        while (socket.writable && socket.write('a'.repeat(64 * KB)));
      }
      socket.on('drain', pour)
      pour()
    })
    const { status, body, truncated } = answered(await sender(t).send(request(url)))
    assert.deepEqual([status, body.length, truncated], [200, 64 * KB, true])
    await closed(sockets[0])
  })
})

describe('the deadline', () => {
  const BEGUN = 'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n'

  for (const [what, text] of [
    ['no answer', ''],
    ['half of the headers', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['a status and half of a body', `${BEGUN}half`],
  ] as const) {
    test(`ends a request that got ${what}, with its connection`, async t => {
      const { url, sockets } = await receiver(t, socket => socket.write(text))
      const outcome = await sender(t).send(request(url, { timeoutMs: 100 }))
      assert.equal(outcome.kind, 'timed_out')
      await closed(sockets[0])
      assert.equal(sockets.length, 1)
    })
  }

  test('ends a body that trickles', async t => {
    const { url } = await receiver(t, socket => {
      socket.write(BEGUN)
      const trickle = setInterval(() => socket.write('.'), 1)
      socket.on('close', () => clearInterval(trickle))
    })
    const outcome = await sender(t).send(request(url, { timeoutMs: 100 }))
    assert.equal(outcome.kind, 'timed_out')
  })

  test('leaves the status standing when all that we keep of the body is there', async t => {
    const { url } = await receiver(t, socket => socket.write(BEGUN + 'a'.repeat(64 * KB)))
    const { status, body, truncated } = answered(await sender(t).send(request(url, { timeoutMs: 500 })))
    assert.deepEqual([status, body.length, truncated], [200, 64 * KB, true])
  })

  test('passes a request over that still waited for a connection, unsent', async t => {
    const { url, requests, next } = await receiver(t, () => {})
    const { send } = sender(t)
    const arrived = Promise.all([
      next(),
      ...Array.from({ length: 100 }, () => send(request(url, { timeoutMs: 300 }))),
    ])
    const waiting = await send(request(url, { timeoutMs: 100, body: Buffer.from('too late') }))
    assert.equal(waiting.kind, 'timed_out')
    await arrived
    assert.ok(requests.every(text => !text.includes('too late')))
  })
})

describe("the caller's signal", () => {
  test('aborts what is on its way, and ends its connection', async t => {
    const { url, next } = await receiver(t, () => {})
    const stopping = new AbortController()
    const arrival = next()
    const outcomes = Promise.all([
      sender(t).send(request(url, { signal: stopping.signal })),
      sender(t).send(request(url, { signal: stopping.signal })),
      sender(t).send(request(url, { signal: stopping.signal })),
    ])
    const socket = await arrival
    stopping.abort()
    assert.deepEqual(
      (await outcomes).map(({ kind }) => kind),
      ['aborted', 'aborted', 'aborted'],
    )
    await closed(socket)
  })

  test('that was given before sends nothing', async t => {
    const { url, sockets } = await receiver(t, socket => socket.write(OK))
    const outcome = await sender(t).send(request(url, { signal: AbortSignal.abort() }))
    assert.deepEqual(outcome, { kind: 'aborted', tookMs: 0 })
    assert.equal(sockets.length, 0)
  })

  test('leaves alone what has been answered', async t => {
    const { url } = await receiver(t, socket => socket.write(OK))
    const stopping = new AbortController()
    const { send } = sender(t)
    const first = answered(await send(request(url, { signal: stopping.signal })))
    stopping.abort()
    assert.equal(first.status, 200)
    answered(await send(request(url)))
  })
})

describe('a closed sender', () => {
  test('has ended every socket, idle or not, and aborted what was on its way', async t => {
    const idle = await receiver(t, socket => socket.write(OK))
    const hanging = await receiver(t, () => {})
    const { send, close } = sender(t)
    answered(await send(request(idle.url)))
    const arrival = hanging.next()
    const outcome = send(request(hanging.url))
    const socket = await arrival
    await close()
    assert.equal((await outcome).kind, 'aborted')
    await closed(socket)
    await closed(idle.sockets[0])
  })

  test('sends nothing more, and may be closed again', async t => {
    const { url, sockets } = await receiver(t, socket => socket.write(OK))
    const { send, close } = sender(t)
    await close()
    await close()
    assert.deepEqual(await send(request(url)), { kind: 'aborted', tookMs: 0 })
    assert.equal(sockets.length, 0)
  })
})
