import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { addressReader } from './upgrades.ts'

test('an address is what the outermost trusted proxy says, and else where the connection came from', () => {
  const trusted = ['127.0.0.1', '10.0.0.0/8', 'fd00::/8']
  for (const [remoteAddress, forwarded, expected] of [
    ['192.0.2.7', undefined, '192.0.2.7'],
    ['192.0.2.7', '203.0.113.9', '192.0.2.7'],
    ['127.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['::ffff:127.0.0.1', '198.51.100.1, 203.0.113.9, 10.1.2.3', '203.0.113.9'],
    ['fd00::1', '2001:db8::1', '2001:db8::1'],
    ['127.0.0.1', undefined, '127.0.0.1'],
    ['127.0.0.1', '10.0.0.1', '10.0.0.1'],
  ]) {
    const request = { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }
    assert.equal(addressReader(trusted)(request as unknown as IncomingMessage), expected)
  }
})
