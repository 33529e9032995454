import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createGuard } from './address.ts'
import { type Lookup, lookupSystem, resolve, shareLookups } from './resolve.ts'

const guard = createGuard({ allowNetworks: [], allowPrivateNetworks: false })
const answering =
  (...addresses: string[]): Lookup =>
  () =>
    Promise.resolve(addresses)
const failing =
  (code: string): Lookup =>
  () =>
    Promise.reject(Object.assign(new Error(code), { code }))
const unasked: Lookup = hostname => assert.fail(`asked for ${hostname}`)

describe('a name', () => {
  test('resolves to all of its addresses, in their order', async () => {
    const lookup = answering('2606:4700::1111', '1.1.1.1')
    assert.deepEqual(await resolve('hooks.example', guard, lookup), {
      kind: 'resolved',
      addresses: ['2606:4700::1111', '1.1.1.1'],
    })
  })

  for (const answers of [
    ['1.1.1.1', '10.0.0.1'],
    ['10.0.0.1', '1.1.1.1'],
    ['1.1.1.1', '::ffff:10.0.0.1'],
    ['1.1.1.1', '::1'],
    ['1.1.1.1', '169.254.169.254'],
    ['1.1.1.1', 'not an address'],
  ]) {
    test(`is refused when it answers ${answers.join(' and ')}`, async () => {
      const resolution = await resolve('hooks.example', guard, answering(...answers))
      assert.equal(resolution.kind, 'refused')
    })
  }

  test('is refused with the name, the address, its network and the flag that opens it', async () => {
    const resolution = await resolve('hooks.example', guard, answering('10.1.2.3'))
    assert.deepEqual(resolution, {
      kind: 'refused',
      reason:
        'hooks.example resolves to 10.1.2.3, which is a private address, and Hookline delivers to public addresses only. ' +
        'If this is meant, its operator can open it with --allow-network 10.1.2.3/32.',
    })
  })

  test('that nobody knows is unreachable, and so is one without an address', async () => {
    for (const lookup of [failing('ENOTFOUND'), answering()]) {
      assert.deepEqual(await resolve('hooks.example', guard, lookup), {
        kind: 'unreachable',
        code: 'ENOTFOUND',
        reason: 'The name hooks.example does not resolve.',
      })
    }
  })

  test('whose servers are down is unreachable', async () => {
    const resolution = await resolve('hooks.example', guard, failing('EAI_AGAIN'))
    assert.equal(resolution.kind === 'unreachable' && resolution.code, 'EAI_AGAIN')
  })

  test('is asked for once by all who wait for it, and anew by who comes later', async () => {
    let asked = 0
    const pending = Promise.withResolvers<readonly string[]>()
    const lookup = shareLookups(() => {
      asked += 1
      return pending.promise
    })
    const both = Promise.all([lookup('a.example'), lookup('a.example')])
    pending.resolve(['1.1.1.1'])
    assert.deepEqual(await both, [['1.1.1.1'], ['1.1.1.1']])
    assert.equal(asked, 1)
    await lookup('a.example')
    assert.equal(asked, 2)
  })

  test('of this machine resolves without DNS, to what of it is open', async () => {
    const open = createGuard({ allowNetworks: ['127.0.0.0/8'], allowPrivateNetworks: false })
    for (const host of ['localhost', 'localhost.', 'app.localhost']) {
      assert.deepEqual(await resolve(host, open, unasked), { kind: 'resolved', addresses: ['127.0.0.1'] })
      assert.equal((await resolve(host, guard, unasked)).kind, 'refused')
    }
  })

  test('that is an address is judged as one, without DNS', async () => {
    assert.deepEqual(await resolve('1.1.1.1', guard, unasked), { kind: 'resolved', addresses: ['1.1.1.1'] })
    assert.equal((await resolve('::ffff:7f00:1', guard, unasked)).kind, 'refused')
  })

  test('is looked up by the system, in both families', async () => {
    const addresses = await lookupSystem('localhost')
    assert.ok(addresses.some(address => address === '127.0.0.1' || address === '::1'))
  })
})
