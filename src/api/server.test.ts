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
    const socket = connect(Number(port), '127.0.0.1')
    socket.end('GET / HTTP/1.0\r\nUser-Agent: old\r\n\r\n')
    const text = (await socket.toArray()).join('')
    assert.match(text, new RegExp(`"user_url":"http://127\\.0\\.0\\.1:${port}/users`))
  })
})

async function statusWithoutUserAgent(server: TestServer, path: string): Promise<number | undefined> {
  const sent = httpRequest(server.url + path).end()
  const [response] = await once(sent, 'response')
  response.resume()
  await once(response, 'end')
  return response.statusCode
}
