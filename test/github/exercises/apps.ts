// A GitHub App: what it sees by its own key, its one hook, where it is installed, and what its installation's
// token opens. GitHub registers and installs Apps in the browser alone; that part is our own API.
import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { SignJWT } from 'jose'
import { eventually } from '../../../src/api/test-receiver.ts'
import type { Conformity } from '../conformity.ts'

const INSTALLATION = '/app/installations/{installation_id}'
const DELIVERIES = '/app/hook/deliveries'
const CHOSEN = '/user/installations/{installation_id}/repositories'

/** Gives the token of an installation that stays. */
export async function exerciseApps(it: Conformity): Promise<string> {
  const { json: app } = await own(it, 'POST', '/user/apps', {
    name: 'Monitor',
    url: 'https://example.com',
    hook_attributes: { url: `${it.receiver.url}/app` },
    default_permissions: { issues: 'write', metadata: 'read' },
    default_events: ['issues'],
  })
  it.use({ app_slug: app.slug })
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(String(app.id))
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(createPrivateKey(app.pem))
  await it.call('GET /apps/{app_slug}', 200)
  await it.call('GET /app', 200, { token })

  const ours = await own(it, 'POST', '/orgs/acme/installations', { app_slug: app.slug })
  assert.equal(ours.status, 201, ours.text)
  const mine = await own(it, 'POST', '/user/installations', {
    app_slug: app.slug,
    repository_selection: 'selected',
    repositories: ['hello'],
  })
  it.use({ installation_id: mine.json.id })
  await seeInstallations(it, token)
  await chooseRepositories(it)
  const installed = await useTokens(it, token)
  await configureHook(it, token)
  await it.call(`DELETE ${INSTALLATION}`, 204, { token, params: { installation_id: ours.json.id } })
  return installed
}

function own(it: Conformity, method: string, path: string, body: unknown) {
  return it.server.request(method, path, { token: it.tokens.owner, body })
}

async function seeInstallations(it: Conformity, token: string): Promise<void> {
  await it.call('GET /app/installations', 200, { token })
  await it.call('GET /app/installations', 200, { token, query: '?per_page=1' })
  await it.call('GET /app/installation-requests', 200, { token })
  await it.call('GET /app/installation-requests', 401)
  await it.call(`GET ${INSTALLATION}`, 200, { token })
  await it.call('GET /orgs/{org}/installation', 200, { token })
  await it.call('GET /users/{username}/installation', 200, { token, params: { username: 'octocat' } })
  await it.call('GET /repos/{owner}/{repo}/installation', 200, { token })
  await renameCovered(it, token)
  await it.call('GET /orgs/{org}/installations', 200)
  await it.call('GET /user/installations', 200)
  await it.call('GET /user/installations', 401, { token: null })
}

async function renameCovered(it: Conformity, token: string): Promise<void> {
  const owner = 'acme'
  const rename = (repo: string, name: string) =>
    it.call('PATCH /repos/{owner}/{repo}', 200, { params: { owner, repo }, body: { name } })
  await rename('forge', 'smithy')
  await it.call('GET /repos/{owner}/{repo}/installation', 301, { token, params: { owner, repo: 'forge' } })
  await rename('smithy', 'forge')
}

async function chooseRepositories(it: Conformity): Promise<void> {
  const { json } = await it.call('GET /repos/{owner}/{repo}', 200, { params: { repo: 'secret' } })
  it.use({ repository_id: json.id })
  await it.call(`PUT ${CHOSEN}/{repository_id}`, 204)
  await it.call(`GET ${CHOSEN}`, 200)
  await it.call(`DELETE ${CHOSEN}/{repository_id}`, 204)
}

async function useTokens(it: Conformity, token: string): Promise<string> {
  const make = `POST ${INSTALLATION}/access_tokens`
  const { json } = await it.call(make, 201, { token })
  await it.call(make, 201, { token, body: { repositories: ['hello'], permissions: { issues: 'read' } } })
  await it.call(make, 401)
  await it.call(make, 422, { token, body: { repositories: ['nothing'] } })
  await it.call('GET /installation/repositories', 200, { token: json.token })
  await it.call('GET /installation/repositories', 401, { token: null })
  await it.call('GET /installation/repositories', 403)
  await it.call(`PUT ${INSTALLATION}/suspended`, 204, { token })
  await it.call(make, 403, { token })
  await it.call(`DELETE ${INSTALLATION}/suspended`, 204, { token })
  const other = await it.call(make, 201, { token })
  await it.call('DELETE /installation/token', 204, { token: other.json.token })
  return json.token
}

async function configureHook(it: Conformity, token: string): Promise<void> {
  await it.call('GET /app/hook/config', 200, { token })
  await it.call('PATCH /app/hook/config', 200, {
    token,
    body: { content_type: 'json', secret: 'open sesame' },
  })
  const deliveries = await eventually(
    async () => (await it.call(`GET ${DELIVERIES}`, 200, { token })).json,
    list => list.length >= 2,
  )
  it.use({ delivery_id: deliveries[0].id })
  await it.call(`GET ${DELIVERIES}`, 200, { token, query: '?per_page=1&status=success' })
  await it.call(`GET ${DELIVERIES}/{delivery_id}`, 200, { token })
  await it.call(`POST ${DELIVERIES}/{delivery_id}/attempts`, 202, { token })
  await it.call(`GET ${DELIVERIES}`, 422, { token, query: '?status=king' })
  const headers = { 'x-github-api-version': '1999-12-31' }
  for (const name of ['GET {}', 'GET {}/{delivery_id}', 'POST {}/{delivery_id}/attempts']) {
    await it.call(name.replace('{}', DELIVERIES), 400, { token, headers })
  }
}
