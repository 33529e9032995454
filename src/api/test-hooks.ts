// A server with a repository or an organization, and short ways to its hooks, for tests.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Account } from '../account.ts'
import type { Repository } from '../repository.ts'
import { createRepository } from '../store/repositories.ts'
import { startTestServer, type TestServer, type TestServerOptions } from './test-server.ts'

/** Every new hook is pinged: this leads to a closed port of this machine. */
export const URL_OK = 'http://receiver.localhost:9/hook'

/** `octocat/hello` and its owner. */
export async function repositoryHooks(t: TestContext, options: TestServerOptions = {}) {
  const server = await startTestServer(t, options)
  const user = await server.addUser('octocat')
  const repository = await addRepository(server, user, 'hello')
  return { ...callsTo(server, await server.addToken(user), '/repos/octocat/hello/hooks'), user, repository }
}

/** `acme`, owned by `octocat`. */
export async function organizationHooks(t: TestContext, options: TestServerOptions = {}) {
  const server = await startTestServer(t, options)
  const user = await server.addUser('octocat')
  const organization = await server.addOrganization('acme', user)
  return { ...callsTo(server, await server.addToken(user), '/orgs/acme/hooks'), user, organization }
}

export async function addRepository(
  server: TestServer,
  owner: Account,
  name: string,
  isPrivate = false,
): Promise<Repository> {
  const repository = { name, private: isPrivate, description: null, homepage: null, hasIssues: true }
  return server.store.write(tx => createRepository(tx, owner, repository, Date.now()))
}

function callsTo(server: TestServer, token: string, path: string) {
  const request = (method: string, at: string, body?: unknown) =>
    server.request(method, path + at, { token, body })
  const post = (at: string, body?: unknown) => request('POST', at, body)
  return {
    server,
    token,
    request,
    post,
    get: (at: string) => request('GET', at),
    patch: (at: string, body: unknown) => request('PATCH', at, body),
    create: async (body: object) => {
      const { status, json } = await post('', { name: 'web', ...body })
      assert.equal(status, 201, JSON.stringify(json))
      return json
    },
  }
}
