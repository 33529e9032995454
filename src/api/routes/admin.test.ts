import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSession } from '../../store/sessions.ts'
import { addRepository, URL_OK } from '../test-hooks.ts'
import { startTestServer } from '../test-server.ts'

describe('a site administrator', () => {
  it('makes users, organizations and tokens', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('admin', { siteAdmin: true }))
    const user = await server.request('POST', '/admin/users', {
      token,
      body: { login: 'mona', email: 'm@a.example' },
    })
    assert.equal(user.status, 201)
    assert.equal(user.json.login, 'mona')
    assert.equal(user.json.site_admin, false)

    const made = await server.request('POST', '/admin/users/Mona/authorizations', {
      token,
      body: { scopes: ['repo'], note: 'CI' },
    })
    assert.equal(made.status, 201)
    assert.match(made.json.token, /^hkl_[0-9A-Za-z]{40}$/)
    assert.equal(made.json.token_last_eight, made.json.token.slice(-8))
    assert.deepEqual(made.json.scopes, ['repo'])
    const self = await server.request('GET', '/user', { token: made.json.token })
    assert.equal(self.json.login, 'mona')
    assert.equal(self.json.email, null)

    const organization = await server.request('POST', '/admin/organizations', {
      token,
      body: { login: 'acme', admin: 'mona', profile_name: 'Acme Inc.' },
    })
    assert.equal(organization.status, 201)
    assert.equal(organization.json.login, 'acme')
    assert.equal((await server.request('GET', '/orgs/ACME')).json.name, 'Acme Inc.')
    const orgs = await server.request('GET', '/user/orgs', { token: made.json.token })
    assert.deepEqual(
      orgs.json.map(({ login }: { login: string }) => login),
      ['acme'],
    )
  })

  it('cannot give a login that is taken, reserved, or none', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('admin', { siteAdmin: true }))
    const post = (body: unknown) => server.request('POST', '/admin/users', { token, body })
    assert.deepEqual((await post({ login: 'ADMIN' })).json.errors, [
      { resource: 'User', code: 'already_exists', field: 'login' },
    ])
    for (const login of ['', '-a', 'a--b', 'a b', 'a'.repeat(40), 'login', 'API']) {
      assert.equal((await post({ login })).status, 422, login)
    }
    const orphan = { login: 'acme', admin: 'nobody' }
    const answer = await server.request('POST', '/admin/organizations', { token, body: orphan })
    assert.equal(answer.status, 422)
    const path = '/admin/users/admin/authorizations'
    assert.equal((await server.request('POST', path, { token, body: { scopes: ['all'] } })).status, 422)
    assert.equal((await server.request('POST', '/admin/users/nobody/authorizations', { token })).status, 404)
  })

  it('tells the whole site of who comes', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('admin', { siteAdmin: true }))
    await server.request('POST', '/admin/users', { token, body: { login: 'mona' } })
    await server.request('POST', '/admin/organizations', { token, body: { login: 'acme', admin: 'mona' } })
    assert.deepEqual(
      (await server.events()).map(({ name, action, repositoryId, organizationId, payload }) => [
        name,
        action,
        repositoryId,
        organizationId,
        payload.user?.login ?? payload.organization.login,
        payload.sender.login,
      ]),
      [
        ['user', 'created', null, null, 'mona', 'admin'],
        ['organization', 'created', null, null, 'acme', 'admin'],
      ],
    )
  })

  it('renames users and organizations, whose ids lead to them', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('admin', { siteAdmin: true }))
    const mona = await server.addUser('mona')
    const acme = await server.addOrganization('acme', mona)
    const user = await server.request('PATCH', '/admin/users/mona', { token, body: { login: 'lisa' } })
    assert.equal(user.status, 202)
    assert.deepEqual(Object.keys(user.json), ['message', 'url'])
    assert.equal(user.json.url, `${server.url}/user/${mona.id}`)
    assert.equal((await server.request('GET', `/user/${mona.id}`)).json.login, 'lisa')
    assert.equal((await server.request('GET', '/users/mona')).status, 404)

    const path = '/admin/organizations/acme'
    const organization = await server.request('PATCH', path, { token, body: { login: 'Acme2' } })
    assert.equal(organization.status, 202)
    assert.equal(organization.json.url, `${server.url}/organizations/${acme.id}`)
    assert.equal((await server.request('GET', `/organizations/${acme.id}`)).json.login, 'Acme2')
    const [renamed, ...more] = await server.events()
    assert.deepEqual(more, [])
    assert.deepEqual(
      [renamed?.name, renamed?.action, renamed?.organizationId, renamed?.payload.changes],
      ['organization', 'renamed', acme.id, { login: { from: 'acme' } }],
    )
    for (const [place, login, status] of [
      ['/admin/users/lisa', 'ACME2', 422],
      ['/admin/users/lisa', 'a b', 422],
      ['/admin/users/lisa', 'ghost', 422],
      ['/admin/users/Acme2', 'other', 404],
      ['/admin/users/nobody', 'other', 404],
      ['/admin/organizations/Acme2', 'lisa', 422],
      ['/admin/organizations/lisa', 'other', 404],
    ] as const) {
      const answer = await server.request('PATCH', place, { token, body: { login } })
      assert.equal(answer.status, status, `${place} ${login}`)
    }
    assert.equal((await server.request('GET', `/user/${mona.id}`)).json.login, 'lisa')
    assert.equal((await server.request('GET', '/user/9999')).status, 404)
    assert.equal((await server.request('GET', `/organizations/${mona.id}`)).status, 404)
  })

  it('deletes a user, whose words elsewhere stay by the ghost', async t => {
    const server = await startTestServer(t)
    const admin = await server.addUser('admin', { siteAdmin: true })
    const token = await server.addToken(admin)
    const mona = await server.addUser('mona')
    const theirs = await server.addToken(mona)
    const hello = await addRepository(server, admin, 'hello')
    await addRepository(server, mona, 'own')
    const issues = '/repos/admin/hello/issues'
    await server.request('PUT', '/repos/admin/hello/collaborators/mona', { token })
    await server.request('PUT', '/user/starred/admin/hello', { token: theirs })
    await server.request('POST', '/repos/admin/hello/milestones', { token: theirs, body: { title: 'v1' } })
    const body = { title: 'a', assignees: ['mona'], milestone: 1 }
    await server.request('POST', issues, { token: theirs, body })
    await server.request('POST', `${issues}/1/comments`, { token: theirs, body: { body: 'b' } })
    await server.request('PATCH', `${issues}/1`, { token: theirs, body: { state: 'closed' } })
    const hook = { name: 'web', config: { url: URL_OK } }
    await server.request('POST', '/repos/mona/own/hooks', { token: theirs, body: hook })

    assert.equal((await server.request('DELETE', '/admin/users/mona', { token })).status, 204)
    assert.equal((await server.request('GET', '/users/mona')).status, 404)
    assert.equal((await server.request('GET', '/user', { token: theirs })).status, 401)
    assert.equal((await server.request('GET', '/repos/mona/own', { token })).status, 404)
    const issue = (await server.request('GET', `${issues}/1`)).json
    assert.deepEqual(
      [issue.user.login, issue.closed_by.login, issue.milestone.creator.login, issue.assignees],
      ['ghost', 'ghost', 'ghost', []],
    )
    const [comment] = (await server.request('GET', `${issues}/1/comments`)).json
    assert.equal(comment.user.login, 'ghost')
    const seen = (await server.request('GET', '/repos/admin/hello')).json
    assert.deepEqual([seen.id, seen.stargazers_count], [hello.id, 0])
    const hooks = server.store.read.selectFrom('hooks').select('id').where('deleted_at', 'is', null)
    assert.deepEqual(await hooks.execute(), [])
    const { name, action, payload } = (await server.events()).at(-1) ?? {}
    assert.deepEqual([name, action, payload.user.login], ['user', 'deleted', 'mona'])
    assert.equal((await server.request('DELETE', '/admin/users/ghost', { token })).status, 403)
  })

  it('deletes neither themselves nor the last owner of an organization', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('admin', { siteAdmin: true }))
    const mona = await server.addUser('mona')
    await server.addOrganization('acme', mona)
    for (const [username, status, message] of [
      ['admin', 403, /own account/],
      ['mona', 403, /acme/],
      ['acme', 404, /Not Found/],
      ['nobody', 404, /Not Found/],
    ] as const) {
      const answer = await server.request('DELETE', `/admin/users/${username}`, { token })
      assert.equal(answer.status, status, username)
      assert.match(answer.json.message, message)
    }
    assert.equal((await server.request('GET', '/users/mona')).status, 200)
    assert.deepEqual(await server.events(), [])
  })

  it('promotes and demotes others', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('admin', { siteAdmin: true }))
    const theirs = await server.addToken(await server.addUser('mona'))
    const standing = '/users/mona/site_admin'
    const tokens = async () => (await server.request('GET', '/admin/tokens', { token: theirs })).status
    assert.equal((await server.request('PUT', standing, { token: theirs })).status, 404)
    assert.equal(await tokens(), 404)
    assert.equal((await server.request('PUT', standing, { token })).status, 204)
    assert.equal(await tokens(), 200)
    assert.equal((await server.request('DELETE', standing, { token })).status, 204)
    assert.equal(await tokens(), 404)
    assert.equal((await server.request('DELETE', '/users/admin/site_admin', { token })).status, 403)
    assert.equal((await server.request('PUT', '/users/nobody/site_admin', { token })).status, 404)
    assert.equal(await tokens(), 404)
  })

  it('suspends others, whose tokens and sessions then open nothing', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('admin', { siteAdmin: true }))
    const mona = await server.addUser('mona')
    const theirs = await server.addToken(mona)
    const session = await server.store.write(tx => createSession(tx, mona.id, Date.now()))
    const cookie = { cookie: `hookline_session=${session}` }
    const standing = '/users/mona/suspended'
    assert.equal((await server.request('GET', '/user', { headers: cookie })).status, 200)
    for (const body of [undefined, { reason: 'Left' }]) {
      assert.equal((await server.request('PUT', standing, { token, body })).status, 204)
    }
    for (const path of ['/user', '/zen', '/users/mona']) {
      for (const asked of [{ token: theirs }, { headers: cookie }]) {
        const answer = await server.request('GET', path, asked)
        const expected = [403, 'Sorry. Your account was suspended']
        assert.deepEqual([answer.status, answer.json.message], expected, path)
      }
    }
    assert.equal((await server.request('GET', '/users/mona')).status, 200)
    // A page asks them to sign in, perhaps as somebody else.
    assert.equal((await server.request('GET', '/welcome', { headers: cookie })).status, 303)
    assert.equal((await server.request('DELETE', standing, { token })).status, 204)
    assert.equal((await server.request('GET', '/user', { token: theirs })).status, 200)
    assert.equal((await server.request('PUT', '/users/admin/suspended', { token })).status, 403)
    assert.equal((await server.request('PUT', standing, { token: theirs })).status, 404)

    const made = { login: 'late', suspended: true }
    await server.request('POST', '/admin/users', { token, body: made })
    const late = await server.request('POST', '/admin/users/late/authorizations', { token })
    assert.equal((await server.request('GET', '/user', { token: late.json.token })).status, 403)
  })

  it('is the only one: to everybody else there is nothing here', async t => {
    const server = await startTestServer(t)
    const admin = await server.addUser('admin', { siteAdmin: true })
    const offDuty = await server.addToken(admin, ['repo', 'user'])
    // The scope alone makes nobody an administrator.
    const pretender = await server.addToken(await server.addUser('mona'))
    for (const path of ['/admin/users', '/admin/organizations', '/admin/users/admin/authorizations']) {
      const body = { login: 'x', admin: 'mona' }
      assert.equal((await server.request('POST', path, { body })).status, 401, path)
      assert.equal((await server.request('POST', path, { body, token: offDuty })).status, 404, path)
      assert.equal((await server.request('POST', path, { body, token: pretender })).status, 404, path)
    }
  })
})

