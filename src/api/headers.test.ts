// What the API's answers carry: one line a header.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { suite, type TestContext, test } from 'node:test'
import { createServer } from './server.ts'
import { addRepository, URL_OK } from './test-hooks.ts'
import { startTestServer } from './test-server.ts'

async function start(t: TestContext) {
  const server = await startTestServer(t, { rateLimit: 5000 })
  const user = await server.addUser('octocat')
  await addRepository(server, user, 'hello')
  const token = await server.addToken(user, ['repo', 'read:user'])
  const made = await server.request('POST', '/repos/octocat/hello/hooks', {
    token,
    body: { name: 'web', config: { url: URL_OK }, active: false },
  })
  return { server, token, made, hook: `/repos/octocat/hello/hooks/${made.json.id}` }
}

suite('an answer', () => {
  test('carries what GitHub’s do: one line a header', async t => {
    const { server, token, made, hook } = await start(t)
    const { headers } = await server.request('GET', hook, { token })
    const expected: [name: string, value: string | RegExp | null][] = [
      ['content-type', 'application/json; charset=utf-8'],
      ['x-github-media-type', 'github.v3; format=json'],
      ['x-github-api-version-selected', '2022-11-28'],
      ['x-github-request-id', /^[0-9A-F]{8}:[0-9A-F]+$/],
      ['x-github-enterprise-version', null],
      ['x-oauth-scopes', 'repo, read:user'],
      ['x-accepted-oauth-scopes', 'admin:repo_hook, public_repo, read:repo_hook, repo, write:repo_hook'],
      ['x-ratelimit-limit', '5000'],
      ['x-ratelimit-remaining', '4998'],
      ['x-ratelimit-used', '2'],
      ['x-ratelimit-reset', /^\d{10}$/],
      ['x-ratelimit-resource', 'core'],
      ['etag', /^W\/"[0-9a-f]{64}"$/],
      // GitHub's single hooks have one, and their `last_response` changes without it.
      ['last-modified', null],
      ['cache-control', 'private, no-cache'],
      ['vary', 'Accept, Authorization, Cookie, X-GitHub-OTP'],
      ['access-control-allow-origin', '*'],
      ['x-content-type-options', 'nosniff'],
      ['x-frame-options', 'deny'],
      ['x-xss-protection', '0'],
      ['referrer-policy', 'origin-when-cross-origin, strict-origin-when-cross-origin'],
      ['content-security-policy', "default-src 'none'"],
      ['strict-transport-security', null],
      ['location', null],
    ]
    for (const [name, value] of expected) {
      if (value instanceof RegExp) assert.match(headers.get(name) ?? '', value, name)
      else assert.equal(headers.get(name), value, name)
    }
    assert.equal(made.headers.get('location'), `${server.url}${hook}`)
    const below = await server.request('GET', `/api/v3${hook}`, { token })
    assert.equal(below.headers.get('x-github-enterprise-version'), '3.19.0')
  })

  test('may be read by pages of elsewhere with all that GitHub exposes: one line a header', async t => {
    const { server } = await start(t)
    const { headers } = await server.request('GET', '/zen')
    const exposed = (headers.get('access-control-expose-headers') ?? '').split(', ')
    const expected = [
      'ETag',
      'Link',
      'Location',
      'Retry-After',
      'X-GitHub-OTP',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Used',
      'X-RateLimit-Resource',
      'X-RateLimit-Reset',
      'X-OAuth-Scopes',
      'X-Accepted-OAuth-Scopes',
      'X-Poll-Interval',
      'X-GitHub-Media-Type',
      'X-GitHub-SSO',
      'X-GitHub-Request-Id',
      'Deprecation',
      'Sunset',
    ]
    for (const name of expected) assert.ok(exposed.includes(name), name)
  })

  test('says which media type was understood: one line an Accept', async t => {
    const { server } = await start(t)
    const cases: [accept: string, told: string][] = [
      ['', 'github.v3; format=json'],
      ['*/*', 'github.v3; format=json'],
      ['application/json', 'github.v3; format=json'],
      ['application/vnd.github+json', 'github.v3; format=json'],
      ['application/vnd.github.v3+json', 'github.v3; format=json'],
      ['application/vnd.github.v3', 'github.v3; format=json'],
      ['application/vnd.github.raw+json', 'github.v3; param=raw; format=json'],
      ['application/vnd.github.raw', 'github.v3; param=raw'],
      ['application/vnd.github.v3.full+json', 'github.v3; param=full; format=json'],
      ['application/vnd.github.star+json', 'github.v3; param=star; format=json'],
      ['application/vnd.github.machine-man-preview+json', 'github.machine-man-preview; format=json'],
      ['text/html, application/vnd.github.v3.star+json; q=0.5', 'github.v3; param=star; format=json'],
      ['application/vnd.github.\r\nx: y'.replace('\r\n', ' '), 'github.v3; format=json'],
    ]
    for (const [accept, told] of cases) {
      const { status, headers } = await server.request('GET', '/zen', { headers: { accept } })
      assert.deepEqual([status, headers.get('x-github-media-type')], [200, told], accept)
    }
  })

  test('is of the API version that was asked for: one line a version', async t => {
    const { server } = await start(t)
    const cases: [version: string, status: number, selected: string][] = [
      ['', 200, '2022-11-28'],
      ['2022-11-28', 200, '2022-11-28'],
      ['2026-03-10', 200, '2026-03-10'],
      ['2021-01-01', 400, '2022-11-28'],
      ['latest', 400, '2022-11-28'],
    ]
    for (const [version, status, selected] of cases) {
      const answer = await server.request('GET', '/zen', { headers: { 'x-github-api-version': version } })
      assert.equal(answer.status, status, version)
      assert.equal(answer.headers.get('x-github-api-version-selected'), selected, version)
    }
  })

  test('is 304 to who has it already: one line a header', async t => {
    const { server, token, hook } = await start(t)
    // Not the hook itself: how its ping fared is in there, and becomes known meanwhile.
    const repository = hook.replace(/\/hooks\/.*/, '')
    const etag = (await server.request('GET', repository, { token })).headers.get('etag') ?? ''
    const now = new Date().toUTCString()
    const cases: [name: string, value: string, status: number][] = [
      ['if-none-match', etag, 304],
      ['if-none-match', etag.replace('W/', ''), 304],
      ['if-none-match', `"a", ${etag}`, 304],
      ['if-none-match', '*', 304],
      ['if-none-match', '"a"', 200],
      // There is no time that it could be compared with.
      ['if-modified-since', now, 200],
    ]
    for (const [name, value, status] of cases) {
      const answer = await server.request('GET', repository, { token, headers: { [name]: value } })
      assert.equal(answer.status, status, `${name}: ${value}`)
      if (status === 304) assert.deepEqual([answer.text, answer.headers.get('etag')], ['', etag])
    }
  })

  test('names the scopes of a token, and none to who has no token', async t => {
    const { server, token } = await start(t)
    const scopes = async (path: string, asker: { token?: string }) => {
      const { headers } = await server.request('GET', path, asker)
      return [headers.get('x-oauth-scopes'), headers.get('x-accepted-oauth-scopes')]
    }
    assert.deepEqual(await scopes('/user', { token }), ['repo, read:user', ''])
    assert.deepEqual(await scopes('/zen', {}), [null, null])
  })

  test('is 503 in GitHub’s envelope while the server stops', async t => {
    const { context } = await startTestServer(t)
    const app = createServer(context)
    await app.listen({ host: '127.0.0.1', port: 0 })
    const address = app.server.address()
    assert.ok(address && typeof address === 'object')
    const socket = connect(address.port, '127.0.0.1')
    // The server waits for the end of this one before it ends.
    socket.write('POST /user/repos HTTP/1.1\r\nHost: a\r\nUser-Agent: a\r\nContent-Length: 1\r\n\r\n')
    await once(socket, 'connect')
    await once(app.server, 'request')
    const closing = app.close()
    socket.write('{GET /zen HTTP/1.1\r\nHost: a\r\nUser-Agent: a\r\n\r\n')
    const text = Buffer.concat(await socket.toArray()).toString()
    await closing
    const [, second = ''] = text.split('HTTP/1.1 503 Service Unavailable\r\n')
    assert.match(second, /\r\nretry-after: 10\r\n/i)
    assert.deepEqual(JSON.parse(second.slice(second.indexOf('{'))), {
      message: 'The server is stopping.',
      documentation_url: 'https://docs.github.com/rest/meta/meta#get-the-zen-of-github',
      status: '503',
    })
  })
})

suite('a request', () => {
  test('without a User-Agent is refused, however it came', async t => {
    const { server } = await start(t)
    for (const path of ['/zen', '/api/v3/user']) {
      const sent = httpRequest(server.url + path).end()
      const [response] = await once(sent, 'response')
      assert.equal(response.statusCode, 403)
      assert.match(
        (await response.toArray()).join(''),
        /^\{"message":"Request forbidden by administrative rules\./,
      )
    }
  })
})
