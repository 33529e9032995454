import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGuard } from './address.ts'
import { checkUrl } from './destination.ts'

const guard = createGuard({
  allowNetworks: [],
  allowPrivateNetworks: false,
  tunnels: { isTunnel: host => host !== 'api.localhost', port: () => 3000 },
})

test('lets out to our own tunnels, and to nothing else of loopback', () => {
  const permitted = [
    'http://7e9ea9dc.localhost:3000/payload',
    'http://ADA.localhost:3000/',
    'http://ada.localhost.:3000',
  ]
  for (const url of permitted) assert.equal(checkUrl(url, guard).kind, 'ok', url)
  const refused = [
    'http://ada.localhost:3001/',
    'http://ada.localhost/',
    'https://ada.localhost/',
    'http://localhost:3000/',
    'http://127.0.0.1:3000/',
    'http://[::1]:3000/',
    'http://a.b.localhost:3000/',
    'http://-ada.localhost:3000/',
    // The API's own host, when that is below localhost.
    'http://api.localhost:3000/',
  ]
  for (const url of refused) assert.notEqual(checkUrl(url, guard).kind, 'ok', url)
  for (const host of ['ada.localhost.evil.example', 'adalocalhost', '.localhost', 'ada.localhost..x']) {
    assert.equal(guard.isOwnTunnel?.(host, 3000), false, host)
  }
})
