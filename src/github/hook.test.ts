import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { statusOf } from '../delivery.ts'
import { DEFAULT_CHOICES, type Hook } from '../hook.ts'
import { Secret } from '../secret.ts'
import { hookConfigJson, hookJson, lastResponseOf, UNUSED } from './hook.ts'

const links = { api: 'http://127.0.0.1:3000/api/v3', html: 'http://127.0.0.1:3000' }
const place = { kind: 'repository', fullName: 'octocat/Hello-World' } as const

const hook: Hook = {
  accountId: 1,
  id: 12345678,
  target: { kind: 'repository', id: 7 },
  active: true,
  events: ['push', 'pull_request'],
  config: {
    url: 'https://example.com/webhook',
    contentType: 'json',
    secret: new Secret('hush'),
    insecureSsl: false,
  },
  createdAt: new Date('2019-06-03T00:57:16.250Z'),
  updatedAt: new Date('2019-06-03T00:57:16.750Z'),
  deletedAt: null,
  ...DEFAULT_CHOICES,
}

suite('a hook in JSON', () => {
  test('it is what GitHub gives for a repository, to the byte', () => {
    const url = 'http://127.0.0.1:3000/api/v3/repos/octocat/Hello-World/hooks/12345678'
    assert.equal(
      JSON.stringify(hookJson(hook, place, UNUSED, links)),
      '{"type":"Repository","id":12345678,"name":"web","active":true,"events":["push","pull_request"],' +
        '"config":{"content_type":"json","insecure_ssl":"0","secret":"********","url":"https://example.com/webhook"},' +
        '"updated_at":"2019-06-03T00:57:16Z","created_at":"2019-06-03T00:57:16Z",' +
        `"url":"${url}","test_url":"${url}/test","ping_url":"${url}/pings","deliveries_url":"${url}/deliveries",` +
        '"last_response":{"code":null,"status":"unused","message":null}}',
    )
  })

  test('it has neither test_url nor last_response for an organization', () => {
    const json = hookJson(hook, { kind: 'organization', login: 'octo-org' }, UNUSED, links)
    assert.deepEqual(Object.keys(json), [
      'type',
      'id',
      'name',
      'active',
      'events',
      'config',
      'updated_at',
      'created_at',
      'url',
      'ping_url',
      'deliveries_url',
    ])
    assert.equal(json.type, 'Organization')
    assert.equal(json.url, 'http://127.0.0.1:3000/api/v3/orgs/octo-org/hooks/12345678')
  })

  test('it leaves the key of a secret out when there is none', () => {
    const config = hookConfigJson({ ...hook.config, secret: null, contentType: 'form', insecureSsl: true })
    assert.equal(
      JSON.stringify(config),
      '{"content_type":"form","insecure_ssl":"1","url":"https://example.com/webhook"}',
    )
  })
})

suite('the last response of a hook', () => {
  test('it is unused before the first delivery', () => {
    assert.deepEqual(lastResponseOf(null), { code: null, status: 'unused', message: null })
  })

  test('it is active with 200, whichever 2xx the receiver said', () => {
    for (const statusCode of [200, 202, 204]) {
      assert.deepEqual(lastResponseOf({ status: 'OK', statusCode }), {
        code: 200,
        status: 'active',
        message: 'OK',
      })
    }
  })

  test('it calls any other answer misconfigured: 422, whatever the receiver said', () => {
    for (const status of [307, 404, 500, 502, 504]) {
      assert.deepEqual(lastResponseOf({ status: `Invalid HTTP Response: ${status}`, statusCode: status }), {
        code: 422,
        status: 'misconfigured',
        message: `Invalid HTTP Response: ${status}`,
      })
    }
  })

  test('it tells time apart from every other way not to be answered', () => {
    const failed = (reason: string) => ({ code: 502, status: 'connection_error', message: reason })
    const reason = 'certificate has expired'
    const cases = [
      [
        { kind: 'timed_out', tookMs: 10_000 },
        { code: 504, status: 'timeout', message: '' },
      ],
      [{ kind: 'unreachable', code: 'ENOTFOUND', reason, tookMs: 1 }, failed('failed to connect to host')],
      [{ kind: 'tls_failed', code: 'CERT_HAS_EXPIRED', reason, tookMs: 1 }, failed(reason)],
      [{ kind: 'broken', code: 'ECONNRESET', reason, tookMs: 1 }, failed(reason)],
      [{ kind: 'refused', reason, tookMs: 0 }, failed(reason)],
    ] as const
    for (const [outcome, expected] of cases) {
      const { text, code } = statusOf(outcome)
      assert.deepEqual(lastResponseOf({ status: text, statusCode: code }), expected, outcome.kind)
    }
  })
})
