import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSession } from '../store/sessions.ts'
import { startTestServer } from './test-server.ts'

describe('a token', () => {
  it('is taken in every way in which GitHub takes one', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
    const ways = [
      `token ${token}`,
      `Token ${token}`,
      `Bearer ${token}`,
      `bearer  ${token}`,
      basic(`octocat:${token}`),
      basic(`anybody:${token}`),
      basic(`:${token}`),
      basic(`${token}:x-oauth-basic`),
      basic(`${token}:`),
      basic(token),
    ]
    for (const authorization of ways) {
      const answer = await server.request('GET', '/user', { headers: { authorization } })
      assert.equal(answer.status, 200, authorization)
      assert.equal(answer.json.login, 'octocat')
    }
  })

  it('is refused when it is wrong, even where none is needed', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    const wrong = [`token ${token}x`, 'Bearer', 'token ', token, 'Digest x', `Basic ${token}`, 'Basic !!!']
    for (const authorization of wrong) {
      for (const path of ['/user', '/zen', '/users/octocat']) {
        const answer = await server.request('GET', path, { headers: { authorization } })
        assert.equal(answer.status, 401, authorization)
        assert.deepEqual(answer.json, {
          message: 'Bad credentials',
          documentation_url: 'https://docs.github.com/rest',
          status: '401',
        })
      }
    }
  })

  it('is remembered as used, at most once a minute', async t => {
    let nowMs = Date.UTC(2026, 10, 24)
    const server = await startTestServer(t, { clock: { nowMs: () => nowMs, random: () => 0.5 } })
    const token = await server.addToken(await server.addUser('octocat'))
    const lastUsed = async () => {
      // Whatever is being written is written before this.
      await server.store.write(async () => {})
      const row = await server.store.read
        .selectFrom('tokens')
        .select('last_used_at')
        .executeTakeFirstOrThrow()
      return row.last_used_at
    }
    const start = nowMs
    assert.equal(await lastUsed(), null)
    await server.request('GET', '/user', { token })
    assert.equal(await lastUsed(), start)
    nowMs += 59_999
    await server.request('GET', '/user', { token })
    assert.equal(await lastUsed(), start)
    nowMs += 1
    await server.request('GET', '/user', { token })
    assert.equal(await lastUsed(), start + 60_000)
  })

  it('cannot be guessed for long: after 30 wrong ones an address is refused for a minute', async t => {
    let nowMs = Date.UTC(2026, 10, 24)
    const server = await startTestServer(t, { clock: { nowMs: () => nowMs, random: () => 0.5 } })
    const token = await server.addToken(await server.addUser('octocat'))
    for (let guess = 0; guess < 30; guess++) {
      assert.equal((await server.request('GET', '/user', { token: `guess${guess}` })).status, 401)
    }
    const refused = await server.request('GET', '/user', { token })
    assert.equal(refused.status, 403)
    assert.equal(refused.json.message, 'Maximum number of login attempts exceeded. Please try again later.')
    assert.equal((await server.request('GET', '/zen')).status, 200)
    nowMs += 61_000
    assert.equal((await server.request('GET', '/user', { token })).status, 200)
  })

  it('goes on working beside somebody who guesses, when it was right there before', async t => {
    const server = await startTestServer(t)
    const user = await server.addUser('octocat')
    const [known, fresh] = [await server.addToken(user), await server.addToken(user)]
    assert.equal((await server.request('GET', '/user', { token: known })).status, 200)
    for (let guess = 0; guess < 40; guess++) await server.request('GET', '/user', { token: `guess${guess}` })
    assert.equal((await server.request('GET', '/user', { token: known })).status, 200)
    // A right one that is new there is answered as a wrong one is: the answer says nothing of a guess.
    const right = await server.request('GET', '/user', { token: fresh })
    const wrong = await server.request('GET', '/user', { token: 'guess' })
    assert.deepEqual([right.status, right.json], [403, wrong.json])
  })

  it('is not guessed from one address after the other of an IPv6 network', async t => {
    const server = await startTestServer(t, { trustProxy: ['127.0.0.1'] })
    const ask = async (address: string, token: string) =>
      (await server.request('GET', '/user', { token, headers: { 'x-forwarded-for': address } })).status
    for (let guess = 1; guess <= 30; guess++) {
      assert.equal(await ask(`2001:db8:0:1:${guess.toString(16)}::1`, 'wrong'), 401)
    }
    assert.equal(await ask('2001:db8:0:1::ffff', 'wrong'), 403)
    assert.equal(await ask('2001:db8:0:2::1', 'wrong'), 401)
    assert.equal(await ask('::ffff:192.0.2.1', 'wrong'), 401)
  })
})

describe('a session', () => {
  it('reads, and changes something only from our own pages', async t => {
    const server = await startTestServer(t)
    const octocat = await server.addUser('octocat')
    const session = await server.store.write(tx => createSession(tx, octocat.id, Date.now()))
    const cookie = `other=1; hookline_session=${session}`
    const { host } = new URL(server.url)

    const read = await server.request('GET', '/user', { headers: { cookie } })
    assert.equal(read.json.login, 'octocat')
    assert.equal(read.headers.get('x-oauth-scopes'), null)

    const create = (name: string, headers: Record<string, string>) =>
      server.request('POST', '/user/repos', { headers: { cookie, ...headers }, body: { name } })
    assert.equal((await create('a', {})).status, 401)
    assert.equal((await create('a', { origin: 'null' })).status, 401)
    // Another program on the same machine: the same site to a browser, and not us.
    assert.equal((await create('a', { origin: 'http://127.0.0.1:4567' })).status, 401)
    assert.equal((await create('a', { origin: `http://${host}` })).status, 201)
    assert.equal(
      (await server.request('GET', '/user', { headers: { cookie: 'hookline_session=x' } })).status,
      401,
    )
  })
})