describe('memberships of an organization', () => {
  it('are given and taken by its owners', async t => {
    const server = await startTestServer(t)
    const owner = await server.addUser('owner')
    await server.addOrganization('acme', owner)
    const mona = await server.addUser('mona')
    const token = await server.addToken(owner)
    const path = '/orgs/acme/memberships/mona'

    assert.equal((await server.request('PUT', path, { body: {} })).status, 401)
    assert.equal(
      (await server.request('PUT', path, { token: await server.addToken(mona), body: {} })).status,
      403,
    )
    const added = await server.request('PUT', path, { token })
    assert.equal(added.status, 200)
    assert.equal(added.json.role, 'member')
    assert.equal(added.json.state, 'active')
    assert.equal((await server.request('PUT', path, { token, body: { role: 'admin' } })).json.role, 'admin')
    assert.equal((await server.request('PUT', path, { token, body: { role: 'king' } })).status, 422)
    assert.equal((await server.request('GET', path, { token })).json.user.login, 'mona')
    assert.equal((await server.request('DELETE', path, { token })).status, 204)
    assert.equal((await server.request('DELETE', path, { token })).status, 404)
    assert.equal((await server.request('GET', path, { token })).status, 404)
    assert.equal((await server.request('PUT', '/orgs/acme/memberships/nobody', { token })).status, 404)
  })

  it('leave an organization at least one owner', async t => {
    const server = await startTestServer(t)
    const owner = await server.addUser('owner')
    await server.addOrganization('acme', owner)
    const token = await server.addToken(owner)
    const path = '/orgs/acme/memberships/owner'
    assert.equal((await server.request('DELETE', path, { token })).status, 403)
    assert.equal((await server.request('PUT', path, { token, body: { role: 'member' } })).status, 403)
    assert.equal((await server.request('GET', path, { token })).json.role, 'admin')
  })
})
