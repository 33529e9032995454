import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSession } from '../../store/sessions.ts'
import { startTestServer, type TestServer } from '../test-server.ts'

const FIRST = 'correct horse battery'
const SECOND = 'staple of the horse'
const FRESH_MS = 10 * 60_000

async function fixture(t: Parameters<typeof startTestServer>[0]) {
  let nowMs = Date.UTC(2026, 10, 24)
  const server = await startTestServer(t, { clock: { nowMs: () => nowMs, random: () => 0.5 } })
  const mona = await server.addUser('mona')
  const session = (userId: number) => sessionOf(server, userId, nowMs)
  return { server, mona, session, pass: (ms: number) => (nowMs += ms) }
}

/** The headers of a browser that has signed in. */
async function sessionOf(server: TestServer, userId: number, nowMs: number) {
  const text = await server.store.write(tx => createSession(tx, userId, nowMs))
  return { cookie: `hookline_session=${text}`, origin: server.url }
}

describe('one’s own password', () => {
  it('is set by who has just signed in, and changed by who knows it', async t => {
    const { server, mona, session, pass } = await fixture(t)
    const headers = await session(mona.id)
    const before = await server.request('GET', '/user/password', { headers })
    assert.deepEqual(before.json, { is_set: false, changed_at: null, needs_current: false })
    const set = await server.request('PUT', '/user/password', { headers, body: { password: FIRST } })
    assert.equal(set.status, 204)

    pass(FRESH_MS)
    const now = await server.request('GET', '/user/password', { headers })
    assert.deepEqual(now.json, { is_set: true, changed_at: '2026-11-24T00:00:00Z', needs_current: true })
    const change = (current_password?: string) =>
      server.request('PUT', '/user/password', { headers, body: { password: SECOND, current_password } })
    assert.deepEqual((await change()).json.errors, [
      { resource: 'User', code: 'missing_field', field: 'current_password' },
    ])
    assert.equal((await change('nonsense')).json.errors[0].field, 'current_password')
    assert.equal((await change(FIRST)).status, 204)
    assert.equal((await change(FIRST)).status, 422)
  })

  it('ends the other sessions when it changes, and the links that would open more', async t => {
    const { server, mona, session } = await fixture(t)
    const [mine, other] = [await session(mona.id), await session(mona.id)]
    const stranger = await session((await server.addUser('other')).id)
    await server.request('PUT', '/user/password', { headers: mine, body: { password: FIRST } })
    const status = async (headers: Record<string, string>) =>
      (await server.request('GET', '/user', { headers })).status
    assert.deepEqual([await status(mine), await status(other), await status(stranger)], [200, 401, 200])
  })

  it('has to be known to whoever comes with a token', async t => {
    const { server, mona } = await fixture(t)
    const token = await server.addToken(mona)
    const put = (body: object) => server.request('PUT', '/user/password', { token, body })
    assert.equal((await put({ password: FIRST })).status, 422)
    assert.equal((await put({ password: FIRST, current_password: FIRST })).status, 422)
    const narrow = await server.addToken(mona, ['repo'])
    assert.equal((await server.request('GET', '/user/password', { token: narrow })).status, 404)
  })

  it('is refused when it is easily guessed, at its field', async t => {
    const { server, mona, session } = await fixture(t)
    const headers = await session(mona.id)
    for (const password of ['short', 'x'.repeat(300), 'mona-2026', 'aaaaaaaaaaaa']) {
      const { status, json } = await server.request('PUT', '/user/password', { headers, body: { password } })
      assert.deepEqual([status, json.errors[0].field], [422, 'password'], password)
    }
    const forged = { ...headers, origin: 'http://127.0.0.1:1' }
    const answer = await server.request('PUT', '/user/password', {
      headers: forged,
      body: { password: FIRST },
    })
    assert.equal(answer.status, 401)
  })
})

describe('anybody’s password', () => {
  it('is given and taken by the site administrator alone, and ends their sessions', async t => {
    const { server, mona, session } = await fixture(t)
    const token = await server.addToken(await server.addUser('root', { siteAdmin: true }))
    const theirs = await session(mona.id)
    const path = '/admin/users/mona/password'
    assert.equal((await server.request('PUT', path, { token, body: { password: 'short' } })).status, 422)
    assert.equal((await server.request('PUT', path, { token, body: { password: FIRST } })).status, 204)
    assert.equal((await server.request('GET', '/user', { headers: theirs })).status, 401)

    const fresh = await session(mona.id)
    assert.equal((await server.request('GET', '/user/password', { headers: fresh })).json.is_set, true)
    assert.equal((await server.request('DELETE', path, { token })).status, 204)
    assert.equal(
      (await server.request('GET', '/user/password', { headers: await session(mona.id) })).json.is_set,
      false,
    )

    const own = await server.addToken(mona)
    assert.equal((await server.request('PUT', path, { token: own, body: { password: FIRST } })).status, 404)
    const nobody = '/admin/users/nobody/password'
    assert.equal((await server.request('PUT', nobody, { token, body: { password: FIRST } })).status, 404)
  })
})

describe('signing out by the API', () => {
  it('ends this session, or every one', async t => {
    const { server, mona, session } = await fixture(t)
    const [one, two, three] = [await session(mona.id), await session(mona.id), await session(mona.id)]
    const status = async (headers: Record<string, string>) =>
      (await server.request('GET', '/user', { headers })).status
    const out = await server.request('DELETE', '/user/sessions/current', { headers: one })
    assert.equal(out.status, 204)
    assert.match(out.headers.getSetCookie()[0] ?? '', /^hookline_session=; .*Max-Age=0/)
    assert.deepEqual([await status(one), await status(two)], [401, 200])

    const forged = { ...two, origin: 'http://127.0.0.1:1' }
    assert.equal((await server.request('DELETE', '/user/sessions', { headers: forged })).status, 401)
    assert.equal((await server.request('DELETE', '/user/sessions', { headers: two })).status, 204)
    assert.deepEqual([await status(two), await status(three)], [401, 401])

    const token = await server.addToken(mona)
    assert.equal((await server.request('DELETE', '/user/sessions/current', { token })).status, 404)
    assert.equal((await server.request('DELETE', '/user/sessions', { token })).status, 204)
  })
})
