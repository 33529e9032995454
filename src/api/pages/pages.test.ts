import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hashPassword } from '../../password.ts'
import { setPassword } from '../../store/passwords.ts'
import { setSuspended } from '../../store/profiles.ts'
import { createSignInLink } from '../../store/sessions.ts'
import { startTestServer, type TestAnswer, type TestServer } from '../test-server.ts'
import { html } from './html.ts'
import { languageOf } from './words.ts'

/** A browser as far as these pages need one: it keeps cookies, sends forms, and follows redirects. */
class Browser {
  readonly #server: TestServer
  readonly #headers: Record<string, string>
  readonly cookies = new Map<string, string>()

  constructor(server: TestServer, headers: Record<string, string> = {}) {
    this.#server = server
    this.#headers = headers
  }

  get(path: string): Promise<TestAnswer> {
    return this.#send('GET', path)
  }

  head(path: string): Promise<TestAnswer> {
    return this.#send('HEAD', path)
  }

  /** Sends the form of that action on the page, filled in. */
  submit(
    page: TestAnswer,
    action: string,
    fields: readonly (readonly [string, string])[] = [],
  ): Promise<TestAnswer> {
    const form = page.text.split('<form').find(part => part.includes(`action="${action}"`))
    const token = /name="form_token" value="([^"]+)"/.exec(form ?? '')?.[1]
    assert.ok(token, `no form for ${action} on:\n${page.text}`)
    return this.post(action, [['form_token', token], ...fields])
  }

  post(
    path: string,
    fields: readonly (readonly [string, string])[],
    origin = this.#server.url,
  ): Promise<TestAnswer> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin }
    return this.#send(
      'POST',
      path,
      new URLSearchParams(fields.map(([name, value]) => [name, value])),
      headers,
    )
  }

  async #send(method: string, path: string, form?: URLSearchParams, headers = {}): Promise<TestAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await this.#server.request(method, path, {
      headers: { ...this.#headers, ...headers, ...(cookie && { cookie }) },
      ...(form && { body: form.toString() }),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return answer
  }
}

async function link(server: TestServer, userId: number, nowMs = Date.now()): Promise<string> {
  return `/login/${await server.store.write(tx => createSignInLink(tx, userId, nowMs))}`
}

describe('a sign-in link', () => {
  it('signs in who presses its button, once', async t => {
    const server = await startTestServer(t)
    const { id } = await server.addUser('octocat')
    const path = await link(server, id)

    const browser = new Browser(server)
    // Looking at it, as previews do, uses nothing up.
    await browser.get(path)
    const page = await browser.get(path)
    assert.match(page.text, /Sign in as octocat/)
    const entered = await browser.submit(page, path)
    assert.equal(entered.status, 303)
    assert.equal(entered.headers.get('location'), '/')
    const cookie = entered.headers.getSetCookie().find(line => line.startsWith('hookline_session='))
    assert.match(cookie ?? '', /; Path=\/; HttpOnly; SameSite=Lax; Max-Age=1209600$/)
    assert.match((await browser.get('/welcome')).text, /<h1>.*octocat<\/h1>/)

    const other = new Browser(server)
    const spent = await other.get(path)
    assert.equal(spent.status, 404)
    assert.match(spent.text, /no longer works/)
    assert.match(spent.text, /href="\/login"/)
    const login = await other.get('/login')
    assert.equal((await other.submit(login, '/login', [['token', 'x']])).status, 401)
    assert.equal((await other.post(path, [])).status, 403)
  })

  it('expires after a day, and the session after two weeks', async t => {
    let nowMs = Date.UTC(2026, 10, 24)
    const server = await startTestServer(t, { clock: { nowMs: () => nowMs, random: () => 0.5 } })
    const { id } = await server.addUser('octocat')
    const stale = await link(server, id, nowMs)
    const browser = new Browser(server)
    const page = await browser.get(stale)
    nowMs += 24 * 60 * 60 * 1000
    assert.equal((await browser.submit(page, stale)).status, 404)
    assert.equal((await browser.get(stale)).status, 404)

    const fresh = await link(server, id, nowMs)
    await browser.submit(await browser.get(fresh), fresh)
    nowMs += 14 * 24 * 60 * 60 * 1000 - 1
    assert.equal((await browser.get('/welcome')).status, 200)
    nowMs += 1
    assert.equal((await browser.get('/welcome')).headers.get('location'), '/login')
  })

  it('marks its cookies secure where the server is reached by https', async t => {
    const server = await startTestServer(t, { baseUrl: 'https://hooks.example' })
    const { id } = await server.addUser('octocat')
    const page = await new Browser(server).get(await link(server, id))
    assert.match(page.headers.getSetCookie()[0] ?? '', /; Secure$/)
  })
})

