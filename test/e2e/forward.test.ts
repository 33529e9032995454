// `hookline forward` as a person runs it, beside the real server: killed and started again, and a server that
// is restarted under it.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { startReceiver } from '../../src/engine/test-engine.ts'
import { programsIn } from './program.ts'

const TOKEN = 'hook-line-and-forwarder'
const SECRET = 'sinker'

test('webhooks reach a laptop, also what happened while it slept and the server was restarted', async t => {
  const { start } = await programsIn(t)
  const receiver = await startReceiver(t)
  const env = { HOOKLINE_ADMIN_TOKEN: TOKEN }
  const serve = async (port = '0') => {
    const program = start(['serve', '--port', port, '--log-level', 'warn'], env)
    const [, url = ''] = await program.says(/listens on (http\S+)/)
    return { program, url }
  }
  const first = await serve()
  const api = async (method: string, path: string, body?: object) => {
    const response = await fetch(first.url + path, {
      method,
      headers: { authorization: `token ${TOKEN}` },
      ...(body && { body: JSON.stringify(body) }),
    })
    assert.ok(response.ok, `${method} ${path}: ${response.status}`)
  }
  const open = (title: string) => api('POST', '/repos/admin/hello/issues', { title })
  const forward = () => {
    const flags = ['--repo', 'admin/hello', '--events', 'issues', '--url', receiver.url, '--secret', SECRET]
    return start(['forward', ...flags, '--json', '--server', first.url], { HOOKLINE_TOKEN: TOKEN })
  }
  // One whose answer was on its way when the server was killed comes twice, under the same GUID.
  const titles = () => [...new Set(receiver.received.map(({ body }) => JSON.parse(String(body)).issue.title))]
  await api('POST', '/user/repos', { name: 'hello' })

  const laptop = forward()
  await laptop.says(/"kind":"connected"/)
  await open('one')
  const [one] = await receiver.got(1)
  const digest = createHmac('sha256', SECRET)
    .update(one?.body ?? '')
    .digest('hex')
  assert.equal(one?.headers['x-hub-signature-256'], `sha256=${digest}`)
  await laptop.says(/"kind":"forwarded".*"event":"issues","action":"opened","status":200/)

  await laptop.end('SIGKILL')
  await open('two')
  await open('three')
  await first.program.end('SIGTERM')
  const second = await serve(new URL(first.url).port)
  const again = forward()
  await receiver.got(3)
  assert.deepEqual(titles(), ['one', 'two', 'three'])

  await second.program.end('SIGKILL')
  await again.says(/"kind":"cut"/)
  await serve(new URL(first.url).port)
  await open('four')
  while (!titles().includes('four')) await receiver.got(receiver.received.length + 1)
  assert.deepEqual(titles(), ['one', 'two', 'three', 'four'])
  const { code } = await again.end('SIGTERM')
  assert.equal(code, 0)
})

test('says what is missing, with the exit code of the trouble', async t => {
  const { start } = await programsIn(t)
  for (const [flags, code, says] of [
    [[], 2, /Whose webhooks/],
    [['--repo', 'admin/hello'], 2, /Which events/],
    [['--repo', 'admin/hello', '--events', 'a b'], 1, /not a list of events/],
    [['--repo', 'admin/hello', '--events', 'issues'], 1, /There is no token/],
  ] as const) {
    const ended = await start(['forward', ...flags]).end()
    assert.deepEqual([ended.code, says.test(ended.stderr)], [code, true], ended.stderr)
  }
})
