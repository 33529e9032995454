// Apps for tests: registered by their owner, installed, and asking by a web token of their own making.
import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import type { TestContext } from 'node:test'
import { type JWTPayload, SignJWT } from 'jose'
import type { Account } from '../account.ts'
import { addRepository } from './test-hooks.ts'
import { startTestServer, type TestServer, type TestServerOptions } from './test-server.ts'

export type TestIntegration = {
  readonly id: number
  readonly slug: string
  readonly client_id: string
  readonly pem: string
  readonly webhook_secret: string | null
}

/** `octocat` with two repositories, and an App of `hubot`'s that is not installed yet. */
export async function startWithIntegration(
  t: TestContext,
  manifest: object = {},
  options: TestServerOptions = {},
) {
  const server = await startTestServer(t, options)
  const hubot = await server.addUser('hubot')
  const octocat = await server.addUser('octocat')
  const hello = await addRepository(server, octocat, 'hello')
  const other = await addRepository(server, octocat, 'other', true)
  const tokens = { hubot: await server.addToken(hubot), octocat: await server.addToken(octocat) }
  const integration = await register(server, tokens.hubot, manifest)
  return {
    server,
    integration,
    tokens,
    hubot,
    octocat,
    hello,
    other,
    asApp: async (method: string, path: string, body?: unknown) =>
      server.request(method, path, { token: await signedBy(integration), body }),
    install: (body: object = {}) => installOn(server, tokens.octocat, integration, body),
  }
}

export async function register(
  server: TestServer,
  token: string,
  manifest: object = {},
): Promise<TestIntegration> {
  const body = { name: 'Issue Sorter', url: 'https://sorter.example', ...manifest }
  const { status, json } = await server.request('POST', '/user/apps', { token, body })
  assert.equal(status, 201, JSON.stringify(json))
  return json
}

/** Gives the installation's JSON. */
export async function installOn(
  server: TestServer,
  token: string,
  { slug }: TestIntegration,
  body: object = {},
  account?: Account,
) {
  const path = account ? `/orgs/${account.login}/installations` : '/user/installations'
  const { status, json } = await server.request('POST', path, { token, body: { app_slug: slug, ...body } })
  assert.equal(status, 201, JSON.stringify(json))
  return json
}

export async function signedBy(
  { id, pem }: Pick<TestIntegration, 'id' | 'pem'>,
  claims: JWTPayload | ((nowSeconds: number) => object) = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const given = typeof claims === 'function' ? claims(now) : claims
  const payload = { iss: String(id), iat: now - 60, exp: now + 540, ...given }
  return new SignJWT(JSON.parse(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .sign(createPrivateKey(pem))
}
