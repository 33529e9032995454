import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { addRepository } from './test-hooks.ts'
import { startTestServer, type TestServer } from './test-server.ts'

const NOON_MS = Date.UTC(2026, 10, 24, 12)

class Setting {
  readonly server: TestServer
  nowMs = NOON_MS

  private constructor(server: TestServer) {
    this.server = server
  }

  static async start(t: TestContext, rateLimit: number | null): Promise<Setting> {
    const clock = { nowMs: () => setting.nowMs, random: () => 0.5 }
    let setting = { nowMs: NOON_MS } as Setting
    const server = await startTestServer(t, { rateLimit, clock, trustProxy: ['127.0.0.1'] })
    setting = new Setting(server)
    return setting
  }

  /** GitHub describes these refusals of no operation, so they pass by the check of the server for tests. */
  async ask(token: string | null, path = '/zen', { from = '192.0.2.1', ...more }: Ask = {}) {
    const answer = await fetch(this.server.url + path, {
      ...(more.method && { method: more.method }),
      ...(more.body && { body: more.body }),
      headers: {
        ...(token && { authorization: `token ${token}` }),
        ...(more.etag && { 'if-none-match': more.etag }),
        'x-forwarded-for': from,
      },
    })
    const text = await answer.text()
    const header = (name: string) => answer.headers.get(name)
    const [limit, remaining, used] = ['limit', 'remaining', 'used'].map(name => header(`x-ratelimit-${name}`))
    return { status: answer.status, text, header, counted: `${limit} ${remaining} ${used}` }
  }
}

type Ask = {
  readonly from?: string
  readonly method?: string
  readonly body?: string
  readonly etag?: string
}

describe('the rate limit', () => {
  it('counts the requests of a user by all of their tokens, and tells how many are left', async t => {
    const it = await Setting.start(t, 3)
    const user = await it.server.addUser('octocat')
    const [first, second] = [await it.server.addToken(user), await it.server.addToken(user)]
    const answer = await it.ask(first)
    assert.equal(answer.counted, '3 2 1')
    assert.equal(answer.header('x-ratelimit-resource'), 'core')
    assert.equal(answer.header('x-ratelimit-reset'), String(NOON_MS / 1000 + 3600))
    assert.equal((await it.ask(second)).counted, '3 1 2')
    assert.equal((await it.ask(second, '/repos/octocat/nothing')).counted, '3 0 3')
    const other = await it.server.addToken(await it.server.addUser('hubot'))
    assert.equal((await it.ask(other)).counted, '3 2 1')
  })

  it('refuses what is above in GitHub’s words, until the hour is over', async t => {
    const it = await Setting.start(t, 1)
    const user = await it.server.addUser('octocat')
    const token = await it.server.addToken(user)
    await it.ask(token)
    it.nowMs += 60_000
    const refused = await it.ask(token)
    assert.equal(refused.status, 403)
    assert.equal(refused.counted, '1 0 1')
    assert.equal(refused.header('retry-after'), String(59 * 60))
    assert.deepEqual(JSON.parse(refused.text), {
      message: `API rate limit exceeded for user ID ${user.id}.`,
      documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api',
      status: '403',
    })
    it.nowMs += 59 * 60_000 + 1
    assert.equal((await it.ask(token)).counted, '1 0 1')
  })

  it('gives sixty an hour to an address without a token, of IPv6 to a whole /64', async t => {
    const it = await Setting.start(t, 5000)
    for (let count = 1; count <= 60; count++) {
      const answer = await it.ask(null, '/zen', { from: `2001:db8::${count.toString(16)}` })
      assert.equal(answer.counted, `60 ${60 - count} ${count}`)
    }
    const refused = await it.ask(null, '/zen', { from: '2001:db8::1' })
    assert.equal(refused.status, 403)
    assert.match(JSON.parse(refused.text).message, /^API rate limit exceeded for 2001:db8::1\. \(But here's/)
    assert.equal((await it.ask(null, '/zen', { from: '2001:db8:0:1::1' })).status, 200)
    const token = await it.server.addToken(await it.server.addUser('octocat'))
    assert.equal((await it.ask(token, '/zen', { from: '2001:db8::1' })).counted, '5000 4999 1')
  })

  it('counts a wrong token as none', async t => {
    const it = await Setting.start(t, 5000)
    const answer = await it.ask('wrong')
    assert.equal(answer.status, 401)
    assert.equal(answer.counted, '60 59 1')
  })

  it('does not count what is answered 304 to who is known', async t => {
    const it = await Setting.start(t, 2)
    const token = await it.server.addToken(await it.server.addUser('octocat'))
    const first = await it.ask(token, '/user')
    const etag = first.header('etag') ?? ''
    for (let count = 0; count < 5; count++) {
      const again = await it.ask(token, '/user', { etag })
      assert.equal(again.status, 304)
      assert.equal(again.counted, '2 1 1')
    }
    const stranger = await it.ask(null, '/users/octocat')
    const strangerAgain = await it.ask(null, '/users/octocat', { etag: stranger.header('etag') ?? '' })
    assert.equal(strangerAgain.status, 304)
    assert.equal(strangerAgain.counted, '2 0 2')
  })

  it('does not count publishing, a preflight, nor the question how many are left', async t => {
    const it = await Setting.start(t, 1)
    const user = await it.server.addUser('octocat')
    await addRepository(it.server, user, 'hello')
    const token = await it.server.addToken(user)
    await it.ask(token)
    const body = JSON.stringify({ event: 'push', payload: {} })
    const path = '/repos/octocat/hello/events?validate=false'
    for (let count = 0; count < 3; count++) {
      assert.equal((await it.ask(token, path, { method: 'POST', body })).status, 202)
      assert.equal((await it.ask(token, '/rate_limit')).status, 200)
      assert.equal((await it.ask(null, '/zen', { method: 'OPTIONS' })).status, 204)
    }
    const { resources, rate } = JSON.parse((await it.ask(token, '/rate_limit')).text)
    assert.deepEqual(rate, { limit: 1, used: 1, remaining: 0, reset: NOON_MS / 1000 + 3600 })
    assert.deepEqual(resources.core, rate)
    assert.deepEqual(resources.graphql, rate)
    assert.equal((await it.ask(token)).status, 403)
  })

  it('is none for the site administrator, and for nobody when it is off', async t => {
    const none = `${2 ** 31 - 1} ${2 ** 31 - 1} 0`
    const it = await Setting.start(t, 1)
    const admin = await it.server.addToken(await it.server.addUser('admin', { siteAdmin: true }))
    for (let count = 0; count < 3; count++) assert.equal((await it.ask(admin)).counted, none)
    const off = await Setting.start(t, null)
    for (let count = 0; count < 3; count++) assert.equal((await off.ask(null)).counted, none)
    assert.equal(JSON.parse((await off.ask(null, '/rate_limit')).text).rate.limit, 2 ** 31 - 1)
  })
})
