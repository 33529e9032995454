import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { startTestServer } from '../test-server.ts'

const names = (answer: { json: { name: string }[] }) => answer.json.map(({ name }) => name)

describe('POST /user/repos', () => {
  it('creates a repository and says where it is', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    const body = { name: 'Hello.World', description: 'First', homepage: '', private: true }
    const answer = await server.request('POST', '/user/repos', { token, body })
    assert.equal(answer.status, 201)
    assert.equal(answer.headers.get('location'), `${server.url}/repos/octocat/Hello.World`)
    assert.equal(answer.json.full_name, 'octocat/Hello.World')
    assert.equal(answer.json.private, true)
    assert.equal(answer.json.description, 'First')
    assert.equal(answer.json.homepage, null)
    assert.equal(answer.json.permissions.admin, true)

    const found = await server.request('GET', '/repos/OCTOCAT/hello.world', { token })
    assert.equal(found.json.id, answer.json.id)
  })

  it('refuses names that are taken, or none', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    await server.request('POST', '/user/repos', { token, body: { name: 'hello' } })
    const taken = await server.request('POST', '/user/repos', { token, body: { name: 'HELLO' } })
    assert.equal(taken.status, 422)
    assert.deepEqual(taken.json.errors, [
      {
        resource: 'Repository',
        code: 'custom',
        field: 'name',
        message: 'name already exists on this account',
      },
    ])
    for (const name of ['', '.', '..', 'a b', 'é', 'a/b', 'a'.repeat(101), 'x.git']) {
      assert.equal((await server.request('POST', '/user/repos', { token, body: { name } })).status, 422, name)
    }
    const missing = await server.request('POST', '/user/repos', { token })
    assert.equal(missing.json.message, 'Invalid request.\n\n"name" wasn\'t supplied.')
    const text = await server.request('POST', '/user/repos', { token, body: { name: 'x', private: 'true' } })
    assert.equal(
      text.json.message,
      'Invalid request.\n\nFor \'properties/private\', "true" is not a boolean.',
    )
  })

  it('refuses a homepage that is no address of the web, and control characters', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    const fieldsOf = async (body: object) =>
      (await server.request('POST', '/user/repos', { token, body: { name: 'a', ...body } })).json.errors?.map(
        ({ field }: { field: string }) => field,
      )
    for (const homepage of [
      'javascript:alert(1)',
      'example.com',
      'ftp://a.example',
      'http://',
      'https://a b',
    ]) {
      assert.deepEqual(await fieldsOf({ homepage }), ['homepage'], homepage)
    }
    assert.deepEqual(await fieldsOf({ description: 'a\u001b[31mb' }), ['description'])
    assert.equal(await fieldsOf({ homepage: 'HTTPS://a.example/', description: 'Ünïcode 🎣' }), undefined)
  })

  it('needs the scope, and `repo` for a private one', async t => {
    const server = await startTestServer(t)
    const octocat = await server.addUser('octocat')
    const create = async (token: string | undefined, body: object) =>
      (await server.request('POST', '/user/repos', { ...(token && { token }), body })).status
    const publicOnly = await server.addToken(octocat, ['public_repo'])
    assert.equal(await create(undefined, { name: 'a' }), 401)
    assert.equal(await create(await server.addToken(octocat, ['read:user']), { name: 'a' }), 404)
    assert.equal(await create(publicOnly, { name: 'a', private: true }), 404)
    assert.equal(await create(publicOnly, { name: 'a' }), 201)
  })

  it('never answers garbage with 5xx', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    const field = fc.option(fc.jsonValue(), { nil: undefined })
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record({ name: fc.oneof(field, fc.string()), description: field, private: field, homepage: field }),
    )
    await fc.assert(
      fc.asyncProperty(body, async garbage => {
        const text = JSON.stringify(garbage)
        const { status } = await server.request('POST', '/user/repos', { token, body: text })
        assert.ok([201, 400, 422].includes(status), `${status}: ${text}`)
      }),
      { numRuns: 100 },
    )
  })
})

