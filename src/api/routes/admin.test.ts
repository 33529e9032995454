import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
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
