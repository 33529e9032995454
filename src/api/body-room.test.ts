import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { addRepository } from './test-hooks.ts'
import { eventually } from './test-receiver.ts'
import { startTestServer } from './test-server.ts'

const MB = 1024 * 1024
const EVENT = { event: 'push', payload: {} }

test('keeps out what would be too much at once, and lets it in again afterwards', async t => {
  const server = await startTestServer(t)
  const user = await server.addUser('octocat')
  await addRepository(server, user, 'hello')
  const token = await server.addToken(user)
  const path = '/repos/octocat/hello/events'
  const publish = (as = token) => server.request('POST', `${path}?validate=false`, { token: as, body: EVENT })
  // Two of the largest, announced and never sent.
  const announce = (as: string) => {
    const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nUser-Agent: a\r\nAuthorization: token ${as}\r\n`
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.write(`${head}Content-Length: ${64 * MB}\r\n\r\n`)
    return socket
  }

  // Who may not publish takes no room.
  const strangers = [1, 2, 3].map(() => announce('hkl_wrong'))
  assert.equal((await publish()).status, 202)
  const sockets = [announce(token), announce(token)]
  const refused = await eventually(publish, ({ status }) => status !== 202)
  assert.equal(refused.status, 503)
  assert.equal(refused.headers.get('retry-after'), '5')
  assert.equal(refused.json.message, 'Too much at once: send it again soon.')
  assert.equal((await publish('hkl_wrong')).status, 401)
  // Ordinary bodies have a room of their own.
  const issue = { token, body: { title: 'a' } }
  assert.equal((await server.request('POST', '/repos/octocat/hello/issues', issue)).status, 201)

  for (const socket of [...strangers, ...sockets]) socket.destroy()
  assert.equal((await eventually(publish, ({ status }) => status !== 503)).status, 202)
})
