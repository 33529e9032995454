import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { addRepository, URL_OK } from '../test-hooks.ts'
import { startTestServer } from '../test-server.ts'

async function withOrganization(t: TestContext) {
  const server = await startTestServer(t)
  const boss = await server.addUser('boss')
  const acme = await server.addOrganization('acme', boss)
  const token = await server.addToken(boss)
  const patch = (body: unknown) => server.request('PATCH', '/orgs/acme', { token, body })
  return { server, boss, acme, token, patch }
}

describe('an organization', () => {
  it('tells of itself what it was told to, and who pays to its owners alone', async t => {
    const { server, token, patch } = await withOrganization(t)
    const whole = {
      name: 'Acme',
      email: 'hi@acme.test',
      description: 'Anvils',
      company: 'Acme Inc.',
      location: 'Desert',
      blog: 'https://acme.test/',
      twitter_username: 'acme',
    }
    const changed = await patch({ ...whole, billing_email: 'bills@acme.test' })
    assert.equal(changed.status, 200)
    assert.equal(changed.json.billing_email, 'bills@acme.test')
    const seen = (await server.request('GET', '/orgs/acme')).json
    for (const [key, value] of Object.entries(whole)) assert.equal(seen[key], value, key)
    assert.ok(!('billing_email' in seen))

    await patch({ company: '', location: null, name: null })
    const { company, location, name, blog, description } = (
      await server.request('GET', '/orgs/acme', { token })
    ).json
    assert.deepEqual(
      [company, location, name, blog, description],
      [undefined, undefined, undefined, 'https://acme.test/', 'Anvils'],
    )
    assert.deepEqual(await server.events(), [])
  })

  it('refuses what it cannot be, and stays as it is', async t => {
    const { server, patch, token } = await withOrganization(t)
    const before = (await server.request('GET', '/orgs/acme', { token })).json
    for (const body of [
      { email: 'nowhere' },
      { billing_email: 'no where@x' },
      { blog: 'javascript:alert(1)' },
      { description: 'x'.repeat(161) },
      { name: 7 },
      { name: 'a\u001b[2J' },
      { default_repository_permission: 'none' },
      { default_repository_permission: 'king' },
      { members_can_create_repositories: false },
    ]) {
      assert.equal((await patch({ location: 'Moon', ...body })).status, 422, JSON.stringify(body))
    }
    assert.equal((await patch({ default_repository_permission: 'write' })).status, 200)
    const member = await server.addToken(await server.addUser('mona'))
    const asked = { token: member, body: { name: 'Mine' } }
    assert.equal((await server.request('PATCH', '/orgs/acme', asked)).status, 403)
    const after = (await server.request('GET', '/orgs/acme', { token })).json
    assert.deepEqual({ ...after, updated_at: '' }, { ...before, updated_at: '' })
  })

  it('goes with its repositories and hooks, told to the whole site', async t => {
    const { server, boss, acme, token } = await withOrganization(t)
    await addRepository(server, acme, 'wile')
    for (const path of ['/orgs/acme/hooks', '/repos/acme/wile/hooks']) {
      const body = { name: 'web', config: { url: URL_OK } }
      assert.equal((await server.request('POST', path, { token, body })).status, 201)
    }
    const member = await server.addUser('mona')
    await server.addMember(acme, member)
    const asMember = { token: await server.addToken(member) }
    assert.equal((await server.request('DELETE', '/orgs/acme', asMember)).status, 403)
    const narrow = { token: await server.addToken(boss, ['repo']) }
    assert.equal((await server.request('DELETE', '/orgs/acme', narrow)).status, 404)

    const answer = await server.request('DELETE', '/orgs/acme', { token })
    assert.deepEqual([answer.status, answer.json], [202, {}])
    for (const path of ['/orgs/acme', '/repos/acme/wile']) {
      assert.equal((await server.request('GET', path, { token })).status, 404, path)
    }
    const open = await server.store.read
      .selectFrom('hooks')
      .select('id')
      .where('deleted_at', 'is', null)
      .execute()
    assert.deepEqual(open, [])
    const { name, action, repositoryId, organizationId, payload } = (await server.events()).at(-1) ?? {}
    assert.deepEqual(
      [name, action, repositoryId, organizationId, payload.organization.login],
      ['organization', 'deleted', null, null, 'acme'],
    )
  })
})

describe('lists by id', () => {
  it('go on after the last one that was seen', async t => {
    const { server, boss, acme } = await withOrganization(t)
    await server.addOrganization('other', boss)
    for (const [path, expected] of [
      ['/users', ['boss', 'acme', 'other']],
      ['/organizations', ['acme', 'other']],
      [`/users?since=${boss.id}`, ['acme', 'other']],
      [`/organizations?since=${acme.id}`, ['other']],
      ['/organizations?since=soon', ['acme', 'other']],
    ] as const) {
      const { json } = await server.request('GET', path)
      assert.deepEqual(
        json.map(({ login }: { login: string }) => login),
        expected,
        path,
      )
    }
    const first = await server.request('GET', '/organizations?per_page=1')
    assert.equal(
      first.headers.get('link'),
      `<${server.url}/organizations?per_page=1&since=${acme.id}>; rel="next", <${server.url}/organizations{?since}>; rel="first"`,
    )
    assert.equal((await server.request('GET', '/organizations')).headers.get('link'), null)
  })
})
