// What a delivery's `status` and `status_code` say, by what the receiver did: one line a case, each a real
// receiver that does so.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { repositoryHooks } from '../../../src/api/test-hooks.ts'
import { eventually } from '../../../src/api/test-receiver.ts'
import { issue } from '../../../src/egress/test-certificate.ts'

const answering =
  (status: number): RequestListener =>
  (_request, response) =>
    response.writeHead(status, status < 400 && status > 299 ? { location: 'http://127.0.0.1:9/' } : {}).end()

test('the status of a delivery tells what its receiver did: one line a case', async t => {
  const { create, get, request } = await repositoryHooks(t)
  const cases: [does: string, url: string, status: string | RegExp, code: number][] = [
    ['answers 200', await listening(t, answering(200)), 'OK', 200],
    ['answers 202', await listening(t, answering(202)), 'OK', 202],
    ['answers 204', await listening(t, answering(204)), 'OK', 204],
    ['answers 299', await listening(t, answering(299)), 'OK', 299],
    ['answers 301', await listening(t, answering(301)), 'Invalid HTTP Response: 301', 301],
    ['answers 302', await listening(t, answering(302)), 'Invalid HTTP Response: 302', 302],
    ['answers 304', await listening(t, answering(304)), 'Invalid HTTP Response: 304', 304],
    ['answers 307', await listening(t, answering(307)), 'Invalid HTTP Response: 307', 307],
    ['answers 308', await listening(t, answering(308)), 'Invalid HTTP Response: 308', 308],
    ['answers 400', await listening(t, answering(400)), 'Invalid HTTP Response: 400', 400],
    ['answers 403', await listening(t, answering(403)), 'Invalid HTTP Response: 403', 403],
    ['answers 404', await listening(t, answering(404)), 'Invalid HTTP Response: 404', 404],
    ['answers 410', await listening(t, answering(410)), 'Invalid HTTP Response: 410', 410],
    ['answers 500', await listening(t, answering(500)), 'Invalid HTTP Response: 500', 500],
    ['answers 503', await listening(t, answering(503)), 'Invalid HTTP Response: 503', 503],
    ['answers 599', await listening(t, answering(599)), 'Invalid HTTP Response: 599', 599],
    ['does not listen', await closed(t), 'failed to connect to host', 502],
    ['has a name that does not resolve', 'http://nothing.invalid/', 'failed to connect to host', 502],
    ['says nothing', await listening(t, () => {}), 'timed out', 504],
    ['cuts the connection', await listening(t, request => request.socket.destroy()), /./, 502],
    ['has a certificate of nobody’s', await listeningByTls(t), /certificate/, 502],
  ]
  for (const [does, url, status, code] of cases) {
    // A second is the least that a hook can wait.
    const hook = await create({ config: { url, content_type: 'json' }, active: false, events: ['push'] })
    await request('PATCH', `/${hook.id}/policy`, { timeout_seconds: 1, retry: 'off' })
    await request('PATCH', `/${hook.id}`, { active: true })
    assert.equal((await request('POST', `/${hook.id}/pings`)).status, 204)
    const list = async () => (await get(`/${hook.id}/deliveries`)).json
    const [delivery] = await eventually(list, ({ length }) => length > 0)
    if (typeof status === 'string') assert.equal(delivery.status, status, does)
    else assert.match(delivery.status, status, does)
    assert.equal(delivery.status_code, code, does)
    // The filter of the list calls 3xx a success, and everything that failed has a code from 400 on.
    const wanted = code < 400 ? 'success' : 'failure'
    const filtered = (await get(`/${hook.id}/deliveries?status=${wanted}`)).json
    assert.ok(
      filtered.some(({ id }: { id: number }) => id === delivery.id),
      `${does}: ${wanted}`,
    )
    assert.equal((await request('DELETE', `/${hook.id}`)).status, 204)
  }
})

async function listening(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

async function listeningByTls(t: TestContext): Promise<string> {
  const server = createTlsServer(issue({ subject: 'a', names: ['localhost'] }), answering(200))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

async function closed(t: TestContext): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  t.diagnostic(`nobody listens on ${port}`)
  return `http://127.0.0.1:${port}/`
}
