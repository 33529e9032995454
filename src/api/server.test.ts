import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { startTestServer, type TestServer } from './test-server.ts'

describe('every answer', () => {
  it('carries what GitHub’s carry', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'), ['repo', 'read:user'])
    const { headers } = await server.request('GET', '/user', { token })
    assert.equal(headers.get('content-type'), 'application/json; charset=utf-8')
    assert.equal(headers.get('x-github-media-type'), 'github.v3; format=json')
    assert.equal(headers.get('x-github-api-version-selected'), '2022-11-28')
    assert.equal(headers.get('x-oauth-scopes'), 'repo, read:user')
    assert.match(headers.get('x-github-request-id') ?? '', /^[0-9A-F]{8}:[0-9A-F]+$/)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('x-frame-options'), 'deny')
    assert.equal(headers.get('content-security-policy'), "default-src 'none'")
    assert.equal(headers.get('access-control-allow-origin'), '*')
    assert.match(headers.get('access-control-expose-headers') ?? '', /Link/)
    assert.match(headers.get('etag') ?? '', /^W\/"[0-9a-f]{64}"$/)
    assert.equal(headers.get('strict-transport-security'), null)
  })

  it('may be read by pages of elsewhere when it is the API’s, and no other', async t => {
    const server = await startTestServer(t)
    const allowed = async (path: string) =>
      (await server.request('GET', path)).headers.get('access-control-allow-origin')
    for (const path of ['/zen', '/api/v3/zen', '/user', '/nothing'])
      assert.equal(await allowed(path), '*', path)
    for (const path of [
      '/metrics',
      '/healthz',
      '/readyz',
      '/login',
      '/welcome',
      '/avatars/u/1',
      '/login/a/b',
    ])
      assert.equal(await allowed(path), null, path)
  })

  it('is in GitHub’s envelope even when what came is no HTTP', async t => {
    const server = await startTestServer(t)
    const cases: [sent: string, status: number, message: string][] = [
      ['nonsense\r\n\r\n', 400, 'Bad Request'],
      [`GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'Request Header Fields Too Large'],
      ['GET /zen HTTP/1.1\r\nUser-Agent: a\r\nConnection: close\r\n\r\n', 400, HOST_FAULT],
    ]
    for (const [sent, status, message] of cases) {
      const text = await exchange(server, sent)
      assert.match(text, new RegExp(`^HTTP/1.1 ${status} `))
      assert.match(text, /\r\nx-github-request-id: [0-9A-F:]+\r\n/)
      assert.match(text, /\r\nx-content-type-options: nosniff\r\n/)
      assert.deepEqual(JSON.parse(text.slice(text.indexOf('\r\n\r\n'))), {
        message,
        documentation_url: message === HOST_FAULT ? ZEN_DOCS : 'https://docs.github.com/rest',
        status: String(status),
      })
    }
  })

  it('carries what every answer does when its address cannot be read', async t => {
    const server = await startTestServer(t)
    const { headers } = await server.request('GET', '/%E0%A4%A')
    assert.match(headers.get('x-github-request-id') ?? '', /^[0-9A-F]{8}:[0-9A-F]+$/)
    assert.equal(headers.get('x-frame-options'), 'deny')
  })

  it('is 404 in GitHub’s envelope where there is nothing', async t => {
    const server = await startTestServer(t)
    for (const path of [
      '/nothing',
      '/user/',
      '/api/v3/nothing',
      '/api/v4/user',
      '/%E0%A4%A',
      '/users/a%00b',
    ]) {
      const answer = await server.request('GET', path)
      assert.equal(answer.status, 404, path)
      assert.deepEqual(answer.json, {
        message: 'Not Found',
        documentation_url: answer.json.documentation_url,
        status: '404',
      })
    }
    assert.equal((await server.request('PUT', '/user')).status, 404)
    for (const type of ['application/json', 'nonsense']) {
      const headers = { 'content-type': type }
      assert.equal((await server.request('POST', '/nothing', { headers, body: '{' })).status, 404, type)
    }
  })

  it('lets a page of elsewhere ask with a token', async t => {
    const server = await startTestServer(t)
    const answer = await server.request('OPTIONS', '/repos/a/b/hooks')
    assert.equal(answer.status, 204)
    assert.match(answer.headers.get('access-control-allow-headers') ?? '', /Authorization/)
    assert.match(answer.headers.get('access-control-allow-methods') ?? '', /PATCH/)
    assert.equal(answer.headers.get('access-control-allow-credentials'), null)
  })

  it('spares the body to who has it already', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    const first = await server.request('GET', '/user', { token })
    const etag = first.headers.get('etag') ?? ''
    for (const value of [etag, `"other", ${etag}`, etag.slice(2), '*']) {
      const again = await server.request('GET', '/user', { token, headers: { 'if-none-match': value } })
      assert.equal(again.status, 304, value)
      assert.equal(again.text, '')
      assert.equal(again.headers.get('etag'), etag)
    }
    const other = await server.request('GET', '/user', { token, headers: { 'if-none-match': '"other"' } })
    assert.equal(other.status, 200)
    const head = await server.request('HEAD', '/user', { token })
    assert.equal(head.status, 200)
    assert.equal(head.text, '')
  })
})

describe('every request', () => {
  it('needs a User-Agent, on the API alone', async t => {
    const server = await startTestServer(t)
    assert.equal(await statusWithoutUserAgent(server, '/zen'), 403)
    assert.equal(await statusWithoutUserAgent(server, '/api/v3/zen'), 403)
    assert.equal(await statusWithoutUserAgent(server, '/healthz'), 200)
    assert.equal(await statusWithoutUserAgent(server, '/metrics'), 200)
    assert.equal(await statusWithoutUserAgent(server, '/login'), 200)
  })

  it('may name an API version that we speak', async t => {
    const server = await startTestServer(t)
    const ask = (version: string) =>
      server.request('GET', '/zen', { headers: { 'x-github-api-version': version } })
    assert.equal((await ask('2026-03-10')).headers.get('x-github-api-version-selected'), '2026-03-10')
    const unknown = await ask('1999-01-01')
    assert.equal(unknown.status, 400)
    assert.match(unknown.json.message, /"1999-01-01" is not supported/)
  })

  it('is answered with the addresses by which it came', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    const port = new URL(server.url).port
    const url = async (headers: Record<string, string>) =>
      (await server.request('GET', '/user', { token, headers })).json.url
    assert.equal(await url({}), `http://127.0.0.1:${port}/users/octocat`)
    // Nobody has said that loopback is a proxy.
    assert.equal(
      await url({ 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }),
      `http://127.0.0.1:${port}/users/octocat`,
    )
  })

  it('is believed about its address when it comes from a trusted proxy', async t => {
    const server = await startTestServer(t, { trustProxy: ['127.0.0.1'] })
    const token = await server.addToken(await server.addUser('octocat'))
    const headers = { 'x-forwarded-host': 'hooks.example', 'x-forwarded-proto': 'https' }
    const answer = await server.request('GET', '/api/v3/user', { token, headers })
    assert.equal(answer.json.url, 'https://hooks.example/api/v3/users/octocat')
    assert.match(answer.headers.get('strict-transport-security') ?? '', /max-age/)
  })

  it('is told of in events under our own address, whatever its Host says', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    const authorization = `token ${token}`
    const ask = (method: string, path: string, body?: object) =>
      requestAs(server, 'evil.example', method, path, { authorization }, body)
    const made = await ask('POST', '/api/v3/user/repos', { name: 'hello' })
    assert.equal(made.json.url, 'http://evil.example/api/v3/repos/octocat/hello')
    await ask('POST', '/repos/octocat/hello/issues', { title: 'a', labels: ['bug'] })
    await ask('POST', '/repos/octocat/hello/issues/1/comments', { body: 'b' })
    const config = { url: 'http://receiver.localhost:9/hook' }
    const hook = await ask('POST', '/repos/octocat/hello/hooks', { config, events: ['meta'] })
    assert.equal((await ask('DELETE', new URL(hook.json.url).pathname)).status, 204)

    const events = await server.events()
    const names = events.map(({ name }) => name)
    assert.deepEqual(names, ['repository', 'label', 'issues', 'issues', 'issue_comment', 'ping', 'meta'])
    for (const { name, payload } of events) {
      assert.doesNotMatch(JSON.stringify(payload), /evil/, name)
      assert.equal(payload.repository.url, `${server.url}/repos/octocat/hello`, name)
    }
  })

  it('is told of in events under the base URL when there is one', async t => {
    const server = await startTestServer(t, { baseUrl: 'https://hooks.example/hl' })
    const token = await server.addToken(await server.addUser('octocat'))
    await server.request('POST', '/user/repos', { token, body: { name: 'hello' } })
    const [event] = await server.events()
    assert.equal(event?.payload.sender.url, 'https://hooks.example/hl/users/octocat')
  })

  it('is refused when its Host is none, before anything is made of it', async t => {
    const server = await startTestServer(t)
    const { port } = new URL(server.url)
    const faulty = [
      'a b',
      'a@b',
      'a/b',
      '"><script>',
      'a:b',
      'a:123456',
      '[::1',
      '::1',
      'ü.example',
      '1.2.3.4.5',
      '',
    ]
    for (const host of faulty) {
      const text = await exchange(server, `GET /zen HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      assert.match(text, /^HTTP\/1.1 400 /, host)
      assert.ok(text.includes(HOST_FAULT), host)
    }
    for (const host of ['a.example', `127.0.0.1:${port}`, '[::1]:3000', 'my_host', 'A-B.example:65535']) {
      assert.equal((await requestAs(server, host, 'GET', '/zen')).status, 200, host)
    }
    const forged = { origin: 'http://a.example', cookie: 'hookline_session=x' }
    assert.equal((await requestAs(server, '1.2.3.4.5', 'POST', '/user/repos', forged)).status, 400)
  })

  it('is refused when a trusted proxy’s word for its Host or its scheme is none', async t => {
    const server = await startTestServer(t, { trustProxy: ['127.0.0.1'] })
    const ask = async (headers: Record<string, string>) =>
      (await server.request('GET', '/zen', { headers })).status
    assert.equal(await ask({ 'x-forwarded-host': 'a b' }), 400)
    assert.equal(await ask({ 'x-forwarded-proto': 'javascript' }), 400)
    assert.equal(await ask({ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'a.example:8443' }), 200)
  })

  it('is one of so many connections at most', async t => {
    const server = await startTestServer(t, { connectionsMax: 2 })
    const port = Number(new URL(server.url).port)
    const sockets = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]
    await Promise.all(sockets.map(socket => once(socket, 'connect')))
    const third = connect(port, '127.0.0.1')
    await once(third, 'close')
    for (const socket of sockets) socket.destroy()
  })

  it('is answered with the base URL when there is one', async t => {
    const server = await startTestServer(t, { baseUrl: 'https://hooks.example/hl' })
    const token = await server.addToken(await server.addUser('octocat'))
    const answer = await server.request('GET', '/user', { token })
    assert.equal(answer.json.url, 'https://hooks.example/hl/users/octocat')
    const page = await server.request('GET', '/welcome')
    assert.equal(page.headers.get('location'), '/hl/login')
  })

  it('may come as HTTP/1.0 without a Host', async t => {
    const server = await startTestServer(t)
    const { port } = new URL(server.url)
    const text = await exchange(server, 'GET / HTTP/1.0\r\nUser-Agent: old\r\n\r\n')
    assert.match(text, new RegExp(`"user_url":"http://127\\.0\\.0\\.1:${port}/users`))
  })
})

const ZEN_DOCS = 'https://docs.github.com/rest/meta/meta#get-the-zen-of-github'
const HOST_FAULT = 'The Host of this request is not a name or an address with a port.'

/** As a client whose Host is this one: fetch would write its own. */
async function requestAs(
  server: TestServer,
  host: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: object,
) {
  const sent = httpRequest(server.url + path, { method, headers: { 'user-agent': 'a', ...headers, host } })
  sent.end(body && JSON.stringify(body))
  const [response] = await once(sent, 'response')
  const text = (await response.toArray()).join('')
  return { status: response.statusCode as number, json: text.startsWith('{') ? JSON.parse(text) : null }
}

/** Sends these very bytes, and gives all that comes back. */
async function exchange(server: TestServer, sent: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.end(sent)
  return (await socket.toArray()).join('')
}

async function statusWithoutUserAgent(server: TestServer, path: string): Promise<number | undefined> {
  const sent = httpRequest(server.url + path).end()
  const [response] = await once(sent, 'response')
  response.resume()
  await once(response, 'end')
  return response.statusCode
}
