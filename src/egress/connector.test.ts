import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { createGuard } from './address.ts'
import type { Lookup } from './resolve.ts'
import { createSender, type Sender } from './send.ts'

/** Gives its port and the host headers of what it got, and closes each connection once answered. */
async function receiver(t: TestContext) {
  const hosts: (string | undefined)[] = []
  const server = createServer((request, response) => {
    hosts.push(request.headers.host)
    response.setHeader('Connection', 'close').end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return { hosts, port: (server.address() as AddressInfo).port }
}

function sender(t: TestContext, allowNetworks: string[], lookup: Lookup): Sender {
  const created = createSender({ guard: createGuard({ allowNetworks, allowPrivateNetworks: false }), lookup })
  t.after(() => created.close())
  return created
}

function post(url: string, timeoutMs = 10_000) {
  return { url, method: 'POST', headers: [], body: Buffer.from('{}'), insecureSsl: false, timeoutMs } as const
}

describe('a connection', () => {
  test('goes to the address that was judged, whatever the name answers next', async t => {
    const { hosts, port } = await receiver(t)
    const answers = [['127.0.0.1'], ['127.0.0.2']]
    const { send } = sender(t, ['127.0.0.1/32'], async () => answers.shift() ?? [])
    const first = await send(post(`http://rebind.example:${port}/`))
    assert.equal(first.kind, 'answered')
    assert.deepEqual(hosts, [`rebind.example:${port}`])
    assert.equal(answers.length, 1)

    const second = await send(post(`http://rebind.example:${port}/`))
    assert.equal(second.kind, 'refused')
    assert.equal(hosts.length, 1)
  })

  test('is not made when one address of several is private', async t => {
    const { hosts, port } = await receiver(t)
    const { send } = sender(t, ['127.0.0.0/8'], async () => ['127.0.0.1', '10.0.0.1'])
    const outcome = await send(post(`http://mixed.example:${port}/`))
    assert.equal(outcome.kind, 'refused')
    assert.deepEqual(hosts, [])
  })

  test('tries the next address when the first does not accept', async t => {
    const { hosts, port } = await receiver(t)
    const { send } = sender(t, ['::1/128', '127.0.0.0/8'], async () => ['::1', '127.0.0.1'])
    const outcome = await send(post(`http://both.example:${port}/`))
    assert.equal(outcome.kind, 'answered')
    assert.equal(hosts.length, 1)
  })

  test('to localhost asks no DNS server', async t => {
    const { hosts, port } = await receiver(t)
    const { send } = sender(t, ['127.0.0.0/8'], name => assert.fail(`asked for ${name}`))
    assert.equal((await send(post(`http://localhost:${port}/`))).kind, 'answered')
    assert.equal((await send(post(`http://app.localhost.:${port}/`))).kind, 'answered')
    assert.equal(hosts.length, 2)
  })

  test('is not made to a literal address that is not permitted', async t => {
    const { hosts, port } = await receiver(t)
    const { send } = sender(t, [], name => assert.fail(`asked for ${name}`))
    for (const host of [
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      '[::ffff:127.0.0.1]',
      '[::1]',
      'localhost',
      '0',
    ]) {
      assert.equal((await send(post(`http://${host}:${port}/`))).kind, 'refused', host)
    }
    assert.deepEqual(hosts, [])
  })

  test('takes no longer than 5 s, lookup included', async t => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const asked = Promise.withResolvers<void>()
    const { send } = sender(t, [], () => {
      asked.resolve()
      return new Promise(() => {})
    })
    const outcome = send(post('http://hangs.example/'))
    await asked.promise
    t.mock.timers.tick(5_000)
    const { kind, ...rest } = await outcome
    assert.equal(kind, 'unreachable')
    assert.equal('code' in rest && rest.code, 'ETIMEDOUT')
    assert.equal('reason' in rest && rest.reason, 'No connection to hangs.example within 5 s.')
  })

  test('is out of time when the whole request is', async t => {
    const { send } = sender(t, [], () => new Promise(() => {}))
    const outcome = await send(post('http://hangs.example/', 50))
    assert.equal(outcome.kind, 'timed_out')
  })

  test('is given up when the sender closes', async t => {
    const asked = Promise.withResolvers<void>()
    const { send, close } = sender(t, [], () => {
      asked.resolve()
      return new Promise(() => {})
    })
    const outcome = send(post('http://hangs.example/'))
    await asked.promise
    await close()
    assert.equal((await outcome).kind, 'aborted')
  })
})
