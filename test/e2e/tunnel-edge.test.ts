// What the server's end of a tunnel lets through, and what it refuses, with the real program at both ends. What was
// refused must never have reached the local server.
import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { suite, type TestContext, test } from 'node:test'
import { callersOf, openTunnel, TOKEN } from './tunnel.ts'

const SECRET = 'it is a secret'

async function openHeard(t: TestContext, flags: readonly string[]) {
  const heard: string[] = []
  const tunnel = await openTunnel(
    t,
    async (request, response) => {
      heard.push(`${request.method} ${await text(request)} ${request.headers.authorization ?? '-'}`)
      response.end('in')
    },
    flags,
  )
  return { ...tunnel, heard }
}

function signed(body: string | Buffer): string {
  return `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`
}

suite('the edge of a tunnel', { timeout: 120_000 }, () => {
  test('lets in who knows the password, and keeps it from the local server', async t => {
    const { ask, heard } = await openHeard(t, ['--basic-auth', 'ada:love lace'])
    const as = (user: string) => `Basic ${Buffer.from(user).toString('base64')}`
    for (const authorization of [
      undefined,
      as('ada:'),
      as('ada:lovelace'),
      as('bob:love lace'),
      'Bearer x',
    ]) {
      const { status, headers } = await ask({ headers: authorization ? { authorization } : {} })
      assert.equal(status, 401)
      assert.match(String(headers['www-authenticate']), /^Basic /)
    }
    assert.equal((await ask({ headers: { authorization: as('ada:love lace') } })).status, 200)
    assert.deepEqual(heard, ['GET  -'])
  })

  test('lets in callers of the networks that are named', async t => {
    const inside = await openHeard(t, ['--allow', '10.0.0.0/8,127.0.0.0/8'])
    assert.equal((await inside.ask({})).status, 200)
    const outside = await openHeard(t, ['--allow', '10.0.0.0/8'])
    assert.equal((await outside.ask({})).status, 403)
    // A caller is no proxy that is believed.
    assert.equal((await outside.ask({ headers: { 'x-forwarded-for': '10.1.2.3' } })).status, 403)
    assert.deepEqual(outside.heard, [])
  })

  test('lets in what is signed with the secret, in pieces or as a whole', async t => {
    const { ask, heard } = await openHeard(t, ['--verify-signature', SECRET])
    const body = '{"action":"opened"}'
    const headers = { 'x-hub-signature-256': signed(body) }
    const whole = { ...headers, 'content-length': String(body.length) }
    for (const named of [headers, whole]) {
      const { status } = await ask({ method: 'POST', headers: named }, Buffer.from(body))
      assert.equal(status, 200)
    }
    assert.deepEqual(heard, [`POST ${body} -`, `POST ${body} -`])
    assert.equal((await ask({})).status, 200)
  })

  test('lets in nothing else, and answers whoever sends too much', async t => {
    const { ask, heard } = await openHeard(t, ['--verify-signature', SECRET])
    const body = Buffer.from('{"action":"opened"}')
    for (const headers of [
      {},
      { 'x-hub-signature-256': signed('other') },
      { 'x-hub-signature-256': 'sha256=' },
    ]) {
      assert.equal((await ask({ method: 'POST', headers }, body)).status, 401)
    }
    const large = randomBytes(26 * 1024 * 1024)
    const sent = ask({ method: 'POST', headers: { 'x-hub-signature-256': signed(large) } }, large)
    assert.equal((await sent).status, 413)
    assert.deepEqual(heard, [])
  })

  test('does not let a request in that only pretends to become another protocol', async t => {
    const { host, site, heard } = await openHeard(t, ['--verify-signature', SECRET])
    const socket = connect({ port: Number(new URL(site.url).port), host: '127.0.0.1' })
    const head = [
      'POST / HTTP/1.1',
      `Host: ${host}`,
      'Connection: Upgrade',
      'Upgrade: x',
      'Content-Length: 4',
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\nevil`)
    assert.match(await text(socket), /^HTTP\/1\.1 401 /)
    assert.deepEqual(heard, [])
  })

  test('goes on with HTTP when the local server does not switch', async t => {
    const { host, site, heard, ask } = await openHeard(t, [])
    const socket = connect({ port: Number(new URL(site.url).port), host: '127.0.0.1' })
    socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n`)
    assert.match(await text(socket), /^HTTP\/1\.1 200 OK\r\n[\s\S]*in/)
    assert.equal((await ask({})).status, 200)
    assert.equal(heard.length, 2)
  })

  test('tells who guesses names nothing of those that are there', async t => {
    const { site, host, ask, program } = await openHeard(t, ['--subdomain', 'known'])
    assert.equal((await ask({})).status, 200)
    const other = await callersOf(program, site)
    const asked = async (name: string) => {
      const socket = connect({ port: Number(new URL(site.url).port), host: '127.0.0.1' })
      await once(socket, 'connect')
      const named = host.replace('known', name)
      socket.write(`GET / HTTP/1.1\r\nHost: ${named}\r\nConnection: close\r\n\r\n`)
      return Number(/^HTTP\/1\.1 (\d+)/.exec(await text(socket))?.[1])
    }
    const statuses = await Promise.all(Array.from({ length: 70 }, (_, at) => asked(`no-${at}`)))
    assert.equal(statuses.filter(status => status === 502).length, 60)
    assert.equal(statuses.filter(status => status === 429).length, 10)
    assert.equal((await other.ask({})).status, 200, 'who was here before goes on')
  })

  test('takes no token that may not write webhooks', async t => {
    const { site } = await openHeard(t, [])
    const made = await fetch(`${site.url}/user/tokens`, {
      method: 'POST',
      headers: { authorization: `token ${TOKEN.HOOKLINE_TOKEN}` },
      body: JSON.stringify({ note: 'reader', scopes: ['read:repo_hook'] }),
    })
    const { token } = (await made.json()) as { token: string }
    const socket = connect({ port: Number(new URL(site.url).port), host: '127.0.0.1' })
    const lines = ['GET /tunnels HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: hookline-tunnel/1']
    socket.write(`${lines.join('\r\n')}\r\nAuthorization: Bearer ${token}\r\n\r\n`)
    assert.match(await text(socket), /^HTTP\/1\.1 403 /)
  })
})
