import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { addRepository } from '../test-hooks.ts'
import { startTestServer, type TestServer } from '../test-server.ts'

const HELLO = '/repos/octocat/hello'
const PEOPLE = `${HELLO}/collaborators`

async function withRepository(t: TestContext) {
  const server = await startTestServer(t)
  const octocat = await server.addUser('octocat')
  const mona = await server.addUser('mona')
  await addRepository(server, octocat, 'hello', true)
  const owner = await server.addToken(octocat)
  const token = await server.addToken(mona)
  const ask = (method: string, path: string, body?: unknown) =>
    server.request(method, path, { token: owner, ...(body !== undefined && { body }) })
  return { server, octocat, mona, owner, token, ask }
}

async function told(server: TestServer) {
  const events = await server.events()
  return events.map(({ name, action, payload }) => [name, action, payload.member?.login, payload.changes])
}

describe('a collaborator', () => {
  it('is in at once, may do more or less later, and is removed, each told once', async t => {
    const { server, ask } = await withRepository(t)
    for (const body of [undefined, {}, { permission: 'maintain' }, { permission: 'read' }]) {
      const answer = await ask('PUT', `${PEOPLE}/Mona`, body)
      assert.deepEqual([answer.status, answer.text], [204, ''])
    }
    assert.equal((await ask('GET', `${PEOPLE}/mona`)).status, 204)
    for (let times = 0; times < 2; times++) assert.equal((await ask('DELETE', `${PEOPLE}/mona`)).status, 204)
    assert.equal((await ask('GET', `${PEOPLE}/mona`)).status, 404)
    const write = { permission: { to: 'write' }, role_name: { to: 'write' } }
    const toRead = { old_permission: { from: 'write' }, permission: { from: 'maintain', to: 'read' } }
    assert.deepEqual(await told(server), [
      ['member', 'added', 'mona', write],
      [
        'member',
        'edited',
        'mona',
        { old_permission: { from: 'write' }, permission: { from: 'write', to: 'maintain' } },
      ],
      ['member', 'edited', 'mona', toRead],
      ['member', 'removed', 'mona', undefined],
    ])
  })

  it('may do what the permission brings, and nothing without it', async t => {
    const { server, token, ask } = await withRepository(t)
    await ask('POST', `${HELLO}/issues`, { title: 'theirs' })
    const statuses = async () => {
      const asked = [
        ['GET', HELLO],
        ['POST', `${HELLO}/issues/1/labels`, { labels: ['bug'] }],
        ['PATCH', `${HELLO}/issues/1`, { title: 'mine' }],
        ['POST', `${HELLO}/labels`, { name: String(Math.random()) }],
        ['GET', PEOPLE],
        ['PATCH', HELLO, { description: 'x' }],
        ['GET', `${HELLO}/hooks`],
      ] as const
      const answers = []
      for (const [method, path, body] of asked) {
        answers.push((await server.request(method, path, { token, ...(body && { body }) })).status)
      }
      return answers
    }
    assert.deepEqual(await statuses(), [404, 404, 404, 404, 404, 404, 404])
    for (const [permission, expected] of [
      ['pull', [200, 403, 403, 403, 403, 403, 404]],
      ['triage', [200, 200, 200, 403, 403, 403, 404]],
      ['push', [200, 200, 200, 201, 200, 403, 404]],
      ['maintain', [200, 200, 200, 201, 200, 403, 404]],
      ['admin', [200, 200, 200, 201, 200, 200, 200]],
    ] as const) {
      await ask('PUT', `${PEOPLE}/mona`, { permission })
      assert.deepEqual(await statuses(), expected, permission)
    }
    const { permissions } = (await server.request('GET', HELLO, { token })).json
    assert.equal(permissions.admin, true)
    await ask('DELETE', `${PEOPLE}/mona`)
    assert.deepEqual(await statuses(), [404, 404, 404, 404, 404, 404, 404])
  })

  it('is refused as the owner, as nobody and with no such permission, by the owner alone', async t => {
    const { server, token, ask } = await withRepository(t)
    await server.addOrganization('acme', await server.addUser('boss'))
    for (const [username, body, status] of [
      ['octocat', {}, 422],
      ['nobody', {}, 404],
      ['acme', {}, 404],
      ['mona', { permission: 'king' }, 422],
      ['mona', { permission: 'constructor' }, 422],
      ['mona', { permission: 7 }, 422],
    ] as const) {
      assert.equal((await ask('PUT', `${PEOPLE}/${username}`, body)).status, status, username)
    }
    assert.equal((await ask('DELETE', `${PEOPLE}/nobody`)).status, 404)
    assert.equal((await server.request('PUT', `${PEOPLE}/mona`)).status, 401)
    assert.equal((await server.request('PUT', `${PEOPLE}/mona`, { token })).status, 404)
    assert.deepEqual(await told(server), [])
    assert.equal((await ask('GET', PEOPLE)).json.length, 1)
  })

  it('may leave, and remove nobody else', async t => {
    const { server, token, ask } = await withRepository(t)
    await server.addUser('hubot')
    await ask('PUT', `${PEOPLE}/mona`)
    await ask('PUT', `${PEOPLE}/hubot`)
    assert.equal((await server.request('DELETE', `${PEOPLE}/hubot`, { token })).status, 403)
    assert.equal((await server.request('DELETE', `${PEOPLE}/MONA`, { token })).status, 204)
    assert.equal((await server.request('DELETE', `${PEOPLE}/mona`, { token })).status, 404)
    assert.deepEqual((await told(server)).at(-1), ['member', 'removed', 'mona', undefined])
  })

  it('is told of with their permission, in the words of three times', async t => {
    const { ask } = await withRepository(t)
    const { status, json } = await ask('GET', `${PEOPLE}/mona/permission`)
    assert.deepEqual(
      [status, json.permission, json.role_name, json.user.permissions.pull],
      [200, 'none', 'none', false],
    )
    for (const [given, permission, role] of [
      ['pull', 'read', 'read'],
      ['triage', 'read', 'triage'],
      ['push', 'write', 'write'],
      ['maintain', 'write', 'maintain'],
      ['admin', 'admin', 'admin'],
    ] as const) {
      await ask('PUT', `${PEOPLE}/mona`, { permission: given })
      const answer = (await ask('GET', `${PEOPLE}/mona/permission`)).json
      assert.deepEqual([answer.permission, answer.role_name], [permission, role])
      assert.deepEqual([answer.user.login, answer.user.permissions[given]], ['mona', true])
    }
    assert.equal((await ask('GET', `${PEOPLE}/octocat/permission`)).json.permission, 'admin')
    assert.equal((await ask('GET', `${PEOPLE}/nobody/permission`)).status, 404)
  })

  it('sees the repository in lists and among stars, and can be assigned', async t => {
    const { server, token, mona, ask } = await withRepository(t)
    const names = async (path: string, as = token) =>
      (await server.request('GET', path, { token: as })).json.map(({ name }: { name: string }) => name)
    assert.deepEqual(await names('/user/repos'), [])
    await ask('PUT', `${PEOPLE}/mona`)
    await server.request('PUT', '/user/starred/octocat/hello', { token })
    for (const [path, expected] of [
      ['/user/repos', ['hello']],
      ['/user/repos?affiliation=collaborator', ['hello']],
      ['/user/repos?affiliation=collaborator&visibility=private', ['hello']],
      ['/user/repos?affiliation=collaborator&visibility=public', []],
      ['/user/repos?affiliation=owner,organization_member', []],
      ['/users/octocat/repos', ['hello']],
      ['/user/starred', ['hello']],
    ] as const) {
      assert.deepEqual(await names(path), expected, path)
    }
    const narrow = await server.addToken(mona, ['public_repo'])
    for (const path of ['/user/repos', '/users/octocat/repos', '/user/starred']) {
      assert.deepEqual(await names(path, narrow), [], path)
    }
    const issue = await server.request('POST', `${HELLO}/issues`, {
      token,
      body: { title: 'a', assignees: ['mona'] },
    })
    assert.deepEqual([issue.status, issue.json.author_association], [201, 'COLLABORATOR'])
    assert.equal(issue.json.assignee.login, 'mona')
    await ask('DELETE', `${PEOPLE}/mona`)
    assert.deepEqual(await names('/user/starred'), [])
  })

  it('of an organization is listed by how they belong and what they may', async t => {
    const { server, octocat, mona } = await withRepository(t)
    const acme = await server.addOrganization('acme', octocat)
    const hubot = await server.addUser('hubot')
    await server.addMember(acme, hubot)
    await addRepository(server, acme, 'wile')
    const owner = await server.addToken(octocat)
    const ask = (method: string, path: string, body?: unknown) =>
      server.request(method, `/repos/acme/wile/collaborators${path}`, {
        token: owner,
        ...(body !== undefined && { body }),
      })
    await ask('PUT', '/mona', { permission: 'triage' })
    await ask('PUT', '/hubot', { permission: 'pull' })
    const rows = async (query: string) =>
      (await ask('GET', query)).json.map((one: Record<string, string>) => `${one.login} ${one.role_name}`)
    for (const [query, expected] of [
      ['', ['octocat admin', 'mona triage', 'hubot write']],
      ['?affiliation=direct', ['mona triage', 'hubot read']],
      ['?affiliation=outside', ['mona triage']],
      ['?permission=push', ['hubot write']],
      ['?permission=pull', []],
      ['?affiliation=direct&permission=pull', ['hubot read']],
      ['?per_page=1&page=2', ['mona triage']],
    ] as const) {
      assert.deepEqual(await rows(query), expected, query)
    }
    assert.equal((await ask('GET', '?permission=write')).status, 422)
    assert.match((await ask('GET', '?per_page=1')).headers.get('link') ?? '', /page=3>; rel="last"/)
    // The higher of what was given and what membership brings.
    const wile = (await server.request('GET', '/repos/acme/wile', { token: await server.addToken(hubot) }))
      .json
    assert.deepEqual([wile.permissions.push, wile.permissions.admin], [true, false])
    const stranger = await server.addToken(mona)
    const { status, json } = await server.request('GET', '/repos/acme/wile/collaborators', {
      token: stranger,
    })
    assert.deepEqual([status, json.message], [403, 'Must have push access to view repository collaborators.'])
  })
})
