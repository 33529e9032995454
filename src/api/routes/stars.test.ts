import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { addRepository } from '../test-hooks.ts'
import { startTestServer, type TestServer } from '../test-server.ts'

const STAR = '/user/starred/octocat/hello'
const WITH_TIMES = { accept: 'application/vnd.github.star+json' }

async function withRepository(t: TestContext) {
  const server = await startTestServer(t)
  const octocat = await server.addUser('octocat')
  const mona = await server.addUser('mona')
  await addRepository(server, octocat, 'hello')
  return { server, octocat, mona, token: await server.addToken(mona, ['public_repo']) }
}

async function told(server: TestServer): Promise<string[]> {
  return (await server.events()).map(({ name, action }) => `${name} ${action}`)
}

describe('a star', () => {
  it('is told of twice when it is new, once when it is taken back, and else not at all', async t => {
    const { server, token } = await withRepository(t)
    assert.equal((await server.request('GET', STAR, { token })).status, 404)
    for (let times = 0; times < 2; times++) {
      const answer = await server.request('PUT', STAR, { token })
      assert.deepEqual([answer.status, answer.text], [204, ''])
    }
    assert.deepEqual(await told(server), ['star created', 'watch started'])
    const [star, watch] = await server.events()
    assert.equal(star?.payload.repository.stargazers_count, 1)
    assert.match(star?.payload.starred_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.equal(watch?.payload.sender.login, 'mona')
    assert.equal((await server.request('GET', STAR, { token })).status, 204)

    for (let times = 0; times < 2; times++) {
      assert.equal((await server.request('DELETE', STAR, { token })).status, 204)
    }
    assert.deepEqual(await told(server), ['star created', 'watch started', 'star deleted'])
    assert.equal((await server.events()).at(-1)?.payload.repository.stargazers_count, 0)
    assert.equal((await server.request('GET', STAR, { token })).status, 404)
  })

  it('is counted right when many give theirs at once', async t => {
    const { server } = await withRepository(t)
    const logins = Array.from({ length: 10 }, (_, index) => `user${index}`)
    const tokens = await Promise.all(
      logins.map(async login => server.addToken(await server.addUser(login), ['public_repo'])),
    )
    await Promise.all([...tokens, ...tokens].map(token => server.request('PUT', STAR, { token })))
    assert.equal((await server.request('GET', '/repos/octocat/hello')).json.stargazers_count, 10)
  })

  it('needs a token with the scope, and a repository that may be seen', async t => {
    const { server, octocat, mona, token } = await withRepository(t)
    await addRepository(server, octocat, 'secret', true)
    const narrow = await server.addToken(mona, ['user'])
    const owner = await server.addToken(octocat)
    const secret = '/user/starred/octocat/secret'
    for (const method of ['PUT', 'DELETE']) {
      assert.equal((await server.request(method, STAR)).status, 401)
      assert.equal((await server.request(method, STAR, { token: narrow })).status, 404)
      assert.equal((await server.request(method, secret, { token })).status, 404)
      assert.equal((await server.request(method, '/user/starred/octocat/nothing', { token })).status, 404)
    }
    assert.equal((await server.request('GET', STAR)).status, 401)
    assert.equal((await server.request('GET', secret, { token })).status, 404)
    assert.equal((await server.request('PUT', secret, { token: owner })).status, 204)
  })
})

describe('lists of stars', () => {
  it('show who starred a repository, with the times for who asks for them', async t => {
    const { server, octocat, token } = await withRepository(t)
    await server.request('PUT', STAR, { token })
    await server.request('PUT', STAR, { token: await server.addToken(octocat) })
    const path = '/repos/octocat/hello/stargazers'
    const plain = await server.request('GET', path)
    assert.deepEqual(
      plain.json.map(({ login }: { login: string }) => login),
      ['mona', 'octocat'],
    )
    const [first] = (await server.request('GET', `${path}?per_page=1`, { headers: WITH_TIMES })).json
    assert.deepEqual([Object.keys(first), first.user.login], [['starred_at', 'user'], 'mona'])
    const page = await server.request('GET', `${path}?per_page=1`)
    assert.match(page.headers.get('link') ?? '', /page=2>; rel="next"/)
  })

  it('show what a user starred, to each reader what that may see', async t => {
    const { server, octocat, token } = await withRepository(t)
    await addRepository(server, octocat, 'secret', true)
    const owner = await server.addToken(octocat)
    for (const name of ['hello', 'secret']) {
      await server.request('PUT', `/user/starred/octocat/${name}`, { token: owner })
    }
    const names = async (path: string, asker?: string) =>
      (await server.request('GET', path, { ...(asker && { token: asker }) })).json.map(
        (repository: { name: string }) => repository.name,
      )
    assert.deepEqual(await names('/user/starred?sort=updated&direction=asc', owner), ['hello', 'secret'])
    assert.deepEqual(await names('/users/octocat/starred', owner), ['secret', 'hello'])
    assert.deepEqual(await names('/users/octocat/starred', token), ['hello'])
    assert.deepEqual(await names('/users/octocat/starred'), ['hello'])
    assert.deepEqual(await names('/user/starred', await server.addToken(octocat, ['public_repo'])), ['hello'])
    assert.equal((await server.request('GET', '/user/starred')).status, 401)
    assert.equal((await server.request('GET', '/users/nobody/starred')).status, 404)
    assert.equal((await server.request('GET', '/users/octocat/starred?sort=odd')).status, 422)
    const timed = await server.request('GET', '/users/octocat/starred', { headers: WITH_TIMES })
    assert.deepEqual([Object.keys(timed.json[0]), timed.json[0].repo.name], [['starred_at', 'repo'], 'hello'])
  })
})