describe('signing in with a token', () => {
  it('lets in who holds one that may do everything', async t => {
    const server = await startTestServer(t)
    const octocat = await server.addUser('octocat')
    const browser = new Browser(server)
    const sign = async (token: string) =>
      browser.submit(await browser.get('/login'), '/login', [['token', token]])

    const wrong = await sign('nonsense')
    assert.equal(wrong.status, 401)
    assert.match(wrong.text, /There is no such token/)
    assert.match(wrong.text, /id="token"[^>]* aria-invalid="true" aria-describedby="fault hint"/)
    assert.match(wrong.text, /role="alert" id="fault"/)
    const first = (await browser.get('/login')).text
    assert.doesNotMatch(first, /id="token"[^>]*aria-invalid/)
    assert.match(first, /name="username" autocomplete="username"/)
    const narrow = await sign(await server.addToken(octocat, ['repo', 'user']))
    assert.equal(narrow.status, 403)
    assert.match(narrow.text, /cannot sign you in/)
    assert.equal(browser.cookies.has('hookline_session'), false)

    const entered = await sign(` ${await server.addToken(octocat)} `)
    assert.equal(entered.status, 303)
    assert.equal((await browser.get('/login')).headers.get('location'), '/')
  })
})

describe('signing in with a password', () => {
  const PASSWORD = 'correct horse battery'

  async function withPassword(server: TestServer, login: string) {
    const user = await server.addUser(login)
    const hash = await hashPassword(PASSWORD)
    await server.store.write(tx => setPassword(tx, user.id, hash, Date.now()))
    return user
  }

  async function sign(browser: Browser, username: string, password: string, returnTo = '') {
    const page = await browser.get(`/login?return_to=${encodeURIComponent(returnTo)}`)
    return browser.submit(page, '/login', [
      ['username', username],
      ['password', password],
      ['return_to', /name="return_to" value="([^"]*)"/.exec(page.text)?.[1] ?? ''],
    ])
  }

  it('lets in who knows it, whatever the case of the name', async t => {
    const server = await startTestServer(t)
    await withPassword(server, 'octocat')
    const browser = new Browser(server)
    const wrong = await sign(browser, 'octocat', 'correct horse batterx')
    assert.equal(wrong.status, 401)
    assert.match(wrong.text, /user name or the password is wrong/)
    assert.match(wrong.text, /value="octocat" aria-invalid="true" aria-describedby="fault"/)
    assert.doesNotMatch(wrong.text, /correct horse/)
    assert.equal((await sign(browser, ' Octocat ', PASSWORD)).status, 303)
    assert.equal((await browser.get('/welcome')).status, 200)
  })

  it('says the same of a wrong name, of one without a password, and of an organization', async t => {
    const server = await startTestServer(t)
    const mona = await server.addUser('mona')
    await server.addOrganization('octo-org', mona)
    for (const login of ['nobody', 'mona', 'octo-org', '', 'a\0b']) {
      const answer = await sign(new Browser(server), login, PASSWORD)
      assert.equal(answer.status, 401, login)
      assert.match(answer.text, /user name or the password is wrong/)
    }
  })

  it('goes on to the page that sent them, when it is one of ours', async t => {
    const server = await startTestServer(t)
    await withPassword(server, 'octocat')
    const to = async (returnTo: string) =>
      (await sign(new Browser(server), 'octocat', PASSWORD, returnTo)).headers.get('location')
    assert.equal(await to('/octocat/hello/settings/hooks?tab=x'), '/octocat/hello/settings/hooks?tab=x')
    for (const evil of ['https://evil.example', '//evil.example', '/\\evil.example', '/%2e//evil.example']) {
      assert.equal(await to(evil), '/', evil)
    }
    const browser = new Browser(server)
    await sign(browser, 'octocat', PASSWORD)
    const known = await browser.get('/login?return_to=%2Fnew')
    assert.deepEqual([known.status, known.headers.get('location')], [303, '/new'])
    const led = await browser.get('/login?return_to=%2F%5Cevil.example')
    assert.equal(led.headers.get('location'), '/')
  })

  it('limits guesses as it does with tokens, also those that are made at once', async t => {
    const server = await startTestServer(t)
    await withPassword(server, 'octocat')
    for (let count = 0; count < 29; count++) {
      assert.equal((await server.request('GET', '/user', { token: 'wrong' })).status, 401)
    }
    const browser = new Browser(server)
    const page = await browser.get('/login')
    const guess = () =>
      browser.submit(page, '/login', [
        ['username', 'octocat'],
        ['password', 'nonsense'],
      ])
    const statuses = await Promise.all([guess(), guess(), guess()])
    assert.deepEqual(statuses.map(({ status }) => status).sort(), [401, 403, 403])
    assert.match((await sign(browser, 'octocat', PASSWORD)).text, /Too many attempts/)
  })

  it('says so to the suspended, and to those alone who know the password', async t => {
    const server = await startTestServer(t)
    const { id } = await withPassword(server, 'octocat')
    await server.store.write(tx => setSuspended(tx, id, true, Date.now()))
    assert.match((await sign(new Browser(server), 'octocat', PASSWORD)).text, /has been suspended/)
    assert.match((await sign(new Browser(server), 'octocat', 'nonsense')).text, /is wrong/)
  })

  it('opens nothing of the API', async t => {
    const server = await startTestServer(t)
    await withPassword(server, 'octocat')
    const basic = Buffer.from(`octocat:${PASSWORD}`).toString('base64')
    const answer = await server.request('GET', '/user', { headers: { authorization: `Basic ${basic}` } })
    assert.equal(answer.status, 401)
  })
})

