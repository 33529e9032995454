// The whole server for tests: a real store in a folder of its own, a real engine, a real socket.
// All of it is closed when the test ends. No answer of it passes that GitHub, or for what is ours our own document, does not describe.
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { assertDescribed } from '../../test/github/description.ts'
import { assertTold } from '../../test/own-answers.ts'
import { type Account, SCOPES, type Scope } from '../account.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import { createLog } from '../base/log.ts'
import { createGuard, type Guard } from '../egress/address.ts'
import { createSender } from '../egress/send.ts'
import { Engine } from '../engine/engine.ts'
import { createAccount, setMembership } from '../store/accounts.ts'
import { openStore, type Store } from '../store/store.ts'
import { createToken } from '../store/tokens.ts'
import type { ApiContext } from './context.ts'
import type { Forwarders } from './forwarders.ts'
import { createServer, type ServerOptions } from './server.ts'

export type TestRequest = {
  readonly token?: string
  /** An object is sent as JSON; text and bytes are sent as they are. */
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

export type TestAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly json: any
}

export type TestEvent = {
  readonly name: string
  readonly action: string | null
  readonly repositoryId: number | null
  readonly organizationId: number | null
  // biome-ignore lint/suspicious/noExplicitAny: tests look into payloads of every shape.
  readonly payload: any
}

export type TestServer = {
  readonly url: string
  readonly store: Store
  readonly engine: Engine
  readonly context: ApiContext
  readonly forwarders: Forwarders
  request(method: string, path: string, request?: TestRequest): Promise<TestAnswer>
  /** What was accepted so far, in order. */
  events(): Promise<readonly TestEvent[]>
  addUser(login: string, options?: { readonly siteAdmin?: boolean }): Promise<Account>
  addOrganization(login: string, owner: Account): Promise<Account>
  addMember(organization: Account, user: Account): Promise<void>
  /** A token's text. All scopes unless some are named. */
  addToken(user: Account, scopes?: readonly Scope[]): Promise<string>
}

export type TestServerOptions = ServerOptions & {
  readonly clock?: Clock
  readonly baseUrl?: string
  /** Loopback is open by default, so that receivers of the test can be reached. */
  readonly guard?: Guard
}

export async function startTestServer(
  t: Pick<TestContext, 'after'>,
  options: TestServerOptions = {},
): Promise<TestServer> {
  const clock = options.clock ?? systemClock
  const guard =
    options.guard ?? createGuard({ allowNetworks: ['127.0.0.0/8', '::1/128'], allowPrivateNetworks: false })
  const log = createLog('silent')
  const folder = await mkdtemp(join(tmpdir(), 'hookline-api-'))
  const store = await openStore(folder, clock)
  const sender = createSender({ guard })
  const engine = new Engine({ store, sender, clock, log })
  const context = {
    store,
    engine,
    guard,
    clock,
    log,
    baseUrl: options.baseUrl ?? null,
    version: '0.0.0-test',
  }
  const app = createServer(context, options)
  engine.start()
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.after(async () => {
    await app.close()
    await engine.stop(1_000)
    await sender.close()
    await store.close()
    await rm(folder, { recursive: true })
  })
  const { port } = app.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const nowMs = () => clock.nowMs()

  return {
    url,
    store,
    engine,
    context,
    forwarders: app.forwarders,
    request: async (method, path, request) => {
      const answer = await send(url + path, method, request)
      assertDescribed(method, path, answer)
      assertTold(method, path, answer)
      return answer
    },
    events: () => acceptedEvents(store),
    addUser: (login, { siteAdmin = false } = {}) =>
      store.write(tx => createAccount(tx, { type: 'User', login, siteAdmin }, nowMs())),
    addOrganization: (login, owner) =>
      store.write(async tx => {
        const organization = await createAccount(tx, { type: 'Organization', login }, nowMs())
        await setMembership(tx, organization.id, owner.id, 'admin', nowMs())
        return organization
      }),
    addMember: (organization, user) =>
      store.write(tx => setMembership(tx, organization.id, user.id, 'member', nowMs())),
    addToken: async (user, scopes = SCOPES) => {
      const made = await store.write(tx =>
        createToken(tx, { userId: user.id, note: 'test', scopes }, nowMs()),
      )
      return made.text
    },
  }
}

async function acceptedEvents({ read }: Store): Promise<TestEvent[]> {
  const rows = await read
    .selectFrom('events')
    .innerJoin('payloads', 'payloads.event_id', 'events.id')
    .select(['name', 'action', 'repository_id', 'organization_id', 'body'])
    .orderBy('events.id')
    .execute()
  return rows.map(row => ({
    name: row.name,
    action: row.action,
    repositoryId: row.repository_id,
    organizationId: row.organization_id,
    payload: JSON.parse(Buffer.from(row.body).toString()),
  }))
}

async function send(
  url: string,
  method: string,
  { token, body, headers }: TestRequest = {},
): Promise<TestAnswer> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...(token !== undefined && { authorization: `token ${token}` }), ...headers },
    ...(body !== undefined && { body: isRaw ? (body as BodyInit) : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson && text ? JSON.parse(text) : null,
  }
}
