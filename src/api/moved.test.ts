// A repository that was renamed: where its former names lead, for whom, and until when.
import assert from 'node:assert/strict'
import { suite, type TestContext, test } from 'node:test'
import { Octokit } from '@octokit/rest'
import { addRepository } from './test-hooks.ts'
import { startTestServer } from './test-server.ts'

suite('a repository that was renamed', () => {
  test('sends whoever asks by its former name on to its id', async t => {
    const { server, token, repository } = await renamed(t)
    const { status, headers, json } = await server.request('GET', '/repos/octocat/before', { token })
    assert.equal(status, 301)
    const url = `${server.url}/repositories/${repository.id}`
    assert.equal(headers.get('location'), url)
    assert.deepEqual(json, {
      message: 'Moved Permanently',
      url,
      documentation_url:
        'https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects',
    })
  })

  test('keeps the path below it, the query, and the prefix by which the client came', async t => {
    const { server, token, repository } = await renamed(t)
    const path = '/api/v3/repos/OctoCat/Before/issues?state=all&per_page=1'
    const { headers } = await server.request('GET', path, { token })
    assert.equal(
      headers.get('location'),
      `${server.url}/api/v3/repositories/${repository.id}/issues?state=all&per_page=1`,
    )
  })

  test('asks for a change to be sent again as it was, and makes none', async t => {
    const { server, token } = await renamed(t)
    const body = { title: 'It leaks' }
    const { status } = await server.request('POST', '/repos/octocat/before/issues', { token, body })
    assert.equal(status, 307)
    assert.deepEqual((await server.request('GET', '/repos/octocat/after/issues', { token })).json, [])
  })

  test('is read, changed and given hooks by a client that follows', async t => {
    const { server, token } = await renamed(t)
    const { issues, repos } = new Octokit({ auth: token, baseUrl: `${server.url}/api/v3` })
    const place = { owner: 'octocat', repo: 'before' }
    assert.equal((await repos.get(place)).data.name, 'after')
    const opened = await issues.create({ ...place, title: 'It leaks' })
    assert.equal(opened.status, 201)
    await issues.update({ ...place, issue_number: opened.data.number, state: 'closed' })
    assert.equal((await issues.get({ ...place, issue_number: 1 })).data.state, 'closed')
    const hook = await repos.createWebhook({ ...place, config: { url: 'http://receiver.localhost:9/' } })
    assert.equal(hook.data.url, `${server.url}/api/v3/repos/octocat/after/hooks/${hook.data.id}`)
    assert.equal((await repos.deleteWebhook({ ...place, hook_id: hook.data.id })).status, 204)
    assert.equal((await repos.update({ ...place, description: 'Moved' })).data.description, 'Moved')
  })

  test('is told only to those who may see it', async t => {
    const { server, token } = await renamed(t, true)
    const stranger = await server.addToken(await server.addUser('stranger'))
    const ask = async (asked?: string) =>
      (await server.request('GET', '/repos/octocat/before', asked === undefined ? {} : { token: asked }))
        .status
    assert.deepEqual([await ask(token), await ask(stranger), await ask()], [301, 404, 404])
  })

  test('is found by each name that it had, and by none that another took', async t => {
    const { server, token, owner } = await renamed(t)
    const rename = (from: string, name: string) =>
      server.request('PATCH', `/repos/octocat/${from}`, { token, body: { name } })
    const statusOf = async (name: string) =>
      (await server.request('GET', `/repos/octocat/${name}`, { token })).status
    await rename('after', 'later')
    assert.deepEqual(await Promise.all(['before', 'after', 'later'].map(statusOf)), [301, 301, 200])
    await addRepository(server, owner, 'Before')
    assert.deepEqual(await Promise.all(['before', 'after', 'later'].map(statusOf)), [200, 301, 200])
    await server.request('DELETE', '/repos/octocat/before', { token })
    assert.equal(await statusOf('before'), 404)
    await rename('later', 'after')
    assert.deepEqual(await Promise.all(['after', 'later'].map(statusOf)), [200, 301])
  })

  test('takes its former names with it when it is deleted', async t => {
    const { server, token } = await renamed(t)
    assert.equal((await server.request('DELETE', '/repos/octocat/after', { token })).status, 204)
    assert.equal((await server.request('GET', '/repos/octocat/before', { token })).status, 404)
  })
})

suite('a repository', () => {
  test('is at its id, too, with all that lies below it', async t => {
    const { server, token, repository } = await renamed(t)
    const byName = '/repos/octocat/after'
    for (const path of ['', '/issues', '/hooks', '/labels', '/stargazers']) {
      const named = await server.request('GET', byName + path, { token })
      const numbered = await server.request('GET', `/repositories/${repository.id}${path}`, { token })
      assert.deepEqual([numbered.status, numbered.text], [200, named.text], path)
    }
  })

  test('is at no id that is none', async t => {
    const { server, token } = await renamed(t)
    for (const id of ['0', '1e0', '01', '999', '-1', '99999999999999999']) {
      assert.equal((await server.request('GET', `/repositories/${id}`, { token })).status, 404, id)
    }
  })
})

/** `octocat/before`, called `octocat/after` by now. */
async function renamed(t: TestContext, isPrivate = false) {
  const server = await startTestServer(t)
  const owner = await server.addUser('octocat')
  const token = await server.addToken(owner)
  const repository = await addRepository(server, owner, 'before', isPrivate)
  const body = { name: 'after' }
  assert.equal((await server.request('PATCH', '/repos/octocat/before', { token, body })).status, 200)
  return { server, owner, token, repository }
}
