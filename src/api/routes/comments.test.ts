import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { startTestServer } from '../test-server.ts'

const COMMENTS = '/repos/octocat/hello/issues/1/comments'

async function withIssue(t: TestContext) {
  const server = await startTestServer(t)
  const token = await server.addToken(await server.addUser('octocat'))
  await server.request('POST', '/user/repos', { token, body: { name: 'hello' } })
  await server.request('POST', '/repos/octocat/hello/issues', { token, body: { title: 'a' } })
  const strangerToken = await server.addToken(await server.addUser('stranger'))
  return { server, token, strangerToken }
}

describe('comments', () => {
  it('are written by anybody, counted, and told of', async t => {
    const { server, token: owner, strangerToken: token } = await withIssue(t)
    const answer = await server.request('POST', COMMENTS, { token, body: { body: 'Me too.' } })
    assert.equal(answer.status, 201)
    assert.equal(answer.headers.get('location'), answer.json.url)
    assert.equal(answer.json.url, `${server.url}/repos/octocat/hello/issues/comments/${answer.json.id}`)
    assert.equal(answer.json.author_association, 'NONE')
    assert.equal((await server.request('GET', '/repos/octocat/hello/issues/1')).json.comments, 1)

    const created = (await server.events()).at(-1)
    assert.equal(created?.name, 'issue_comment')
    assert.equal(created?.action, 'created')
    assert.equal(created?.payload.issue.comments, 1)
    assert.equal(created?.payload.comment.body, 'Me too.')

    const path = new URL(answer.json.url).pathname
    const edited = await server.request('PATCH', path, { token, body: { body: 'Me, too.' } })
    assert.equal(edited.json.body, 'Me, too.')
    const event = (await server.events()).at(-1)
    assert.equal(event?.action, 'edited')
    assert.deepEqual(event?.payload.changes, { body: { from: 'Me too.' } })

    const count = (await server.events()).length
    await server.request('PATCH', path, { token, body: { body: 'Me, too.' } })
    assert.equal((await server.events()).length, count)

    assert.equal((await server.request('DELETE', path, { token: owner })).status, 204)
    assert.equal((await server.request('GET', path)).status, 404)
    assert.equal((await server.request('DELETE', path, { token: owner })).status, 404)
    const deleted = (await server.events()).at(-1)
    assert.equal(deleted?.action, 'deleted')
    assert.equal(deleted?.payload.issue.comments, 0)
    assert.equal(deleted?.payload.comment.body, 'Me, too.')
  })

  it('are changed by their author and by who may push, and by nobody else', async t => {
    const { server, token, strangerToken } = await withIssue(t)
    const { json } = await server.request('POST', COMMENTS, { token, body: { body: 'Mine.' } })
    const path = new URL(json.url).pathname
    for (const method of ['PATCH', 'DELETE']) {
      const body = method === 'PATCH' ? { body: 'Yours.' } : undefined
      assert.equal((await server.request(method, path, { token: strangerToken, body })).status, 403)
      assert.equal((await server.request(method, path, { body })).status, 401)
    }
    assert.equal((await server.request('GET', path)).json.body, 'Mine.')
  })

  it('are refused without a text, or with too much of it', async t => {
    const { server, token } = await withIssue(t)
    const post = (body: unknown, path = COMMENTS) => server.request('POST', path, { token, body })
    assert.equal((await post({})).json.message, 'Invalid request.\n\n"body" wasn\'t supplied.')
    assert.equal((await post({ body: ' \n' })).json.errors[0].code, 'missing_field')
    assert.equal(
      (await post({ body: 'a'.repeat(65_537) })).json.errors[0].message,
      'body is too long (maximum is 65536 characters)',
    )
    assert.equal((await post({ body: 'a' }, '/repos/octocat/hello/issues/2/comments')).status, 404)
    assert.equal((await post({ body: 'a\u0000b' })).json.body, 'ab')
  })

  it('are listed from the oldest, in pages, and since a time', async t => {
    const { server, token } = await withIssue(t)
    for (const body of ['one', 'two', 'three'])
      await server.request('POST', COMMENTS, { token, body: { body } })
    const bodies = async (query: string) =>
      (await server.request('GET', COMMENTS + query)).json.map(({ body }: { body: string }) => body)
    assert.deepEqual(await bodies(''), ['one', 'two', 'three'])
    assert.deepEqual(await bodies('?per_page=2&page=2'), ['three'])
    assert.deepEqual(await bodies('?since=2999-01-01T00:00:00Z'), [])
    assert.match(
      (await server.request('GET', `${COMMENTS}?per_page=1`)).headers.get('link') ?? '',
      /page=3>; rel="last"/,
    )
  })
})
