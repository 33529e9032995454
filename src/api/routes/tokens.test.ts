import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Scope } from '../../account.ts'
import { countAllTokens } from '../../store/tokens.ts'
import { startTestServer } from '../test-server.ts'

async function withPeople(t: TestContext) {
  const server = await startTestServer(t)
  const admin = await server.addToken(await server.addUser('admin', { siteAdmin: true }))
  const mona = await server.addUser('mona')
  return { server, mona, admin, token: await server.addToken(mona) }
}

describe("one's own tokens", () => {
  it('are shown once, listed without their text, and deleted', async t => {
    const { server, token } = await withPeople(t)
    const body = { note: 'CI', scopes: ['repo'] }
    const made = await server.request('POST', '/user/tokens', { token, body })
    assert.equal(made.status, 201)
    assert.equal(made.headers.get('location'), `${server.url}/user/tokens/${made.json.id}`)
    const text = made.json.token
    assert.match(text, /^hkl_[0-9A-Za-z]{40}$/)
    assert.equal((await server.request('GET', '/user', { token: text })).json.login, 'mona')

    const listed = await server.request('GET', '/user/tokens', { token })
    assert.deepEqual(
      listed.json.map((one: Record<string, unknown>) => [one.note, one.token, one.token_last_eight]),
      [
        ['CI', '', text.slice(-8)],
        ['test', '', token.slice(-8)],
      ],
    )
    assert.ok(!listed.text.includes(text))
    assert.equal((await server.request('DELETE', `/user/tokens/${made.json.id}`, { token })).status, 204)
    assert.equal((await server.request('GET', '/user', { token: text })).status, 401)
    assert.equal((await server.request('DELETE', `/user/tokens/${made.json.id}`, { token })).status, 404)
  })

  it('have no scope that the caller has not, and need a name', async t => {
    const { server, mona, token } = await withPeople(t)
    const narrow = await server.addToken(mona, ['user', 'admin:repo_hook'])
    const count = await countAllTokens(server.store.read)
    for (const [body, status] of [
      [{}, 422],
      [{ note: ' ' }, 422],
      [{ note: null }, 422],
      [{ note: 'x'.repeat(256) }, 422],
      [{ note: 'a\u0007' }, 422],
      [{ note: 'a', scopes: ['all'] }, 422],
      [{ note: 'a', scopes: ['repo'] }, 422],
      [{ note: 'a', scopes: ['user', 'admin:org'] }, 422],
    ] as const) {
      const answer = await server.request('POST', '/user/tokens', { token: narrow, body })
      assert.equal(answer.status, status, JSON.stringify(body))
    }
    assert.equal(await countAllTokens(server.store.read), count)
    const scopes = ['read:repo_hook', 'read:user']
    const made = await server.request('POST', '/user/tokens', { token: narrow, body: { note: 'a', scopes } })
    assert.deepEqual([made.status, made.json.scopes], [201, scopes])
    assert.equal((await server.request('GET', '/user/tokens', { token })).json.length, 3)
  })

  it('are nobody else’s, and out of reach for a token without the scope', async t => {
    const { server, mona, admin, token } = await withPeople(t)
    const [{ id }] = (await server.request('GET', '/user/tokens', { token })).json
    assert.equal((await server.request('DELETE', `/user/tokens/${id}`, { token: admin })).status, 404)
    const others: readonly Scope[] = ['repo', 'admin:org', 'read:user', 'site_admin']
    const narrow = await server.addToken(mona, others)
    for (const [method, path, body] of [
      ['GET', '/user/tokens', undefined],
      ['POST', '/user/tokens', { note: 'x' }],
      ['DELETE', `/user/tokens/${id}`, undefined],
    ] as const) {
      assert.equal((await server.request(method, path, { token: narrow, body })).status, 404, method)
      assert.equal((await server.request(method, path, { body })).status, 401, method)
    }
    assert.equal((await server.request('GET', '/user', { token })).status, 200)
  })
})

describe("everybody's tokens", () => {
  it('are listed by an administrator without their texts, and deleted', async t => {
    const { server, admin, token } = await withPeople(t)
    const listed = await server.request('GET', '/admin/tokens?per_page=1', { token: admin })
    const [{ user, id, url, hashed_token: hash }] = listed.json
    assert.deepEqual([user.login, url], ['mona', `${server.url}/admin/tokens/${id}`])
    assert.match(hash, /^[0-9a-f]{64}$/)
    assert.match(listed.headers.get('link') ?? '', /page=2>; rel="last"/)
    assert.equal((await server.request('DELETE', `/admin/tokens/${id}`, { token: admin })).status, 204)
    assert.equal((await server.request('GET', '/user', { token })).status, 401)
    assert.equal((await server.request('DELETE', `/admin/tokens/${id}`, { token: admin })).status, 404)
  })

  it('that were made in a name are deleted together, and no other', async t => {
    const { server, admin, token } = await withPeople(t)
    const path = '/admin/users/mona/authorizations'
    const texts: string[] = []
    for (const scopes of [['repo'], ['user']]) {
      texts.push((await server.request('POST', path, { token: admin, body: { scopes } })).json.token)
    }
    for (let times = 0; times < 2; times++) {
      assert.equal((await server.request('DELETE', path, { token: admin })).status, 204)
    }
    for (const text of texts) {
      assert.equal((await server.request('GET', '/user', { token: text })).status, 401)
    }
    assert.equal((await server.request('GET', '/user', { token })).status, 200)
    const nobody = '/admin/users/nobody/authorizations'
    assert.equal((await server.request('DELETE', nobody, { token: admin })).status, 404)
  })

  it('are not there for anybody else', async t => {
    const { server, token } = await withPeople(t)
    for (const [method, path] of [
      ['GET', '/admin/tokens'],
      ['DELETE', '/admin/tokens/1'],
      ['DELETE', '/admin/users/admin/authorizations'],
    ] as const) {
      assert.equal((await server.request(method, path)).status, 401, path)
      assert.equal((await server.request(method, path, { token })).status, 404, path)
    }
    assert.equal(await countAllTokens(server.store.read), 2)
  })
})
