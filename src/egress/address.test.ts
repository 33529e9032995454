import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AppError } from '../errors.ts'
import { type AddressKind, classify, createGuard, parseNetwork } from './address.ts'

const KINDS: readonly (readonly [AddressKind, readonly string[]])[] = [
  [
    'public',
    ['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.0', '169.253.0.1', '100.63.255.255', '100.128.0.0'],
  ],
  [
    'public',
    ['223.255.255.255', '2606:4700::1111', '2a00:1450:4001:81b::200e', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8'],
  ],
  [
    'loopback',
    ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1'],
  ],
  ['loopback', ['0:0:0:0:0:0:0:1', '0:0:0:0:0:ffff:127.0.0.1', '::FFFF:127.0.0.1', '::ffff:127.0.0.1%1']],
  [
    'private',
    ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1', '::ffff:10.0.0.1'],
  ],
  ['private', ['64:ff9b::10.0.0.1', '64:ff9b::c0a8:101']],
  ['cgnat', ['100.64.0.1', '100.127.255.255', '::ffff:100.64.0.1']],
  ['link_local', ['169.254.1.1', 'fe80::1', 'febf::1', 'fe80::1%eth0', '::ffff:169.254.1.1']],
  ['metadata', ['169.254.169.254', '::ffff:169.254.169.254', '64:ff9b::169.254.169.254', '169.254.170.2']],
  [
    'metadata',
    ['fd00:ec2::254', 'FD00:0EC2:0::0254', 'fd20:ce::254', '100.100.100.200', '168.63.129.16', '192.0.0.192'],
  ],
  ['multicast', ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1']],
  ['broadcast', ['255.255.255.255']],
  ['unspecified', ['0.0.0.0', '0.1.2.3', '::', '::ffff:0.0.0.0']],
  [
    'reserved',
    ['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '240.0.0.1', '192.88.99.1', '192.0.0.1'],
  ],
  [
    'reserved',
    ['2001:db8::1', '3fff::1', '100::1', 'fec0::1', '2001:2::1', '5f00::1', '4000::1', 'e000::1', '1::1'],
  ],
  // IPv4-compatible and IPv4-translated: whatever they carry, nothing public is reached so.
  ['reserved', ['::127.0.0.1', '::7f00:1', '::8.8.8.8', '::ffff:0:127.0.0.1', '::ffff:0:8.8.8.8']],
  ['nat64', ['64:ff9b:1::1', '64:ff9b:1:7f00::1']],
  ['6to4', ['2002:7f00:1::', '2002:808:808::1']],
  ['teredo', ['2001:0:7f00:1::', '2001::1']],
  [
    'malformed',
    [
      '',
      'localhost',
      '127.1',
      '0177.0.0.1',
      '0x7f.0.0.1',
      '2130706433',
      '127.0.0.1/8',
      '127.0.0.1 ',
      '[::1]',
    ],
  ],
  ['malformed', ['1.2.3.4.5', '256.0.0.1', ':::1', '::g', '127.0.0.1.', '１２７.0.0.1']],
]

describe('an address', () => {
  for (const [kind, addresses] of KINDS) {
    for (const address of addresses) {
      test(`${JSON.stringify(address)} is ${kind}`, () => assert.equal(classify(address), kind))
    }
  }
})

describe('the guard', () => {
  const closed = createGuard({ allowNetworks: [], allowPrivateNetworks: false })
  const privately = createGuard({ allowNetworks: [], allowPrivateNetworks: true })
  const opening = (...allowNetworks: string[]) => createGuard({ allowNetworks, allowPrivateNetworks: false })

  test('permits public addresses and nothing else', () => {
    for (const [kind, addresses] of KINDS) {
      for (const address of addresses) {
        assert.deepEqual(closed.permits(address), { permitted: kind === 'public', kind }, address)
      }
    }
  })

  test('opens exactly the network that was allowed, in its IPv4-mapped spelling, too', () => {
    const guard = opening('10.1.0.0/16')
    for (const address of ['10.1.0.0', '10.1.255.255', '::ffff:10.1.2.3']) {
      assert.ok(guard.permits(address).permitted, address)
    }
    for (const address of ['10.0.255.255', '10.2.0.0', '127.0.0.1', '::ffff:10.2.0.1', '64:ff9b::10.1.2.3']) {
      assert.ok(!guard.permits(address).permitted, address)
    }
  })

  test('opens an IPv6 network, and one written as IPv4-mapped', () => {
    assert.ok(opening('fd12::/16').permits('fd12:1::1').permitted)
    assert.ok(!opening('fd12::/16').permits('fd13::1').permitted)
    assert.ok(opening('::ffff:10.0.0.0/104').permits('10.9.9.9').permitted)
    assert.ok(!opening('::/0').permits('127.0.0.1').permitted)
  })

  test('opens a single address that is written without a length', () => {
    assert.ok(opening('127.0.0.1').permits('127.0.0.1').permitted)
    assert.ok(!opening('127.0.0.1').permits('127.0.0.2').permitted)
  })

  test('opens what is private with --allow-private-networks, and no more', () => {
    const opened = new Set<AddressKind>(['public', 'loopback', 'private', 'cgnat', 'link_local'])
    for (const [kind, addresses] of KINDS) {
      for (const address of addresses)
        assert.equal(privately.permits(address).permitted, opened.has(kind), address)
    }
  })

  test('keeps metadata addresses closed among private networks until one is named', () => {
    const guard = createGuard({ allowNetworks: ['169.254.169.254/32'], allowPrivateNetworks: true })
    assert.ok(guard.permits('169.254.169.254').permitted)
    assert.ok(!guard.permits('169.254.170.2').permitted)
    assert.ok(!guard.permits('fd00:ec2::254').permitted)
  })

  for (const [cidr, remedy] of [
    ['10.0.0.0/33', /from 0 to 32/],
    ['::/129', /from 0 to 128/],
    ['10.0.0.0/', /from 0 to 32/],
    ['10.0.0.0/-1', /from 0 to 32/],
    ['10.0.0.0/255.0.0.0', /from 0 to 32/],
    ['10.1.2.3/8', /begins at 10\.0\.0\.0\/8/],
    ['fd00::1/8', /begins at fd00::\/8/],
    ['10.0.0.0/8/8', /such as 10\.0\.0\.0\/8/],
    ['10.0.0/8', /such as 10\.0\.0\.0\/8/],
    ['localhost', /such as 10\.0\.0\.0\/8/],
    ['', /such as 10\.0\.0\.0\/8/],
  ] as const) {
    test(`does not start with ${JSON.stringify(cidr)}, and says what to write`, () => {
      assert.throws(
        () => parseNetwork(cidr),
        (error: unknown) => {
          assert.ok(error instanceof AppError)
          assert.equal(error.code, 'misconfigured')
          assert.ok(error.message.startsWith(`--allow-network ${JSON.stringify(cidr)}`))
          assert.match(error.message, remedy)
          return true
        },
      )
    })
  }
})
