// Repositories, their stars, and what is dispatched to them; what is answered where they are archived,
// without issues, private, or elsewhere by now.
import type { Conformity } from '../conformity.ts'

const REPO = '/repos/{owner}/{repo}'
const STARRED = '/user/starred/{owner}/{repo}'

export async function exerciseRepositories(it: Conformity): Promise<void> {
  await makeRepositories(it)
  await listRepositories(it)
  await star(it)
  await collaborate(it)
  await it.call(`GET ${REPO}/events`, 200)
  await it.call(`GET ${REPO}/events`, 200, { query: '?per_page=1', token: null })
  await it.call(`POST ${REPO}/dispatches`, 204, { body: { event_type: 'deploy', client_payload: { a: 1 } } })
  for (const body of [{}, { event_type: '' }, { event_type: 'a', client_payload: 7 }]) {
    await it.call(`POST ${REPO}/dispatches`, 422, { body })
  }
  await archive(it)
}

async function makeRepositories(it: Conformity): Promise<void> {
  const mine = 'POST /user/repos'
  const ours = 'POST /orgs/{org}/repos'
  await it.call(mine, 201, {
    body: { name: 'made', description: 'A thing', homepage: 'https://example.com' },
  })
  await it.call(ours, 201, { body: { name: 'made', private: true } })
  for (const name of [mine, ours]) {
    for (const body of [{}, { name: 'made' }, { name: 'no spaces' }, { name: 7 }]) {
      await it.call(name, 422, { body })
    }
  }
  await it.call(ours, 403, { token: it.tokens.stranger, body: { name: 'a' } })
  await it.call(mine, 400, { body: '{' })
  await it.call(mine, 401, { token: null, body: { name: 'a' } })
  await it.call(mine, 404, { token: it.tokens.bare, body: { name: 'a' } })

  await it.call(`GET ${REPO}`, 200)
  await it.call(`GET ${REPO}`, 200, { token: null })
  await it.call(`GET ${REPO}`, 200, { params: { owner: 'acme', repo: 'forge' } })
  await it.call(`GET ${REPO}`, 404, { params: { repo: 'secret' }, token: it.tokens.stranger })
  await it.call(`PATCH ${REPO}`, 200, { body: { default_branch: 'trunk' } })
  const made = { params: { repo: 'made' } }
  await it.call(`PATCH ${REPO}`, 200, { ...made, body: { description: '', has_issues: true } })
  await it.call(`PATCH ${REPO}`, 422, { ...made, body: { name: 'no spaces' } })
  await it.call(`PATCH ${REPO}`, 403, { ...made, body: {}, token: it.tokens.stranger })
  await it.call(`DELETE ${REPO}`, 403, { ...made, token: it.tokens.stranger })
  await it.call(`DELETE ${REPO}`, 204, made)
}

async function listRepositories(it: Conformity): Promise<void> {
  await it.call('GET /user/repos', 200)
  await it.call('GET /user/repos', 200, { query: '?per_page=1&sort=created' })
  await it.call('GET /user/repos', 422, { query: '?sort=size' })
  await it.call('GET /user/repos', 401, { token: null })
  await it.call('GET /orgs/{org}/repos', 200)
  await it.call('GET /users/{username}/repos', 200, { params: { username: 'octocat' } })
}

async function star(it: Conformity): Promise<void> {
  await it.call(`PUT ${STARRED}`, 204)
  await it.call(`GET ${STARRED}`, 204)
  for (const method of ['GET', 'PUT', 'DELETE']) {
    await it.call(`${method} ${STARRED}`, 401, { token: null })
    await it.call(`${method} ${STARRED}`, 404, { params: { repo: 'secret' }, token: it.tokens.stranger })
  }
  for (const accept of ['application/vnd.github+json', 'application/vnd.github.star+json']) {
    const headers = { accept }
    await it.call(`GET ${REPO}/stargazers`, 200, { headers })
    await it.call('GET /user/starred', 200, { headers })
    await it.call('GET /users/{username}/starred', 200, { headers, params: { username: 'octocat' } })
  }
  await it.call('GET /user/starred', 401, { token: null })
  await it.call(`DELETE ${STARRED}`, 204)
}

async function collaborate(it: Conformity): Promise<void> {
  const all = `${REPO}/collaborators`
  const one = `${all}/{username}`
  const params = { username: 'hubot' }
  for (const permission of ['pull', 'triage', 'push', 'maintain', 'admin']) {
    await it.call(`PUT ${one}`, 204, { params, body: { permission } })
    await it.call(`GET ${all}`, 200, { query: `?permission=${permission}` })
    await it.call(`GET ${one}/permission`, 200, { params })
  }
  await it.call(`GET ${all}`, 200)
  await it.call(`GET ${all}`, 200, { query: '?per_page=1' })
  await it.call(`GET ${one}`, 204, { params })
  await it.call(`PUT ${one}`, 422, { params, body: { permission: 'king' } })
  await it.call(`PUT ${one}`, 422, { params: { username: 'octocat' } })
  for (const method of ['PUT', 'DELETE']) {
    await it.call(`${method} ${one}`, 403, { params, token: it.tokens.stranger })
  }
  await it.call(`DELETE ${one}`, 204, { params })
}

async function archive(it: Conformity): Promise<void> {
  const params = { repo: 'old' }
  await it.call('POST /user/repos', 201, { body: { name: 'old' } })
  const { json: issue } = await it.call('POST /repos/{owner}/{repo}/issues', 201, {
    params,
    body: { title: 'a' },
  })
  await it.call(`PATCH ${REPO}`, 200, { params, body: { archived: true } })
  await it.call(`PATCH ${REPO}`, 403, { params, body: { description: 'b' } })
  const within = { params: { ...params, issue_number: issue.number } }
  await it.call(`POST ${REPO}/issues`, 403, { ...within, body: { title: 'b' } })
  await it.call(`POST ${REPO}/issues/{issue_number}/comments`, 403, { ...within, body: { body: 'b' } })
}
