// Users, organizations and who belongs to them, and what the server tells of itself.
import type { Conformity } from '../conformity.ts'

const MEMBERSHIP = '/orgs/{org}/memberships/{username}'

export async function exerciseAccounts(it: Conformity): Promise<void> {
  await describeServer(it)
  await describeAccounts(it)
  await changeMemberships(it)
  await changeOrganization(it)
  await showMembers(it)
  await administer(it)
}

async function describeServer(it: Conformity): Promise<void> {
  for (const name of ['GET /', 'GET /meta', 'GET /zen', 'GET /octocat', 'GET /rate_limit']) {
    await it.call(name, 200)
    await it.call(name, 200, { token: null })
  }
  await it.call('GET /octocat', 200, { query: '?s=Moby' })
}

async function describeAccounts(it: Conformity): Promise<void> {
  await it.call('GET /user', 200)
  // Without its scope a user sees of itself what everybody sees.
  await it.call('GET /user', 200, { token: it.tokens.bare })
  await it.call('GET /user/orgs', 200)
  for (const name of ['GET /user', 'GET /user/orgs']) await it.call(name, 401, { token: null })
  for (const username of ['octocat', 'hubot', 'acme']) {
    await it.call('GET /users/{username}', 200, { params: { username } })
  }
  await it.call('GET /orgs/{org}', 200)
  await it.call('GET /orgs/{org}', 200, { token: null })
  await it.call('GET /orgs/{org}/events', 200)
  for (const name of ['GET /users', 'GET /organizations']) {
    await it.call(name, 200)
    await it.call(name, 200, { query: '?per_page=1' })
  }
}

async function changeMemberships(it: Conformity): Promise<void> {
  const { member, stranger } = it.tokens
  const params = { username: 'stranger' }
  await it.call(`PUT ${MEMBERSHIP}`, 200, { params, body: { role: 'member' } })
  await it.call(`GET ${MEMBERSHIP}`, 200, { params })
  await it.call(`PUT ${MEMBERSHIP}`, 422, { params, body: { role: 'king' } })
  for (const method of ['PUT', 'DELETE']) {
    await it.call(`${method} ${MEMBERSHIP}`, 403, { params, token: member, body: {} })
  }
  await it.call(`DELETE ${MEMBERSHIP}`, 204, { params })
  await it.call(`DELETE ${MEMBERSHIP}`, 404, { params })
  await it.call(`GET ${MEMBERSHIP}`, 403, { params, token: stranger })
}

async function changeOrganization(it: Conformity): Promise<void> {
  await it.call('PATCH /orgs/{org}', 200, {
    body: { name: 'Acme', company: 'Acme Inc.', blog: 'https://example.com', billing_email: 'a@example.com' },
  })
  for (const body of [{ email: 'nobody' }, { default_repository_permission: 'none' }, { name: 7 }]) {
    await it.call('PATCH /orgs/{org}', 422, { body })
  }
  const params = { org: 'brief' }
  await it.call('POST /admin/organizations', 201, { body: { login: 'brief', admin: 'octocat' } })
  await it.call('DELETE /orgs/{org}', 403, { params, token: it.tokens.stranger })
  await it.call('DELETE /orgs/{org}', 202, { params })
}

async function showMembers(it: Conformity): Promise<void> {
  const shown = { params: { username: 'octocat' } }
  const one = '/orgs/{org}/public_members/{username}'
  await it.call(`PUT ${one}`, 204, shown)
  await it.call(`GET ${one}`, 204, shown)
  await it.call('GET /orgs/{org}/public_members', 200)
  await it.call('GET /users/{username}/orgs', 200, shown)
  await it.call(`PUT ${one}`, 403, { ...shown, token: it.tokens.member })
  await it.call('GET /orgs/{org}/members', 200)
  await it.call('GET /orgs/{org}/members', 200, { query: '?role=admin&per_page=1' })
  await it.call('GET /orgs/{org}/members', 422, { query: '?role=king' })
  const seen = 'GET /orgs/{org}/members/{username}'
  await it.call(seen, 204, shown)
  await it.call(seen, 302, { ...shown, token: null })
  await it.call(`DELETE ${one}`, 204, shown)

  const params = { username: 'stranger' }
  await it.call('PUT /orgs/{org}/memberships/{username}', 200, { params })
  const removed = 'DELETE /orgs/{org}/members/{username}'
  await it.call(removed, 403, { params, token: it.tokens.member })
  await it.call(removed, 204, { params })

  const own = '/user/memberships/orgs'
  await it.call(`GET ${own}`, 200)
  await it.call(`GET ${own}`, 422, { query: '?state=king' })
  await it.call(`GET ${own}`, 401, { token: null })
  await it.call(`GET ${own}/{org}`, 200)
  await it.call(`PATCH ${own}/{org}`, 200, { body: { state: 'active' } })
  await it.call(`PATCH ${own}/{org}`, 422, { body: { state: 'pending' } })
  for (const name of [`GET ${own}`, `GET ${own}/{org}`]) await it.call(name, 403, { token: it.tokens.bare })
  await it.call(`PATCH ${own}/{org}`, 403, { token: it.tokens.bare, body: { state: 'active' } })
}

async function administer(it: Conformity): Promise<void> {
  await it.call('POST /admin/users', 201, { body: { login: 'monalisa', email: 'mona@example.com' } })
  await it.call('POST /admin/users', 422, { body: { login: 'no spaces' } })
  await it.call('POST /admin/organizations', 201, { body: { login: 'made', admin: 'octocat' } })
  await it.call('POST /admin/organizations', 422, { body: { login: 'made', admin: 'nobody' } })
  const params = { username: 'monalisa' }
  const { json: token } = await it.call('POST /admin/users/{username}/authorizations', 201, {
    params,
    body: { scopes: ['repo'] },
  })
  await it.call('POST /admin/users/{username}/authorizations', 422, { params, body: { scopes: ['king'] } })
  await it.call('GET /admin/tokens', 200)
  await it.call('GET /admin/tokens', 200, { query: '?per_page=1' })
  await it.call('DELETE /admin/tokens/{token_id}', 204, { params: { token_id: token.id } })
  await it.call('DELETE /admin/users/{username}/authorizations', 204, { params })
  for (const standing of ['site_admin', 'suspended']) {
    await it.call(`PUT /users/{username}/${standing}`, 204, { params })
    await it.call(`DELETE /users/{username}/${standing}`, 204, { params })
  }
  const { json } = await it.call('GET /users/{username}', 200, { params })
  await it.call('GET /user/{account_id}', 200, { params: { account_id: json.id } })
  await it.call('PATCH /admin/users/{username}', 202, { params, body: { login: 'mona' } })
  await it.call('PATCH /admin/users/{username}', 422, {
    params: { username: 'mona' },
    body: { login: 'no spaces' },
  })
  await it.call('PATCH /admin/organizations/{org}', 202, {
    params: { org: 'made' },
    body: { login: 'remade' },
  })
  await it.call('DELETE /admin/users/{username}', 204, { params: { username: 'mona' } })
}