async function signedInAs(server: TestServer, userId: number, headers = {}, nowMs = Date.now()) {
  const browser = new Browser(server, headers)
  const path = await link(server, userId, nowMs)
  await browser.submit(await browser.get(path), path)
  return browser
}

describe('the welcome page', () => {
  async function signedIn(server: TestServer, login: string, siteAdmin = false) {
    const { id } = await server.addUser(login, { siteAdmin })
    return signedInAs(server, id)
  }

  it('makes a token, shows it once, and revokes it', async t => {
    const server = await startTestServer(t)
    const browser = await signedIn(server, 'octocat')
    const made = await browser.submit(await browser.get('/welcome'), '/welcome/tokens', [
      ['note', '<b>CI</b>'],
      ['scope', 'repo'],
      ['scope', 'user'],
      ['scope', 'site_admin'],
      ['scope', 'nonsense'],
    ])
    assert.deepEqual([made.status, made.headers.get('location')], [303, '/welcome'])
    const shown = await browser.get('/welcome')
    const token = /<code class="secret">(hkl_[0-9A-Za-z]{40})<\/code>/.exec(shown.text)?.[1] ?? ''
    const answer = await server.request('GET', '/user', { token })
    assert.equal(answer.headers.get('x-oauth-scopes'), 'repo, user')

    // When it was last used is written beside the request's path: this is behind it in the queue.
    await server.store.write(async () => {})
    const page = await browser.get('/welcome')
    assert.equal(page.text.includes(token), false)
    assert.match(page.text, /&lt;b&gt;CI&lt;\/b&gt;/)
    assert.equal(page.text.includes('<b>'), false)
    assert.match(page.text, /Last used <time/)

    const action = /action="(\/welcome\/tokens\/\d+\/revoke)"/.exec(page.text)?.[1] ?? ''
    assert.equal((await browser.submit(page, action)).status, 303)
    assert.equal((await server.request('GET', '/user', { token })).status, 401)
    assert.match((await browser.get('/welcome')).text, /You have none yet/)
  })

  it('shows a new token to nobody else, and for five minutes at the most', async t => {
    let nowMs = Date.UTC(2026, 10, 24)
    const server = await startTestServer(t, { clock: { nowMs: () => nowMs, random: () => 0.5 } })
    const octocat = await server.addUser('octocat')
    const signIn = () => signedInAs(server, octocat.id, {}, nowMs)
    const browser = await signIn()
    const make = async () =>
      browser.submit(await browser.get('/welcome'), '/welcome/tokens', [['note', 'CI']])
    await make()
    assert.doesNotMatch((await (await signIn()).get('/welcome')).text, /class="secret"/)
    await browser.head('/welcome')
    assert.match((await browser.get('/welcome')).text, /class="secret"/)
    assert.doesNotMatch((await browser.get('/welcome')).text, /class="secret"/)

    await make()
    nowMs += 5 * 60_000 + 1
    assert.doesNotMatch((await browser.get('/welcome')).text, /class="secret"/)
  })

  it('ends the sessions that a token opened when that is revoked', async t => {
    const server = await startTestServer(t)
    const octocat = await server.addUser('octocat')
    const token = await server.addToken(octocat)
    const thief = new Browser(server)
    await thief.submit(await thief.get('/login'), '/login', [['token', token]])
    assert.equal((await thief.get('/welcome')).status, 200)

    const browser = await signedInAs(server, octocat.id)
    const page = await browser.get('/welcome')
    assert.match(page.text, /<details><summary class="danger" aria-label="Revoke: test">Revoke<\/summary>/)
    const action = /action="(\/welcome\/tokens\/\d+\/revoke)"/.exec(page.text)?.[1] ?? ''
    await browser.submit(page, action)
    assert.equal((await thief.get('/welcome')).headers.get('location'), '/login')
    assert.equal((await browser.get('/welcome')).status, 200)
  })

  it('dates in the reader’s language', async t => {
    const nowMs = Date.UTC(2026, 10, 24, 13, 5)
    const server = await startTestServer(t, { clock: { nowMs: () => nowMs, random: () => 0.5 } })
    const { id } = await server.addUser('octocat')
    const created = async (language: string) => {
      const browser = await signedInAs(server, id, { 'accept-language': language }, nowMs)
      return /(?:Created|Créé).*<\/time>/.exec((await browser.get('/welcome')).text)?.[0]
    }
    await server.addToken(await server.addUser('other'))
    const browser = await signedInAs(server, id, {}, nowMs)
    await browser.submit(await browser.get('/welcome'), '/welcome/tokens', [['note', 'CI']])
    const time = (text: string) => `<time datetime="2026-11-24T13:05:00.000Z">${text} UTC</time>`
    assert.equal(await created('fr'), `Créé le ${time('24 nov. 2026 à 13:05')}`)
    assert.equal((await created('en'))?.replaceAll('\u202f', ' '), `Created ${time('Nov 24, 2026, 1:05 PM')}`)
  })

  it('asks what a token is for, and keeps what was chosen', async t => {
    const server = await startTestServer(t)
    const browser = await signedIn(server, 'octocat')
    const answer = await browser.submit(await browser.get('/welcome'), '/welcome/tokens', [
      ['note', ' '],
      ['scope', 'repo'],
    ])
    assert.equal(answer.status, 422)
    assert.match(answer.text, /value="repo" checked/)
    assert.match(answer.text, /id="note"[^>]* aria-invalid="true" aria-describedby="fault"/)
    assert.match(answer.text, /role="alert" id="fault"/)
    assert.equal((await server.store.read.selectFrom('tokens').selectAll().execute()).length, 0)
  })

  it('revokes no token of somebody else’s', async t => {
    const server = await startTestServer(t)
    const other = await server.addToken(await server.addUser('other'))
    const browser = await signedIn(server, 'octocat')
    const { id } = await server.store.read.selectFrom('tokens').select('id').executeTakeFirstOrThrow()
    const page = await browser.get('/welcome')
    const token = /name="form_token" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
    await browser.post(`/welcome/tokens/${id}/revoke`, [['form_token', token]])
    assert.equal((await server.request('GET', '/user', { token: other })).status, 200)
  })

  it('offers the site to its administrator alone', async t => {
    const server = await startTestServer(t)
    assert.doesNotMatch(
      (await (await signedIn(server, 'octocat')).get('/welcome')).text,
      /value="site_admin"/,
    )
    assert.match((await (await signedIn(server, 'admin', true)).get('/welcome')).text, /value="site_admin"/)
  })

  it('shows what a scope brings along below it', async t => {
    const server = await startTestServer(t)
    const { text } = await (await signedIn(server, 'octocat')).get('/welcome')
    const shown = [...text.matchAll(/class="(scope[^"]*)">\s*<input[^>]*value="([^"]+)"/g)]
    assert.deepEqual(
      shown.map(([, style, scope]) => (style === 'scope part' ? `  ${scope}` : scope)),
      [
        'repo',
        '  public_repo',
        '  admin:repo_hook',
        '  write:repo_hook',
        '  read:repo_hook',
        'delete_repo',
        'admin:org_hook',
        'admin:org',
        '  write:org',
        '  read:org',
        'user',
        '  read:user',
      ],
    )
  })

  it('takes forms only of its own', async t => {
    const server = await startTestServer(t)
    const browser = await signedIn(server, 'octocat')
    const page = await browser.get('/welcome')
    const token = /name="form_token" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
    const note = ['note', 'x'] as const

    for (const forged of [
      await browser.post('/welcome/tokens', [note]),
      await browser.post('/welcome/tokens', [['form_token', 'x'.repeat(token.length)], note]),
      await browser.post('/welcome/tokens', [['form_token', token], note], 'http://127.0.0.1:4567'),
      await browser.post('/welcome/tokens', [['form_token', token], note], 'null'),
      await browser.post('/logout', []),
    ]) {
      assert.equal(forged.status, 403)
      assert.match(forged.text, /This form has expired/)
    }
    assert.equal((await server.store.read.selectFrom('tokens').selectAll().execute()).length, 0)
    const stranger = await new Browser(server).post('/welcome/tokens', [['form_token', token], note])
    assert.equal(stranger.headers.get('location'), '/login')
  })

  it('signs out for good', async t => {
    const server = await startTestServer(t)
    const browser = await signedIn(server, 'octocat')
    const session = browser.cookies.get('hookline_session')
    assert.equal(
      (await browser.submit(await browser.get('/welcome'), '/logout')).headers.get('location'),
      '/login',
    )
    const stolen = { cookie: `hookline_session=${session}` }
    assert.equal((await server.request('GET', '/user', { headers: stolen })).status, 401)
  })
})

