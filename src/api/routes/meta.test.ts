import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { classify } from '../../egress/address.ts'
import { readWeb } from '../pages/web.ts'
import { startTestServer } from '../test-server.ts'

describe('what the server tells of itself', () => {
  it('has GitHub’s shapes', async t => {
    const server = await startTestServer(t)
    const zen = await server.request('GET', '/zen')
    assert.match(zen.headers.get('content-type') ?? '', /^text\/plain/)
    assert.match(zen.text, /\.$/)
    const octocat = await server.request('GET', '/octocat?s=Moby')
    assert.match(octocat.text, /\| Moby \|/)

    const meta = await server.request('GET', '/meta')
    assert.equal(meta.json.verifiable_password_authentication, false)
    assert.deepEqual([meta.json.installed_version, meta.json.hookline_version], [undefined, '0.0.0-test'])
    assert.equal(meta.headers.get('x-github-enterprise-version'), null)
    const enterprise = await server.request('GET', '/api/v3/meta')
    assert.equal(enterprise.json.installed_version, '3.19.0')
    for (const path of ['/api/v3/meta', '/api/v3', '/api/v3/nowhere', '/api/v3/user']) {
      const { headers } = await server.request('GET', path)
      assert.equal(headers.get('x-github-enterprise-version'), '3.19.0', path)
    }
  })

  it('keeps addresses within its network from strangers', async t => {
    const server = await startTestServer(t)
    const { json: told } = await server.request('GET', '/meta')
    for (const cidr of told.hooks) assert.equal(classify(cidr.split('/')[0]), 'public', cidr)
    const token = await server.addToken(await server.addUser('octocat'))
    const { json: known } = await server.request('GET', '/meta', { token })
    assert.ok(known.hooks.includes('127.0.0.1/32'))
  })

  it('names no limit to anybody when none is kept', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    for (const asker of [{}, { token }]) {
      const { headers, json } = await server.request('GET', '/rate_limit', asker)
      for (const { limit, remaining, used } of [json.rate, json.resources.core, json.resources.search]) {
        assert.deepEqual([limit, remaining, used], [2 ** 31 - 1, 2 ** 31 - 1, 0])
      }
      assert.equal(headers.get('x-ratelimit-limit'), String(2 ** 31 - 1))
    }
  })

  it('answers its root to programs, and shows people the door', async t => {
    const server = await startTestServer(t)
    const root = await server.request('GET', '/api/v3/', {})
    assert.equal(root.json.user_url, `${server.url}/api/v3/users/{user}`)
    assert.equal((await server.request('GET', '/api/v3')).status, 200)
    assert.equal((await server.request('GET', '/', { headers: { accept: 'application/json' } })).status, 200)
    const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
    const answer = await server.request('GET', '/', { headers: browser })
    if (readWeb() === null) {
      assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/welcome'])
      return
    }
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-type') ?? '', /^text\/html/)
    assert.match(answer.headers.get('content-security-policy') ?? '', /script-src 'self';/)
    assert.equal(answer.headers.get('access-control-allow-origin'), null)
    const enterprise = await server.request('GET', '/api/v3', { headers: browser })
    assert.deepEqual([enterprise.status, enterprise.headers.get('location')], [302, '/'])
    assert.match((await server.request('GET', '/octocat', { headers: browser })).text, /o {2}o|o {7}/)
    await server.addUser('octocat')
    assert.match((await server.request('GET', '/octocat', { headers: browser })).text, /^<!doctype html>/)
  })
})

describe('what operators ask', () => {
  it('is answered', async t => {
    const server = await startTestServer(t)
    assert.equal((await server.request('GET', '/healthz')).text, 'ok\n')
    assert.equal((await server.request('GET', '/readyz')).text, 'ready\n')
    const metrics = await server.request('GET', '/metrics')
    assert.match(metrics.text, /hookline_deliveries_due 0/)
  })

  it('shows the numbers to this machine and to site administrators alone', async t => {
    const server = await startTestServer(t)
    const admin = await server.addUser('admin', { siteAdmin: true })
    const forwarded = { 'x-forwarded-for': '203.0.113.9' }
    const ask = async (token?: string) =>
      (await server.request('GET', '/metrics', { headers: forwarded, ...(token && { token }) })).status
    assert.equal(await ask(), 404)
    assert.equal(await ask(await server.addToken(await server.addUser('mona'))), 404)
    assert.equal(await ask(await server.addToken(admin, ['repo'])), 404)
    assert.equal(await ask('wrong'), 401)
    assert.equal(await ask(await server.addToken(admin)), 200)
  })
})

describe('avatars', () => {
  it('are drawn from the id, the same each time', async t => {
    const server = await startTestServer(t)
    const first = await server.request('GET', '/avatars/u/1?v=4')
    assert.equal(first.status, 200)
    assert.equal(first.headers.get('content-type'), 'image/svg+xml')
    assert.match(first.text, /^<svg .*<\/svg>$/)
    assert.equal((await server.request('GET', '/avatars/u/1')).text, first.text)
    assert.notEqual((await server.request('GET', '/avatars/u/2')).text, first.text)
    assert.equal((await server.request('GET', '/avatars/u/x')).status, 404)
  })
})