describe('POST /orgs/{org}/repos', () => {
  it('is for members, and tells the organization', async t => {
    const server = await startTestServer(t)
    const owner = await server.addUser('owner')
    const member = await server.addUser('member')
    const stranger = await server.addToken(await server.addUser('stranger'))
    const organization = await server.addOrganization('Acme', owner)
    await server.addMember(organization, member)
    const token = await server.addToken(member)

    assert.equal(
      (await server.request('POST', '/orgs/acme/repos', { token: stranger, body: { name: 'a' } })).status,
      403,
    )
    const answer = await server.request('POST', '/orgs/acme/repos', { token, body: { name: 'a' } })
    assert.equal(answer.status, 201)
    assert.equal(answer.json.owner.login, 'Acme')
    assert.deepEqual(answer.json.permissions, {
      admin: false,
      maintain: false,
      push: true,
      triage: true,
      pull: true,
    })
    const [created] = await server.events()
    assert.equal(created?.action, 'created')
    assert.equal(created?.organizationId, organization.id)
    assert.equal(created?.payload.organization.login, 'Acme')
    assert.equal(created?.payload.sender.login, 'member')
  })
})

describe('PATCH /repos/{owner}/{repo}', () => {
  it('tells of each kind of change by its own event', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    await server.request('POST', '/user/repos', { token, body: { name: 'hello', description: 'Old' } })
    const patch = async (path: string, body: object) => {
      const before = (await server.events()).length
      const answer = await server.request('PATCH', path, { token, body })
      assert.equal(answer.status, 200, answer.text)
      const events = (await server.events()).slice(before)
      return events.map(({ name, action, payload }) => [`${name} ${action}`, payload.changes])
    }

    assert.deepEqual(await patch('/repos/octocat/hello', { description: 'Old', private: false }), [])
    assert.deepEqual(await patch('/repos/octocat/hello', { name: 'world', description: '' }), [
      ['repository renamed', { repository: { name: { from: 'hello' } } }],
      ['repository edited', { description: { from: 'Old' } }],
    ])
    const path = '/repos/octocat/world'
    assert.deepEqual(await patch(path, { default_branch: 'trunk', homepage: 'https://a.example' }), [
      ['repository edited', { homepage: { from: null }, default_branch: { from: 'main' } }],
    ])
    assert.deepEqual(await patch(path, { private: true }), [['repository privatized', undefined]])
    assert.deepEqual(await patch(path, { visibility: 'public' }), [
      ['public null', undefined],
      ['repository publicized', undefined],
    ])
    assert.deepEqual(await patch(path, { archived: true }), [['repository archived', undefined]])
    assert.equal((await server.request('PATCH', path, { token, body: { description: 'x' } })).status, 403)
    assert.deepEqual(await patch(path, { archived: false }), [['repository unarchived', undefined]])
    assert.deepEqual(await patch(path, { has_issues: false }), [])
    assert.equal((await server.request('GET', path)).json.has_issues, false)
  })

  it('is for administrators', async t => {
    const server = await startTestServer(t)
    const owner = await server.addUser('owner')
    const member = await server.addUser('member')
    const organization = await server.addOrganization('acme', owner)
    await server.addMember(organization, member)
    const ownerToken = await server.addToken(owner)
    await server.request('POST', '/orgs/acme/repos', { token: ownerToken, body: { name: 'a' } })
    await server.request('POST', '/orgs/acme/repos', {
      token: ownerToken,
      body: { name: 'b', private: true },
    })
    const stranger = await server.addToken(await server.addUser('stranger'))
    const patch = async (path: string, token?: string) =>
      (await server.request('PATCH', path, { ...(token && { token }), body: { description: 'x' } })).status

    assert.equal(await patch('/repos/acme/a'), 401)
    assert.equal(await patch('/repos/acme/a', stranger), 403)
    assert.equal(await patch('/repos/acme/b', stranger), 404)
    assert.equal(await patch('/repos/acme/b', await server.addToken(member)), 403)
    assert.equal(await patch('/repos/acme/b', ownerToken), 200)
    assert.equal(
      await patch('/repos/acme/b', await server.addToken(await server.addUser('root', { siteAdmin: true }))),
      200,
    )
    // A site administrator whose token does not say so is a user as any other.
    const plain = await server.addToken(await server.addUser('off-duty', { siteAdmin: true }), ['repo'])
    assert.equal(await patch('/repos/acme/b', plain), 404)
  })

  it('refuses a name that another one has', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    await server.request('POST', '/user/repos', { token, body: { name: 'a' } })
    await server.request('POST', '/user/repos', { token, body: { name: 'b' } })
    const rename = (name: string) => server.request('PATCH', '/repos/octocat/a', { token, body: { name } })
    assert.equal((await rename('B')).status, 422)
    assert.equal((await rename('A')).json.name, 'A')
  })
})