describe('every page', () => {
  it('runs no script, loads nothing from elsewhere, and is kept nowhere', async t => {
    const server = await startTestServer(t)
    const { headers, text } = await server.request('GET', '/login')
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /^default-src 'none'; style-src 'sha256-[^']+'; img-src 'self'; form-action 'self'/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('referrer-policy'), 'same-origin')
    assert.equal(headers.get('access-control-allow-origin'), null)
    assert.doesNotMatch(text, /<script|style=/)
  })

  it('speaks French to who prefers it', async t => {
    const server = await startTestServer(t)
    const answer = await new Browser(server, { 'accept-language': 'fr-CH, en;q=0.8' }).get('/login')
    assert.match(answer.text, /<html lang="fr">/)
    assert.match(answer.text, /Se connecter/)
    assert.equal(languageOf('en-GB,fr;q=0.9'), 'en')
    assert.equal(languageOf('de, fr;q=0.5, en;q=0.4'), 'fr')
    assert.equal(languageOf('fr;q=0'), 'en')
    assert.equal(languageOf(undefined), 'en')
  })

  it('refuses a form that is too large, or no form', async t => {
    const server = await startTestServer(t)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    assert.equal((await server.request('POST', '/login', { headers, body: 'a'.repeat(20_000) })).status, 413)
    assert.equal((await server.request('POST', '/login', { body: '{}' })).status, 400)
  })

  it('tells in HTML what went wrong at its address', async t => {
    const server = await startTestServer(t)
    const json = { 'content-type': 'application/json' }
    const cases: [
      method: string,
      path: string,
      status: number,
      says: RegExp,
      headers?: Record<string, string>,
    ][] = [
      ['POST', '/login', 400, /This form has expired/, json],
      ['POST', '/logout', 400, /This form has expired/, json],
      ['GET', '/login/%ff', 404, /There is nothing here/],
      ['GET', '/welcome/', 404, /There is nothing here/],
      ['GET', '/welcome/nothing?a=b', 404, /There is nothing here/],
      ['PUT', '/login', 404, /There is nothing here/],
    ]
    for (const [method, path, status, says, headers] of cases) {
      const body = headers && '{}'
      const answer = await server.request(method, path, { ...(headers && { headers, body }) })
      assert.equal(answer.status, status, path)
      assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8', path)
      assert.match(
        answer.headers.get('content-security-policy') ?? '',
        /^default-src 'none'; style-src/,
        path,
      )
      assert.match(answer.text, says, path)
    }
    assert.equal(
      (await server.request('GET', '/loginx')).headers.get('content-type'),
      'application/json; charset=utf-8',
    )
  })

  it('has one first heading', async t => {
    const server = await startTestServer(t)
    const { id } = await server.addUser('octocat')
    const browser = await signedInAs(server, id)
    const stranger = new Browser(server)
    const pages = [
      browser.get('/welcome'),
      stranger.get('/login'),
      stranger.get('/login/x'),
      stranger.get('/welcome/x'),
    ]
    for (const page of await Promise.all(pages)) assert.equal(page.text.split('<h1>').length, 2, page.text)
  })
})

describe('html', () => {
  it('escapes whatever is not html already', () => {
    const text = `<i a="b" c='d'>&`
    assert.equal(html`${text}`.text, '&lt;i a=&quot;b&quot; c=&#39;d&#39;&gt;&amp;')
    assert.equal(
      html`<p>${html`<i>${'<'}</i>`}${[html`1`, html`2`]}${null}${false}${3}</p>`.text,
      '<p><i>&lt;</i>123</p>',
    )
  })
})
