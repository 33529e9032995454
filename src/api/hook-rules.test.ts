import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGuard } from '../egress/address.ts'
import type { Subscription } from '../store/hooks.ts'
import { addressFaults, neighbourFaults } from './hook-rules.ts'

test('refuses what is not reachable over the public Internet, and names the host', () => {
  const guard = createGuard({ allowNetworks: [], allowPrivateNetworks: false })
  const hosts: Record<string, string> = {
    'http://localhost/': 'localhost',
    'https://localhost:8080/x': 'localhost',
    'http://127.0.0.1/': '127.0.0.1',
    'http://2130706433/': '127.0.0.1',
    'http://[::1]/': '::1',
    'http://10.1.2.3/': '10.1.2.3',
    'http://192.168.0.1/': '192.168.0.1',
    'http://169.254.169.254/latest': '169.254.169.254',
  }
  for (const [url, host] of Object.entries(hosts)) {
    const message = `url is not supported because it isn't reachable over the public Internet (${host})`
    assert.deepEqual(addressFaults(url, guard), [{ resource: 'Hook', code: 'custom', field: 'url', message }])
  }
})

test('lets a network pass that is permitted, and any name', () => {
  const guard = createGuard({ allowNetworks: ['10.0.0.0/8'], allowPrivateNetworks: false })
  for (const url of ['http://10.1.2.3/', 'https://example.invalid/hook', 'http://93.184.216.34/']) {
    assert.deepEqual(addressFaults(url, guard), [])
  }
})

test('refuses an address that no client of ours could dial', () => {
  const guard = createGuard({ allowNetworks: [], allowPrivateNetworks: true })
  const [fault] = addressFaults('https://name:word@example.com/', guard)
  assert.equal(fault?.field, 'url')
})

test('takes the same address again for other events, and not for the same', () => {
  const others = [hook('https://a.example/', ['push', 'issues'])]
  const duplicate = { resource: 'Hook', code: 'custom', message: 'Hook already exists on this repository' }
  const cases: [url: string, events: string[], refused: boolean][] = [
    ['https://a.example/', ['push'], true],
    ['https://a.example/', ['star', 'issues'], true],
    ['https://a.example/', ['*'], true],
    ['https://a.example/', ['star'], false],
    ['https://a.example/other', ['push'], false],
  ]
  for (const [url, events, refused] of cases) {
    assert.deepEqual(neighbourFaults({ url, events }, others, 'repository'), refused ? [duplicate] : [])
  }
  assert.deepEqual(
    neighbourFaults(
      { url: 'https://w.example/', events: ['push'] },
      [hook('https://w.example/', ['*'])],
      'organization',
    ),
    [{ ...duplicate, message: 'Hook already exists on this organization' }],
  )
})

test('has room for twenty hooks of an event, and tells each event that is full', () => {
  const full = many(20, ['push', 'issues'])
  assert.deepEqual(messages(['push', 'star', 'issues'], full), [
    'The "push" event cannot have more than 20 hooks',
    'The "issues" event cannot have more than 20 hooks',
  ])
  assert.deepEqual(messages(['push'], full.slice(1)), [])
  assert.deepEqual(messages(['star'], full), [])
})

test('counts a wildcard against every event', () => {
  const mixed = [...many(19, ['push']), ...many(1, ['*'])]
  assert.deepEqual(messages(['push'], mixed), ['The "push" event cannot have more than 20 hooks'])
  assert.deepEqual(messages(['*'], mixed), ['The "push" event cannot have more than 20 hooks'])
  assert.deepEqual(messages(['star'], mixed), [])
  assert.deepEqual(messages(['star'], many(20, ['*'])), ['The "star" event cannot have more than 20 hooks'])
  assert.deepEqual(messages(['*'], many(20, ['*'])), ['The "*" event cannot have more than 20 hooks'])
})

function messages(events: string[], others: readonly Subscription[]) {
  return neighbourFaults({ url: 'https://new.example/', events }, others, 'repository').map(
    ({ message }) => message,
  )
}

function many(count: number, events: string[]): Subscription[] {
  return Array.from({ length: count }, (_, n) => hook(`https://example.com/${n}`, events))
}

function hook(url: string, events: string[]): Subscription {
  return { id: 1, url, events }
}
