// The ceilings of whatever comes in: one line a case. None of it is answered with a fault of ours, and all of it
// in GitHub's envelope.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { suite, type TestContext, test } from 'node:test'
import { addRepository, URL_OK } from './test-hooks.ts'
import { startTestServer, type TestServer } from './test-server.ts'

const MB = 1024 * 1024

async function start(t: TestContext) {
  const server = await startTestServer(t)
  const user = await server.addUser('octocat')
  await addRepository(server, user, 'hello')
  return { server, token: await server.addToken(user) }
}

const nested = (depth: number) => `{"title":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
const keyed = (count: number) => `{${Array.from({ length: count }, (_, index) => `"k${index}":1`).join()}}`
const padded = (bytes: number) => `{"title":"a"}${' '.repeat(bytes - 13)}`

suite('what comes in', () => {
  test('has ceilings for its body: one line a case', async t => {
    const { server, token } = await start(t)
    const issues = '/repos/octocat/hello/issues'
    const events = '/repos/octocat/hello/events'
    const published = (payload: string) => `{"event":"push","payload":${payload}}`
    const deep = (depth: number) => published(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`)
    const cases: [what: string, path: string, body: string, status: number, message: RegExp][] = [
      ['1 MB', issues, padded(MB), 201, /^$/],
      ['a byte more', issues, padded(MB + 1), 413, /^Payload Too Large$/],
      ['a hundred levels', issues, nested(100), 422, /^Invalid request/],
      ['one level more', issues, nested(101), 400, /^Problems parsing JSON$/],
      ['as many levels as fit', issues, nested(500_000), 400, /^Problems parsing JSON$/],
      ['levels that do not end', issues, '['.repeat(MB), 400, /^Problems parsing JSON$/],
      ['ten thousand keys', issues, keyed(10_000), 422, /^Invalid request/],
      ['one key more', issues, keyed(10_001), 413, /^Payload Too Large$/],
      [
        'the same key a hundred thousand times',
        issues,
        `{${'"a":1,'.repeat(100_000)}"a":1}`,
        413,
        /^Payload/,
      ],
      ['keys that are in a text', issues, JSON.stringify({ title: '"a":'.repeat(60) }), 201, /^$/],
      [
        'a hook with a long address',
        '/repos/octocat/hello/hooks',
        JSON.stringify({ config: { url: `${URL_OK}/${'a'.repeat(2048)}` } }),
        422,
        /^Validation Failed$/,
      ],
      ['publishing 2 MB', `${events}?validate=false`, published(`{"a":"${'x'.repeat(2 * MB)}"}`), 202, /^$/],
      ['publishing more than 64 MB', events, ' '.repeat(64 * MB + 1), 413, /^Payload Too Large$/],
      ['publishing 500 levels', `${events}?validate=false`, deep(500), 202, /^$/],
      ['publishing half a million keys', `${events}?validate=false`, published(keyed(499_000)), 202, /^$/],
      ['publishing more', `${events}?validate=false`, published(keyed(500_001)), 413, /^Payload Too Large$/],
      [
        'publishing more in a list',
        `${events}?validate=false`,
        `[${published(keyed(500_001))}]`,
        413,
        /^Payload/,
      ],
      ['publishing more than 1,000 levels', `${events}?validate=false`, deep(1001), 422, /^Invalid request/],
      ['publishing as many levels as fit', `${events}?validate=false`, deep(MB), 422, /^Invalid request/],
    ]
    for (const [what, path, body, status, message] of cases) {
      const answer = await server.request('POST', path, { token, body })
      assert.equal(answer.status, status, `${what}: ${answer.text.slice(0, 200)}`)
      assert.match(status < 300 ? '' : answer.json.message, message, what)
    }
  })

  test('has ceilings for its address and its headers: one line a case', async t => {
    const { server } = await start(t)
    const cases: [what: string, sent: string, status: number][] = [
      ['15 KB of headers', `GET /zen HTTP/1.1\r\nX: ${'x'.repeat(15_000)}\r\n`, 200],
      ['more than 16 KB', `GET /zen HTTP/1.1\r\nX: ${'x'.repeat(17_000)}\r\n`, 431],
      ['a header without an end', `GET /zen HTTP/1.1\r\nX: ${'x'.repeat(100_000)}`, 431],
      ['five hundred headers', `GET /zen HTTP/1.1\r\n${'a: b\r\n'.repeat(500)}`, 200],
      ['an address of 15 KB', `GET /zen?a=${'x'.repeat(15_000)} HTTP/1.1\r\n`, 200],
      ['an address of more than 16 KB', `GET /zen?a=${'x'.repeat(17_000)} HTTP/1.1\r\n`, 431],
      ['a name of more than 1,000', `GET /users/${'x'.repeat(1001)} HTTP/1.1\r\n`, 404],
      ['ten thousand parameters', `GET /zen?${'a&'.repeat(7_000)} HTTP/1.1\r\n`, 200],
      ['no HTTP', 'nonsense\r\n', 400],
      ['a version that is none', 'GET /zen HTTP/9.9\r\n', 400],
      ['two lengths', 'POST /zen HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n', 400],
      [
        'a length beside chunks',
        'POST /zen HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n',
        400,
      ],
      ['a length that is no number', 'POST /zen HTTP/1.1\r\nContent-Length: 1e3\r\n', 400],
      ['a blank before the colon', 'GET /zen HTTP/1.1\r\nX : y\r\n', 400],
      ['a control character', 'GET /zen HTTP/1.1\r\nX: \x01\r\n', 400],
    ]
    for (const [what, sent, status] of cases) {
      const common = 'Host: a\r\nUser-Agent: a\r\nConnection: close\r\n\r\n'
      const text = await exchange(server, sent.endsWith('\r\n') ? sent + common : sent)
      assert.match(text, new RegExp(`^HTTP/1.1 ${status} `), what)
      if (status !== 200) assertEnvelope(text, status, what)
    }
  })

  test('has a minute to come: one line a case', async t => {
    const server = await startTestServer(t, { requestTimeoutMs: 200 })
    const cases: [what: string, sent: string][] = [
      ['a line that does not end', 'GET /zen'],
      ['headers that do not end', 'GET /zen HTTP/1.1\r\nHost: a\r\nUser-Agent: a\r\nX'],
      [
        'a body that does not end',
        'POST /zen HTTP/1.1\r\nHost: a\r\nUser-Agent: a\r\nContent-Length: 9\r\n\r\n{',
      ],
      [
        'chunks that do not end',
        'POST /zen HTTP/1.1\r\nHost: a\r\nUser-Agent: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{',
      ],
    ]
    for (const [what, sent] of cases) {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
      socket.write(sent)
      const chunks: Buffer[] = []
      socket.on('data', chunk => chunks.push(chunk))
      await once(socket, 'close')
      const text = Buffer.concat(chunks).toString()
      // What is no route is answered before its body is read; the connection ends all the same.
      if (text.startsWith('HTTP/1.1 404')) continue
      assert.match(text, /^HTTP\/1.1 408 /, what)
      assertEnvelope(text, 408, what)
    }
  })
})

function assertEnvelope(text: string, status: number, what: string): void {
  const { message, documentation_url: docs, ...rest } = JSON.parse(text.slice(text.indexOf('\r\n\r\n')))
  assert.equal(typeof message, 'string', what)
  assert.match(docs, /^https:\/\/docs\.github\.com\/rest/, what)
  assert.deepEqual(rest, { status: String(status) }, what)
}

async function exchange(server: TestServer, sent: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', chunk => chunks.push(chunk))
  // It answers before all is sent, and then resets.
  socket.on('error', () => {})
  socket.write(sent)
  await new Promise(resolve => socket.once('close', resolve))
  return Buffer.concat(chunks).toString()
}