describe('DELETE /repos/{owner}/{repo}', () => {
  it('takes everything along, and tells the organization alone', async t => {
    const server = await startTestServer(t)
    const owner = await server.addUser('owner')
    const organization = await server.addOrganization('acme', owner)
    const token = await server.addToken(owner)
    await server.request('POST', '/orgs/acme/repos', { token, body: { name: 'a' } })
    await server.request('POST', '/repos/acme/a/issues', { token, body: { title: 'x', labels: ['l'] } })
    await server.request('POST', '/repos/acme/a/hooks', {
      token,
      body: { config: { url: 'http://127.0.0.1:9' } },
    })

    const withoutScope = await server.addToken(owner, ['repo'])
    assert.equal((await server.request('DELETE', '/repos/acme/a', { token: withoutScope })).status, 403)
    assert.equal((await server.request('DELETE', '/repos/acme/a', { token })).status, 204)
    assert.equal((await server.request('GET', '/repos/acme/a', { token })).status, 404)
    const deleted = (await server.events()).at(-1)
    assert.equal(deleted?.action, 'deleted')
    assert.equal(deleted?.repositoryId, null)
    assert.equal(deleted?.organizationId, organization.id)
    assert.equal(deleted?.payload.repository.full_name, 'acme/a')
    for (const table of ['issues', 'labels', 'issue_labels'] as const) {
      assert.equal((await server.store.read.selectFrom(table).selectAll().execute()).length, 0, table)
    }
    const hooks = await server.store.read.selectFrom('hooks').select('deleted_at').execute()
    assert.ok(hooks.every(hook => hook.deleted_at !== null))
  })
})

describe('lists of repositories', () => {
  it('show what the caller may see', async t => {
    const server = await startTestServer(t)
    const owner = await server.addUser('owner')
    const organization = await server.addOrganization('acme', owner)
    const member = await server.addUser('member')
    await server.addMember(organization, member)
    const token = await server.addToken(owner)
    const create = (path: string, name: string, isPrivate: boolean) =>
      server.request('POST', path, { token, body: { name, private: isPrivate } })
    await create('/user/repos', 'own', false)
    await create('/user/repos', 'own-secret', true)
    await create('/orgs/acme/repos', 'team', false)
    await create('/orgs/acme/repos', 'team-secret', true)

    const list = async (path: string, asker?: string) =>
      names(await server.request('GET', path, asker ? { token: asker } : {})).join(' ')
    const memberToken = await server.addToken(member)
    const publicOnly = await server.addToken(owner, ['public_repo'])
    assert.equal(await list('/user/repos', token), 'own own-secret team team-secret')
    assert.equal(await list('/user/repos?affiliation=owner&visibility=private', token), 'own-secret')
    assert.equal(await list('/user/repos?sort=created', token), 'team-secret team own-secret own')
    assert.equal(await list('/user/repos?q=SECRET', token), 'own-secret team-secret')
    assert.equal(await list('/user/repos?q=%25', token), '')
    assert.equal(await list('/orgs/acme/repos?q=secret'), '')
    assert.equal(await list('/user/repos', publicOnly), 'own team')
    assert.equal(await list('/user/repos?visibility=private', publicOnly), '')
    assert.equal(await list('/user/repos', memberToken), 'team team-secret')
    assert.equal(await list('/users/owner/repos'), 'own')
    assert.equal(await list('/users/owner/repos', token), 'own own-secret')
    assert.equal(await list('/users/owner/repos', memberToken), 'own')
    assert.equal(await list('/orgs/acme/repos'), 'team')
    assert.equal(await list('/orgs/acme/repos', memberToken), 'team team-secret')
    assert.equal((await server.request('GET', '/user/repos')).status, 401)
    const stranger = await server.addToken(await server.addUser('stranger'))
    assert.equal(await list('/user/repos', stranger), '')

    const page = await server.request('GET', '/user/repos?per_page=2&page=2', { token })
    assert.deepEqual(names(page), ['team', 'team-secret'])
    assert.equal(
      page.headers.get('link'),
      `<${server.url}/user/repos?per_page=2&page=1>; rel="prev", <${server.url}/user/repos?per_page=2&page=1>; rel="first"`,
    )
  })
})
