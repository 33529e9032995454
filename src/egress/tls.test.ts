import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { createServer, getCACertificates, setDefaultCACertificates, type TlsOptions } from 'node:tls'
import type { Outcome } from '../delivery.ts'
import { createGuard } from './address.ts'
import { createSender, type Sender } from './send.ts'
import { type Certificate, issue, type Wanted } from './test-certificate.ts'

const trusted = issue({ subject: 'Hookline test authority', authority: true })
const stranger = issue({ subject: 'Unknown authority', authority: true })
setDefaultCACertificates([...getCACertificates(), trusted.cert])

const certificate = (wanted: Omit<Wanted, 'subject'>) =>
  issue({ subject: 'receiver', by: trusted, ...wanted })

describe('a receiver with TLS', () => {
  test('is verified by its name, and addressed by it', async t => {
    const { url, servernames } = await receiver(t, certificate({ names: ['hooks.example'] }))
    assert.equal(answered(await post(sender(t), url)).status, 200)
    assert.deepEqual(servernames, ['hooks.example'])
  })

  test('is verified by its address when the URL has no name', async t => {
    const { port, servernames } = await receiver(t, certificate({ address: [127, 0, 0, 1] }))
    assert.equal(answered(await post(sender(t), `https://127.0.0.1:${port}/`)).status, 200)
    assert.deepEqual(servernames, [false])
  })

  test('serves the next request over the same connection, and resumes in the next one', async t => {
    const { url, sockets } = await receiver(t, certificate({ names: ['hooks.example'] }))
    const created = sender(t)
    answered(await post(created, url))
    answered(await post(created, url))
    assert.equal(sockets.length, 1)
    sockets[0]?.end()
    await once(sockets[0] as Socket, 'close')
    assert.equal(answered(await post(created, url)).status, 200)
  })

  for (const [what, made, reason] of [
    [
      'has expired',
      () => certificate({ names: ['hooks.example'], from: -9, to: -2 }),
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
    ],
    [
      'is not valid yet',
      () => certificate({ names: ['hooks.example'], from: 2, to: 9 }),
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
    ],
    [
      'is signed by itself',
      () => certificate({ names: ['hooks.example'], by: undefined }),
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ],
    [
      'is signed by an unknown authority',
      () => certificate({ names: ['hooks.example'], by: stranger }),
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ],
    [
      'is for other names',
      () => certificate({ names: ['a.example', '*.b.example'] }),
      'tls: failed to verify certificate: x509: certificate is valid for a.example, *.b.example, not hooks.example',
    ],
  ] as const) {
    test(`whose certificate ${what} fails in Go's words, and passes with insecure_ssl`, async t => {
      const { url, requests } = await receiver(t, made())
      const created = sender(t)
      const outcome = await post(created, url)
      assert.equal(outcome.kind, 'tls_failed')
      assert.equal('reason' in outcome && outcome.reason, reason)
      assert.equal(requests.length, 0)

      assert.equal(answered(await post(created, url, { insecureSsl: true })).status, 200)
      // A connection that was not verified must not serve who asks for verification.
      assert.equal((await post(created, url)).kind, 'tls_failed')
    })
  }

  test("that is addressed by an address which its certificate doesn't name fails", async t => {
    const { port } = await receiver(t, certificate({ names: ['hooks.example'] }))
    const outcome = await post(sender(t), `https://127.0.0.1:${port}/`)
    assert.equal(
      'reason' in outcome && outcome.reason,
      "tls: failed to verify certificate: x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
    )
  })

  test('that only knows TLS 1.1 fails', async t => {
    const options = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const
    const { url } = await receiver(t, certificate({ names: ['hooks.example'] }), options)
    const outcome = await post(sender(t), url)
    assert.equal(outcome.kind, 'tls_failed', JSON.stringify(outcome))
    assert.match('reason' in outcome ? outcome.reason : '', /^tls: .*(version|protocol)/)
  })

  test('that speaks plain HTTP fails', async t => {
    const outcome = await postToPlain(t, socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    assert.equal(outcome.kind, 'tls_failed')
    assert.equal(
      'reason' in outcome && outcome.reason,
      'tls: first record does not look like a TLS handshake',
    )
  })

  test('that hangs up amid the handshake fails', async t => {
    for (const hangUp of [(socket: Socket) => socket.end(), (socket: Socket) => socket.resetAndDestroy()]) {
      const outcome = await postToPlain(t, hangUp)
      assert.equal(outcome.kind, 'tls_failed')
      assert.equal('reason' in outcome && outcome.reason, 'tls: the receiver hung up during the handshake')
    }
  })

  test('that is silent during the handshake is given up after 5 s', async t => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const greeted = Promise.withResolvers<Socket>()
    const outcome = postToPlain(t, socket => greeted.resolve(socket))
    const socket = await greeted.promise
    t.mock.timers.tick(5_000)
    assert.equal((await outcome).kind, 'unreachable')
    if (!socket.closed) await once(socket, 'close')
  })

  test('is left alone, mid-handshake, by a sender that closes', async t => {
    const greeted = Promise.withResolvers<Socket>()
    const created = sender(t)
    const outcome = postToPlain(t, socket => greeted.resolve(socket), created)
    const socket = await greeted.promise
    await created.close()
    assert.equal((await outcome).kind, 'aborted')
    if (!socket.closed) await once(socket, 'close')
  })
})

function sender(t: TestContext): Sender {
  const created = createSender({
    guard: createGuard({ allowNetworks: ['127.0.0.0/8'], allowPrivateNetworks: false }),
    lookup: async () => ['127.0.0.1'],
  })
  t.after(() => created.close())
  return created
}

function post({ send }: Sender, url: string, { insecureSsl = false } = {}): Promise<Outcome> {
  return send({ url, method: 'POST', headers: [], body: Buffer.from('{}'), insecureSsl, timeoutMs: 10_000 })
}

function answered(outcome: Outcome): Extract<Outcome, { kind: 'answered' }> {
  assert.equal(outcome.kind, 'answered', JSON.stringify(outcome))
  return outcome as Extract<Outcome, { kind: 'answered' }>
}

async function receiver(t: TestContext, own: Certificate, options: TlsOptions = {}) {
  const requests: string[] = []
  const servernames: (string | false | null)[] = []
  const sockets: Socket[] = []
  const server = createServer({ ...own, ...options }, socket => {
    servernames.push(socket.servername)
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', data => {
      requests.push(data.toString())
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  return { port, url: `https://hooks.example:${port}/`, requests, servernames, sockets }
}

/** To a TCP server that does as told once it got the first bytes. */
async function postToPlain(
  t: TestContext,
  greet: (socket: Socket) => void,
  by = sender(t),
): Promise<Outcome> {
  const server = createTcpServer(socket => socket.on('error', () => {}).once('data', () => greet(socket)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return post(by, `https://hooks.example:${(server.address() as AddressInfo).port}/`)
}
