import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostAskedFor } from './tunnel/host.ts'
import { isTunnelName, nameInHost } from './tunnel-name.ts'

test('finds whatever is below the tunnel host, however it is written', () => {
  for (const host of ['ada.localhost', 'ada.localhost:3000', 'ada.localhost.', 'ada.localhost..:3000']) {
    assert.equal(nameInHost(host, 'localhost'), 'ada', host)
  }
  assert.equal(nameInHost('a.b.localhost', 'localhost'), 'a.b')
  for (const host of ['localhost', 'localhost:3000', 'adalocalhost', 'ada.localhost.example', '']) {
    assert.equal(nameInHost(host, 'localhost'), null, host)
  }
})

test('goes by the address in the request line before it goes by the header', () => {
  const headers = { host: 'localhost:3000' }
  assert.equal(hostAskedFor({ url: 'http://ADA.localhost:3000/x', headers }), 'ada.localhost:3000')
  assert.equal(hostAskedFor({ url: '/x', headers }), 'localhost:3000')
  assert.equal(hostAskedFor({ url: '*', headers }), 'localhost:3000')
})

test('takes a label for a name', () => {
  for (const name of ['a', '7e9ea9dc', 'my-app', 'a'.repeat(63)]) assert.ok(isTunnelName(name), name)
  for (const name of ['', '-a', 'a-', 'A', 'a.b', 'a'.repeat(64), 'é']) assert.ok(!isTunnelName(name), name)
})
