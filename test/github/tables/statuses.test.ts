// Which status and which words GitHub answers with in which situation, where no field is to blame: one line a
// case. What one may not know of is 404, whatever is wrong besides.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addRepository, URL_OK } from '../../../src/api/test-hooks.ts'
import { installOn, register, signedBy } from '../../../src/api/test-integrations.ts'
import { startTestServer } from '../../../src/api/test-server.ts'

const HOOK = { name: 'web', config: { url: URL_OK }, active: false }
const NOT_FOUND = 'Not Found'
const NOT_ACCESSIBLE = 'Resource not accessible by integration'

test('answers as GitHub does: one line a case', async t => {
  const server = await startTestServer(t)
  const owner = await server.addUser('octocat')
  const organization = await server.addOrganization('acme', owner)
  const memberUser = await server.addUser('member')
  await server.addMember(organization, memberUser)
  const hello = await addRepository(server, owner, 'hello')
  await addRepository(server, owner, 'secret', true)
  await addRepository(server, owner, 'beside')
  const admin = await server.addToken(owner)
  const stranger = await server.addToken(await server.addUser('stranger'))
  const member = await server.addToken(memberUser)
  const scoped = (...scopes: Parameters<typeof server.addToken>[1] & object) => server.addToken(owner, scopes)
  const bare = await scoped()
  const make = async (path: string) =>
    (await server.request('POST', path, { token: admin, body: HOOK })).json.id as number
  const id = await make('/repos/octocat/hello/hooks')
  const beside = await make('/repos/octocat/beside/hooks')
  const ofOrganization = await make('/orgs/acme/hooks')
  const integration = await register(server, admin, { default_permissions: { issues: 'write' } })
  const jwt = await signedBy(integration)
  const installation = await installOn(server, admin, integration, {
    repository_selection: 'selected',
    repositories: [hello.name],
  })
  const made = await server.request('POST', `/app/installations/${installation.id}/access_tokens`, {
    token: jwt,
  })
  const app = made.json.token as string

  const hooks = '/repos/octocat/hello/hooks'
  const one = `${hooks}/${id}`
  type Case = [
    why: string,
    method: string,
    path: string,
    token: string | null,
    body: unknown,
    status: number,
    message: string,
  ]
  const cases: Case[] = [
    ['a body that is no JSON', 'POST', hooks, admin, '{"config":', 400, 'Problems parsing JSON'],
    ['no JSON to PATCH', 'PATCH', one, admin, 'active=true', 400, 'Problems parsing JSON'],
    ['an array', 'POST', hooks, admin, [], 400, 'Body should be a JSON object'],
    ['a text', 'POST', hooks, admin, '"web"', 400, 'Body should be a JSON object'],
    ['null', 'POST', hooks, admin, 'null', 400, 'Body should be a JSON object'],
    [
      'a wrong type',
      'POST',
      hooks,
      admin,
      { events: null },
      422,
      "Invalid request.\n\nFor 'properties/events', nil is not an array.",
    ],
    [
      'a key that is not known',
      'POST',
      hooks,
      admin,
      { ...HOOK, x: 1 },
      422,
      'Invalid request.\n\n"x" is not a permitted key.',
    ],
    [
      'a key that is missing',
      'POST',
      '/orgs/acme/hooks',
      admin,
      { name: 'web' },
      422,
      'Invalid request.\n\n"config" wasn\'t supplied.',
    ],
    ['a wrong token', 'GET', hooks, 'wrong', undefined, 401, 'Bad credentials'],
    ['a wrong token where none is needed', 'GET', '/zen', 'wrong', undefined, 401, 'Bad credentials'],
    ['no token', 'GET', hooks, null, undefined, 401, 'Requires authentication'],
    [
      'no token for an organization',
      'GET',
      '/orgs/acme/hooks',
      null,
      undefined,
      401,
      'Requires authentication',
    ],
    ['no token for oneself', 'GET', '/user', null, undefined, 401, 'Requires authentication'],
    [
      'a web token that is none',
      'GET',
      '/app',
      'wrong',
      undefined,
      401,
      'A JSON web token could not be decoded',
    ],

    [
      'a repository that is not there',
      'GET',
      '/repos/octocat/nothing/hooks',
      admin,
      undefined,
      404,
      NOT_FOUND,
    ],
    ['an owner who is not there', 'GET', '/repos/nobody/hello/hooks', admin, undefined, 404, NOT_FOUND],
    ['an organization that is not there', 'GET', '/orgs/nothing/hooks', admin, undefined, 404, NOT_FOUND],
    [
      'a user in the place of an organization',
      'GET',
      '/orgs/octocat/hooks',
      admin,
      undefined,
      404,
      NOT_FOUND,
    ],
    ['hooks of a user', 'GET', '/users/octocat/hooks', admin, undefined, 404, NOT_FOUND],
    [
      'hooks of a public repository to who has no rights there',
      'GET',
      hooks,
      stranger,
      undefined,
      404,
      NOT_FOUND,
    ],
    ['one of them', 'GET', one, stranger, undefined, 404, NOT_FOUND],
    ['making one there', 'POST', hooks, stranger, HOOK, 404, NOT_FOUND],
    ['making one there with a body that is no JSON', 'POST', hooks, stranger, '{', 404, NOT_FOUND],
    ['changing one there', 'PATCH', one, stranger, { active: true }, 404, NOT_FOUND],
    ['deleting one there', 'DELETE', one, stranger, undefined, 404, NOT_FOUND],
    ['its configuration', 'GET', `${one}/config`, stranger, undefined, 404, NOT_FOUND],
    ['its deliveries', 'GET', `${one}/deliveries`, stranger, undefined, 404, NOT_FOUND],
    ['a ping', 'POST', `${one}/pings`, stranger, undefined, 404, NOT_FOUND],
    ['a test', 'POST', `${one}/tests`, stranger, undefined, 404, NOT_FOUND],
    ['hooks of an organization to its member', 'GET', '/orgs/acme/hooks', member, undefined, 404, NOT_FOUND],
    [
      'one of an organization to a stranger',
      'GET',
      `/orgs/acme/hooks/${ofOrganization}`,
      stranger,
      undefined,
      404,
      NOT_FOUND,
    ],
    [
      'a private repository to a stranger',
      'GET',
      '/repos/octocat/secret',
      stranger,
      undefined,
      404,
      NOT_FOUND,
    ],
    ['a private repository to nobody', 'GET', '/repos/octocat/secret', null, undefined, 404, NOT_FOUND],
    [
      'its issues to a stranger',
      'POST',
      '/repos/octocat/secret/issues',
      stranger,
      { title: 'a' },
      404,
      NOT_FOUND,
    ],
    ['the site’s hooks to who is no administrator', 'GET', '/admin/hooks', admin, undefined, 404, NOT_FOUND],

    ['a token without any scope', 'GET', hooks, bare, undefined, 404, NOT_FOUND],
    [
      'a scope for other things',
      'GET',
      hooks,
      await scoped('user', 'delete_repo'),
      undefined,
      404,
      NOT_FOUND,
    ],
    [
      'a scope that only reads',
      'PATCH',
      one,
      await scoped('read:repo_hook'),
      { active: true },
      404,
      NOT_FOUND,
    ],
    [
      'a scope that does not delete',
      'DELETE',
      one,
      await scoped('write:repo_hook'),
      undefined,
      404,
      NOT_FOUND,
    ],
    ['a scope for organizations', 'GET', hooks, await scoped('admin:org_hook'), undefined, 404, NOT_FOUND],
    [
      'a scope for repositories',
      'GET',
      '/orgs/acme/hooks',
      await scoped('admin:repo_hook'),
      undefined,
      404,
      NOT_FOUND,
    ],
    [
      'a private repository without repo',
      'GET',
      '/repos/octocat/secret',
      await scoped('public_repo'),
      undefined,
      404,
      NOT_FOUND,
    ],

    ['a hook that is not there', 'GET', `${hooks}/999999`, admin, undefined, 404, NOT_FOUND],
    ['another repository’s hook', 'GET', `${hooks}/${beside}`, admin, undefined, 404, NOT_FOUND],
    ['an organization’s hook', 'GET', `${hooks}/${ofOrganization}`, admin, undefined, 404, NOT_FOUND],
    [
      'a repository’s hook as an organization’s',
      'GET',
      `/orgs/acme/hooks/${id}`,
      admin,
      undefined,
      404,
      NOT_FOUND,
    ],
    ['an id that is no number', 'GET', `${hooks}/abc`, admin, undefined, 404, NOT_FOUND],
    ['an id below zero', 'GET', `${hooks}/-1`, admin, undefined, 404, NOT_FOUND],
    ['an id beyond every number', 'GET', `${hooks}/99999999999999999999`, admin, undefined, 404, NOT_FOUND],
    ['a delivery that is not there', 'GET', `${one}/deliveries/1`, admin, undefined, 404, NOT_FOUND],
    ['redelivering it', 'POST', `${one}/deliveries/1/attempts`, admin, undefined, 404, NOT_FOUND],
    ['a slash at the end', 'GET', `${hooks}/`, admin, undefined, 404, NOT_FOUND],
    [
      'a test of an organization’s hook',
      'POST',
      `/orgs/acme/hooks/${ofOrganization}/tests`,
      admin,
      undefined,
      404,
      NOT_FOUND,
    ],
    ['an address that is none', 'GET', '/nothing/at/all', admin, undefined, 404, NOT_FOUND],
    ['a method that is none there', 'PUT', hooks, admin, HOOK, 404, NOT_FOUND],

    ['an App without the permission', 'GET', hooks, app, undefined, 403, NOT_ACCESSIBLE],
    ['an App that would write without it', 'POST', hooks, app, HOOK, 403, NOT_ACCESSIBLE],
    [
      'an App where it is not installed',
      'POST',
      '/repos/octocat/beside/issues',
      app,
      { title: 'a' },
      403,
      NOT_ACCESSIBLE,
    ],
    ['an App where it sees nothing', 'GET', '/repos/octocat/secret', app, undefined, 404, NOT_FOUND],
    ['an App by its own key', 'GET', '/user', jwt, undefined, 403, NOT_ACCESSIBLE],
    [
      'settings of a repository that one can see',
      'PATCH',
      '/repos/octocat/hello',
      stranger,
      { name: 'x' },
      403,
      'Must have admin rights to Repository.',
    ],
  ]
  for (const [why, method, path, token, body, status, message] of cases) {
    const answer = await server.request(method, path, { ...(token && { token }), body })
    assert.deepEqual([answer.status, answer.json?.message], [status, message], why)
    assert.equal(answer.json.status, String(status), why)
    assert.equal(typeof answer.json.documentation_url, 'string', why)
    assert.equal(answer.json.errors, undefined, why)
    if (status === 401) assert.equal(answer.json.documentation_url, 'https://docs.github.com/rest', why)
  }
})

test('names the permission that an App would need', async t => {
  const server = await startTestServer(t)
  const owner = await server.addUser('octocat')
  await addRepository(server, owner, 'hello')
  const token = await server.addToken(owner)
  const integration = await register(server, token)
  const installation = await installOn(server, token, integration)
  const made = await server.request('POST', `/app/installations/${installation.id}/access_tokens`, {
    token: await signedBy(integration),
  })
  const asked = async (method: string, path: string) =>
    (await server.request(method, path, { token: made.json.token })).headers.get(
      'x-accepted-github-permissions',
    )
  assert.equal(await asked('GET', '/repos/octocat/hello/hooks'), 'repository_hooks=read')
  assert.equal(await asked('POST', '/repos/octocat/hello/hooks'), 'repository_hooks=write')
  assert.equal(await asked('GET', '/orgs/acme/hooks'), 'organization_hooks=read')
  assert.equal(await asked('GET', '/repos/octocat/hello'), 'metadata=read')
})
