import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../test-server.ts'

describe('GET /user', () => {
  it('tells who holds the token, at both addresses', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))

    const answer = await server.request('GET', '/user', { token })
    assert.equal(answer.status, 200)
    assert.equal(answer.json.login, 'octocat')
    assert.equal(answer.json.url, `${server.url}/users/octocat`)

    const enterprise = await server.request('GET', '/api/v3/user', { token })
    assert.equal(enterprise.json.url, `${server.url}/api/v3/users/octocat`)
    assert.equal(enterprise.json.html_url, `${server.url}/octocat`)
  })

  it('asks for a token', async t => {
    const server = await startTestServer(t)
    const answer = await server.request('GET', '/user')
    assert.equal(answer.status, 401)
    assert.deepEqual(answer.json, {
      message: 'Requires authentication',
      documentation_url: 'https://docs.github.com/rest',
      status: '401',
    })
  })
})
