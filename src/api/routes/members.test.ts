import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { addRepository } from '../test-hooks.ts'
import { startTestServer, type TestServer } from '../test-server.ts'

async function withOrganization(t: TestContext) {
  const server = await startTestServer(t)
  const boss = await server.addUser('boss')
  const mona = await server.addUser('mona')
  const acme = await server.addOrganization('acme', boss)
  await server.addMember(acme, mona)
  await server.addUser('stranger')
  const owner = await server.addToken(boss)
  const ask = (method: string, path: string, body?: unknown) =>
    server.request(method, path, { token: owner, ...(body !== undefined && { body }) })
  return { server, boss, mona, acme, owner, token: await server.addToken(mona), ask }
}

async function told(server: TestServer) {
  const events = await server.events()
  return events.map(({ name, action, payload }) => [name, action, payload.membership?.user.login])
}

function logins(json: readonly { login: string }[]): string[] {
  return json.map(({ login }) => login)
}

describe('members of an organization', () => {
  it('are listed by role for those who belong, and the public ones for others', async t => {
    const { server, boss, ask, token } = await withOrganization(t)
    const list = async (query: string, as?: string) =>
      logins((await server.request('GET', `/orgs/acme/members${query}`, as ? { token: as } : {})).json)
    assert.deepEqual(await list('', token), ['boss', 'mona'])
    assert.deepEqual(await list('?role=admin', token), ['boss'])
    assert.deepEqual(await list('?role=member', token), ['mona'])
    assert.deepEqual(await list('?per_page=1&page=2', token), ['mona'])
    assert.deepEqual(await list(''), [])
    assert.deepEqual(await list('', await server.addToken(boss, ['user'])), [])
    assert.equal((await server.request('PUT', '/orgs/acme/public_members/mona', { token })).status, 204)
    assert.deepEqual(await list(''), ['mona'])

    assert.deepEqual(logins((await ask('GET', '/orgs/acme/members?filter=2fa_disabled')).json), [
      'boss',
      'mona',
    ])
    assert.deepEqual((await ask('GET', '/orgs/acme/members?filter=2fa_insecure')).json, [])
    for (const path of ['?filter=2fa_disabled', '?role=king']) {
      assert.equal((await server.request('GET', `/orgs/acme/members${path}`, { token })).status, 422, path)
    }
    assert.equal((await server.request('GET', '/orgs/mona/members')).status, 404)
  })

  it('are looked up by those who belong; others are sent to the public ones', async t => {
    const { server, ask } = await withOrganization(t)
    assert.equal((await ask('GET', '/orgs/acme/members/mona')).status, 204)
    assert.equal((await ask('GET', '/orgs/acme/members/stranger')).status, 404)
    assert.equal((await ask('GET', '/orgs/acme/members/nobody')).status, 404)
    const sent = await server.request('GET', '/api/v3/orgs/acme/members/mona')
    assert.equal(sent.status, 302)
    assert.equal(sent.headers.get('location'), `${server.url}/api/v3/orgs/acme/public_members/mona`)
  })

  it('show themselves and hide again, and nobody does it for them', async t => {
    const { server, ask, token } = await withOrganization(t)
    const path = '/orgs/acme/public_members/mona'
    assert.equal((await server.request('GET', path)).status, 404)
    assert.equal((await ask('PUT', path)).status, 403)
    assert.equal((await server.request('PUT', path)).status, 401)
    const stranger = await server.addToken(await server.addUser('hubot'))
    assert.equal(
      (await server.request('PUT', '/orgs/acme/public_members/hubot', { token: stranger })).status,
      403,
    )
    assert.equal((await server.request('GET', path)).status, 404)
    assert.equal((await server.request('PUT', path, { token })).status, 204)
    assert.equal((await server.request('GET', path)).status, 204)
    assert.deepEqual(logins((await server.request('GET', '/orgs/acme/public_members')).json), ['mona'])
    assert.deepEqual(logins((await server.request('GET', '/users/mona/orgs')).json), ['acme'])
    assert.equal((await ask('DELETE', path)).status, 403)
    assert.equal((await server.request('DELETE', path, { token })).status, 204)
    assert.deepEqual((await server.request('GET', '/users/mona/orgs')).json, [])
    assert.deepEqual(logins((await server.request('GET', '/user/orgs', { token })).json), ['acme'])
    assert.equal((await server.request('GET', '/users/acme/orgs')).status, 404)
    assert.deepEqual(await told(server), [])
  })

  it('join and leave, told once each, and lose what they had in its repositories', async t => {
    const { server, acme, ask } = await withOrganization(t)
    await addRepository(server, acme, 'wile', true)
    const path = '/orgs/acme/memberships/stranger'
    for (const role of [undefined, 'admin', 'member']) {
      assert.equal((await ask('PUT', path, role && { role })).json.role, role ?? 'member')
    }
    await ask('PUT', '/repos/acme/wile/collaborators/stranger', { permission: 'admin' })
    assert.equal((await ask('GET', '/repos/acme/wile/collaborators/stranger')).status, 204)
    assert.equal((await ask('DELETE', '/orgs/acme/members/stranger')).status, 204)
    assert.equal((await ask('GET', '/repos/acme/wile/collaborators/stranger')).status, 404)
    assert.equal((await ask('DELETE', '/orgs/acme/members/stranger')).status, 404)
    assert.equal((await ask('DELETE', '/orgs/acme/memberships/mona')).status, 204)
    assert.deepEqual(
      (await told(server)).filter(([name]) => name === 'organization'),
      [
        ['organization', 'member_added', 'stranger'],
        ['organization', 'member_removed', 'stranger'],
        ['organization', 'member_removed', 'mona'],
      ],
    )
    const [added] = await server.events()
    assert.deepEqual([added?.repositoryId, added?.organizationId], [null, acme.id])
    assert.deepEqual([added?.payload.membership.role, added?.payload.membership.state], ['member', 'active'])
  })

  it('are changed by owners alone, who keep one of them', async t => {
    const { server, token, ask } = await withOrganization(t)
    for (const [method, path, body] of [
      ['PUT', '/orgs/acme/memberships/stranger', {}],
      ['DELETE', '/orgs/acme/memberships/boss', undefined],
      ['DELETE', '/orgs/acme/members/boss', undefined],
    ] as const) {
      const answer = await server.request(method, path, { token, ...(body && { body }) })
      assert.equal(answer.status, 403, path)
    }
    assert.equal((await ask('DELETE', '/orgs/acme/members/boss')).status, 403)
    assert.equal((await ask('PUT', '/orgs/acme/memberships/boss', { role: 'member' })).status, 403)
    assert.deepEqual(logins((await ask('GET', '/orgs/acme/members?role=admin')).json), ['boss'])
    assert.deepEqual(await told(server), [])
  })

  it('see their own memberships, which are active from the start', async t => {
    const { server, mona, token } = await withOrganization(t)
    const own = '/user/memberships/orgs'
    const get = (path: string, as = token) => server.request('GET', path, { token: as })
    const [membership] = (await get(own)).json
    assert.deepEqual(
      [membership.state, membership.role, membership.organization.login, membership.user.login],
      ['active', 'member', 'acme', 'mona'],
    )
    assert.deepEqual((await get(`${own}/acme`)).json, membership)
    assert.deepEqual((await get(`${own}?state=pending`)).json, [])
    const patch = (body: unknown) => server.request('PATCH', `${own}/acme`, { token, body })
    assert.deepEqual((await patch({ state: 'active' })).json, membership)
    for (const body of [{}, { state: 'pending' }]) assert.equal((await patch(body)).status, 422)
    await server.addOrganization('other', await server.addUser('else'))
    assert.equal((await get(`${own}/other`)).status, 404)
    assert.equal((await get(`${own}/nobody`)).status, 404)
    assert.equal((await server.request('GET', own)).status, 401)
    assert.equal((await get(own, await server.addToken(mona, ['repo']))).status, 403)
  })
})
