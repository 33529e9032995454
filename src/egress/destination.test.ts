import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createGuard } from './address.ts'
import { checkUrl, parseDestination } from './destination.ts'

const guard = createGuard({ allowNetworks: [], allowPrivateNetworks: false })

describe('the URL of a hook', () => {
  // Every spelling that a URL parser folds into an address of ours, and the host that it means.
  for (const [url, host, network] of [
    ['http://localhost', 'localhost', 'loopback'],
    ['http://LOCALHOST:4567/payload', 'localhost', 'loopback'],
    ['http://localhost.', 'localhost', 'loopback'],
    ['http://localhost../', 'localhost', 'loopback'],
    ['http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ', 'localhost', 'loopback'],
    ['http://%6c%6f%63%61%6c%68%6f%73%74', 'localhost', 'loopback'],
    ['https://app.localhost', 'app.localhost', 'loopback'],
    ['https://app.localhost./x', 'app.localhost', 'loopback'],
    ['http://127.0.0.1', '127.0.0.1', 'loopback'],
    ['http://127.0.0.1.', '127.0.0.1', 'loopback'],
    ['http://127.1', '127.0.0.1', 'loopback'],
    ['http://127.0.1', '127.0.0.1', 'loopback'],
    ['http://2130706433', '127.0.0.1', 'loopback'],
    ['http://0x7f000001', '127.0.0.1', 'loopback'],
    ['http://0x7f.1', '127.0.0.1', 'loopback'],
    ['http://017700000001', '127.0.0.1', 'loopback'],
    ['http://0177.0.0.1', '127.0.0.1', 'loopback'],
    ['http://0177.0x0.0.1', '127.0.0.1', 'loopback'],
    ['http://①②⑦.０.０.１', '127.0.0.1', 'loopback'],
    ['http://127。0。0。1', '127.0.0.1', 'loopback'],
    ['http://127．0｡0．1', '127.0.0.1', 'loopback'],
    ['http://%31%32%37.1', '127.0.0.1', 'loopback'],
    ['http:127.0.0.1', '127.0.0.1', 'loopback'],
    ['http:\\\\127.0.0.1\\x', '127.0.0.1', 'loopback'],
    ['  http://127.0.0.1\n', '127.0.0.1', 'loopback'],
    ['ht\ttp://127.0\n.0.1', '127.0.0.1', 'loopback'],
    ['http://127.0.0.1\\@example.com', '127.0.0.1', 'loopback'],
    ['http://127.0.0.1#@example.com', '127.0.0.1', 'loopback'],
    ['http://127.0.0.1?@example.com', '127.0.0.1', 'loopback'],
    ['http://[::1]:8080', '::1', 'loopback'],
    ['http://[0:0:0:0:0:0:0:1]', '::1', 'loopback'],
    ['http://[::ffff:127.0.0.1]', '::ffff:7f00:1', 'loopback'],
    ['http://[::FFFF:7F00:1]', '::ffff:7f00:1', 'loopback'],
    ['http://[64:ff9b::127.0.0.1]', '64:ff9b::7f00:1', 'loopback'],
    ['http://[::127.0.0.1]', '::7f00:1', 'reserved'],
    ['http://[2002:7f00:1::]', '2002:7f00:1::', '6to4'],
    ['http://[2001:0:7f00:1::]', '2001:0:7f00:1::', 'teredo'],
    ['http://0', '0.0.0.0', 'unspecified'],
    ['http://[::]', '::', 'unspecified'],
    ['http://10.1', '10.0.0.1', 'private'],
    ['http://167772161', '10.0.0.1', 'private'],
    ['http://192.168.257', '192.168.1.1', 'private'],
    ['http://[fd00::1]', 'fd00::1', 'private'],
    ['http://[fe80::1]', 'fe80::1', 'link_local'],
    ['http://169.254.169.254/latest/meta-data/', '169.254.169.254', 'metadata'],
    ['http://0xa9fea9fe', '169.254.169.254', 'metadata'],
    ['http://2852039166', '169.254.169.254', 'metadata'],
    ['http://[fd00:ec2::254]', 'fd00:ec2::254', 'metadata'],
    ['http://168.63.129.16', '168.63.129.16', 'metadata'],
    ['http://100.64.0.1', '100.64.0.1', 'cgnat'],
    ['http://224.0.0.1', '224.0.0.1', 'multicast'],
    ['http://255.255.255.255', '255.255.255.255', 'broadcast'],
  ] as const) {
    test(`${JSON.stringify(url)} is not permitted: ${network}`, () => {
      assert.deepEqual(checkUrl(url, guard), { kind: 'not_permitted', host, network })
    })
  }

  for (const url of [
    'https://example.com',
    'http://example.com:8080/a?b=c#d',
    'https://8.8.8.8/x',
    'https://[2606:4700::1111]/',
    'https://bücher.example/',
    'https://localhost.example.com',
    'https://notlocalhost',
    // A name is judged by its answers, when it is dialled.
    'http://metadata.google.internal',
    'http://127.0.0.1.nip.io',
  ]) {
    test(`${url} is fine`, () => assert.deepEqual(checkUrl(url, guard), { kind: 'ok' }))
  }

  for (const [url, reason] of [
    ['', /cannot be parsed/],
    ['example.com', /cannot be parsed/],
    ['http://', /cannot be parsed/],
    ['http://a b', /cannot be parsed/],
    ['http://256.256.256.256', /cannot be parsed/],
    ['http://1.2.3.4.5', /cannot be parsed/],
    ['http://localhost%00.example.com', /cannot be parsed/],
    ['http://[::1%25lo]', /cannot be parsed/],
    ['http://[fe80::1%eth0]', /cannot be parsed/],
    ['ftp://example.com', /http:\/\/ or https:\/\//],
    ['file:///etc/passwd', /http:\/\/ or https:\/\//],
    ['javascript:alert(1)', /http:\/\/ or https:\/\//],
    ['gopher://127.0.0.1:6379/_x', /http:\/\/ or https:\/\//],
    ['https://user@example.com', /user name or password/],
    ['https://user:secret@example.com', /user name or password/],
    ['https://example.com@127.0.0.1', /user name or password/],
    [`https://example.com/${'x'.repeat(2048)}`, /longer than 2048/],
  ] as const) {
    test(`${JSON.stringify(url.slice(0, 40))} is malformed`, () => {
      const verdict = checkUrl(url, guard)
      assert.equal(verdict.kind, 'malformed')
      assert.match('reason' in verdict ? verdict.reason : '', reason)
    })
  }

  test('may be localhost where either of its addresses is open', () => {
    for (const network of ['127.0.0.0/8', '::1/128']) {
      const open = createGuard({ allowNetworks: [network], allowPrivateNetworks: false })
      assert.deepEqual(checkUrl('http://localhost:4567', open), { kind: 'ok' })
    }
  })

  test('gives the request its path and query, without the fragment', () => {
    assert.deepEqual(parseDestination('https://Example.com.:443/a%20b/../c?d=é#f'), {
      origin: 'https://example.com.',
      host: 'example.com',
      path: '/c?d=%C3%A9',
    })
  })
})
