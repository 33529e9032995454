// A server that holds some of everything, and calls to it by GitHub's names of its operations. Every answer
// is held against GitHub's description by the server for tests itself; here it is noted which statuses
// of which operations there were.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { addRepository } from '../../src/api/test-hooks.ts'
import { startTestReceiver, type TestReceiver } from '../../src/api/test-receiver.ts'
import { startTestServer, type TestAnswer, type TestServer } from '../../src/api/test-server.ts'
import { OPERATIONS, type Operation, requestFaults } from './description.ts'

export type Call = {
  /** Parameters of the path. What is left out is that of the last call that named it. */
  readonly params?: Readonly<Record<string, string | number>>
  readonly query?: string
  readonly body?: unknown
  /** The owner's, who may do everything, unless another is given; null for none. */
  readonly token?: string | null
  readonly headers?: Readonly<Record<string, string>>
  /** The address that it comes from: a new one each time, so that no limiter takes offence. */
  readonly from?: string
}

export type Tokens = {
  /** Owns everything and administers the site. */
  readonly owner: string
  /** A member of the organization. */
  readonly member: string
  readonly stranger: string
  /** The owner's, for nothing at all. */
  readonly bare: string
}

export class Conformity {
  readonly server: TestServer
  readonly receiver: TestReceiver
  readonly tokens: Tokens
  readonly #seen = new Map<string, Set<number>>()
  readonly #successes = new Map<string, Call>()
  readonly #params: Record<string, string | number> = { owner: 'octocat', repo: 'hello', org: 'acme' }
  #addresses = 0

  constructor(server: TestServer, receiver: TestReceiver, tokens: Tokens) {
    this.server = server
    this.receiver = receiver
    this.tokens = tokens
  }

  /** `call('GET /repos/{owner}/{repo}/hooks', 200)`: sends it, and notes that it was answered so. */
  async call(name: string, status: number, call: Call = {}): Promise<TestAnswer> {
    const operation = OPERATIONS.find(one => one.name === name)
    assert.ok(operation, `GitHub has no ${name}, or \`npm run describe\` has to run again`)
    const answer = await this.send(operation, call)
    assert.equal(answer.status, status, `${name}: ${answer.text.slice(0, 500)}`)
    if (status < 300) {
      // What succeeds here must be what GitHub would take.
      assert.deepEqual(call.body === undefined ? [] : requestFaults(operation, call.body), [], name)
      assertScopes(name, call, answer)
      if (!this.#successes.has(name)) this.#successes.set(name, { ...call, params: this.#paramsOf(call) })
    }
    this.note(operation, status)
    return answer
  }

  send(operation: Operation, { query = '', body, token, headers, from, params }: Call): Promise<TestAnswer> {
    const path = pathOf(operation.name, { ...this.#params, ...params })
    const text = token === undefined ? this.tokens.owner : token
    return this.server.request(operation.method, path + query, {
      ...(text !== null && { token: text }),
      headers: { 'x-forwarded-for': from ?? this.#nextAddress(), ...headers },
      ...(body !== undefined && { body }),
    })
  }

  note({ name }: Operation, status: number): void {
    const statuses = this.#seen.get(name) ?? new Set()
    this.#seen.set(name, statuses.add(status))
  }

  seen({ name }: Operation): ReadonlySet<number> {
    return this.#seen.get(name) ?? new Set()
  }

  /** A call that succeeded, if one did: to be varied. */
  successOf({ name }: Operation): Call | undefined {
    return this.#successes.get(name)
  }

  /** From now on these are meant when a path has such a parameter. */
  use(params: Readonly<Record<string, string | number>>): void {
    Object.assign(this.#params, params)
  }

  #paramsOf({ params }: Call) {
    return { ...this.#params, ...params }
  }

  #nextAddress(): string {
    const n = ++this.#addresses
    return `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`
  }
}

export async function startConformity(t: TestContext): Promise<Conformity> {
  const receiver = await startTestReceiver(t)
  const server = await startTestServer(t, { trustProxy: ['127.0.0.1'] })
  const owner = await server.addUser('octocat', { siteAdmin: true })
  const member = await server.addUser('hubot')
  const stranger = await server.addUser('stranger')
  const organization = await server.addOrganization('acme', owner)
  await server.addMember(organization, member)
  await addRepository(server, owner, 'hello')
  await addRepository(server, owner, 'secret', true)
  await addRepository(server, organization, 'forge')
  return new Conformity(server, receiver, {
    owner: await server.addToken(owner),
    member: await server.addToken(member),
    stranger: await server.addToken(stranger),
    bare: await server.addToken(owner, []),
  })
}

/** Clients tell their user by these which scopes a token has, and which it would need. */
function assertScopes(name: string, { token }: Call, { headers }: TestAnswer): void {
  // An App and its installations have permissions instead.
  if (token !== undefined) return
  assert.ok(headers.has('x-oauth-scopes'), name)
  if (name.includes('/hooks')) assert.ok(headers.get('x-accepted-oauth-scopes'), name)
}

function pathOf(name: string, params: Readonly<Record<string, string | number>>): string {
  const [, path = ''] = name.split(' ')
  return path.replace(/\{(\w+)\}/g, (_, param: string) => {
    const value = params[param]
    assert.ok(value !== undefined, `${name}: no ${param} yet`)
    return encodeURIComponent(value)
  })
}
