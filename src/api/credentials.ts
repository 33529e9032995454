// Who is asking: reads the token, in whichever way GitHub allows one to be sent, or the cookie of
// somebody who has signed in. What they may do is decided in auth.ts.
import type { FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'
import { LRUCache } from 'lru-cache'
import { type Account, SCOPES, type Scope } from '../account.ts'
import { AppError } from '../errors.ts'
import type { Permissions } from '../integration.ts'
import { findAccountsById } from '../store/accounts.ts'
import { findInstallationToken, INSTALLATION_TOKEN_PREFIX } from '../store/installation-tokens.ts'
import { findInstallation } from '../store/installations.ts'
import { findIntegration } from '../store/integrations.ts'
import { findSessionUser } from '../store/sessions.ts'
import { findTokenHolder, markTokenUsed, type TokenHolder } from '../store/tokens.ts'
import type { ApiContext } from './context.ts'
import { INSTALLATION_SCOPES } from './installation-access.ts'
import type { IntegrationCaller } from './integration-access.ts'
import { isJsonWebToken, readJsonWebToken } from './json-web-token.ts'
import { linksOf } from './links.ts'

export type Caller = {
  readonly user: Account
  readonly scopes: readonly Scope[]
  readonly by: 'token' | 'session' | 'installation'
  /** Of an App, which acts where it is installed. */
  readonly installation?: InstallationCaller
}

export type InstallationCaller = {
  readonly id: number
  readonly accountId: number
  readonly permissions: Permissions
  /** Null for all of the account's. */
  readonly repositoryIds: readonly number[] | null
  readonly tokenText: string
}

export type Session = {
  readonly user: Account
  /** The cookie's. */
  readonly text: string
}

export const SUSPENDED = 'This installation has been suspended'
const ACCOUNT_SUSPENDED = 'Sorry. Your account was suspended'

export const SESSION_COOKIE = 'hookline_session'

// A person who mistypes stays far below it, a misconfigured job that retries each second does not.
const FAILURES_MAX = 30
const FAILURES_WINDOW_MS = 60_000
const ADDRESSES_MAX = 10_000

// Good enough for "last used 3 minutes ago", and one write a minute for a token in constant use.
const USED_RESOLUTION_MS = 60_000
const TOKENS_REMEMBERED_MAX = 10_000

export class Credentials {
  readonly #context: ApiContext
  readonly #failures: LRUCache<string, { count: number }>
  readonly #usedAtMs = new LRUCache<number, number>({ max: TOKENS_REMEMBERED_MAX })

  constructor(context: ApiContext) {
    this.#context = context
    this.#failures = new LRUCache({
      max: ADDRESSES_MAX,
      ttl: FAILURES_WINDOW_MS,
      perf: { now: () => context.clock.nowMs() },
    })
  }

  /** Null without a token and without a session. Throws `bad_credentials` for a wrong token. */
  async authenticate(request: FastifyRequest): Promise<Caller | null> {
    const { authorization } = request.headers
    if (!authorization) return this.#bySession(request)
    const text = tokenIn(authorization)
    if (text?.startsWith(INSTALLATION_TOKEN_PREFIX)) return this.#byInstallation(text, request.ip)
    const { token, user } = await this.holderOf(text, request.ip)
    return { user, scopes: token.scopes, by: 'token' }
  }

  /** Null for whoever does not come with a JSON web token. Throws in GitHub's words for one that proves nothing. */
  async findIntegration({ headers, ip }: FastifyRequest): Promise<IntegrationCaller | null> {
    const text = headers.authorization && tokenIn(headers.authorization)
    if (!text || !isJsonWebToken(text)) return null
    const { clock, store } = this.#context
    const guesser = guesserAt(ip)
    this.#refuseGuesser(guesser)
    try {
      const integration = await readJsonWebToken(store.read, text, clock.nowMs())
      const bot = (await findAccountsById(store.read, [integration.botId])).get(integration.botId)
      if (!bot) throw new Error(`App ${integration.id} has no bot`)
      return { integration, bot }
    } catch (error) {
      if (error instanceof AppError) this.#countFailure(guesser)
      throw error
    }
  }

  async #byInstallation(text: string, address: string): Promise<Caller> {
    const { clock, store } = this.#context
    const guesser = guesserAt(address)
    this.#refuseGuesser(guesser)
    const token = await findInstallationToken(store.read, text, clock.nowMs())
    const installation = token && (await findInstallation(store.read, token.installationId))
    const integration =
      installation && (await findIntegration(store.read, { id: installation.integrationId }))
    const bots = integration && (await findAccountsById(store.read, [integration.botId]))
    const user = integration && bots?.get(integration.botId)
    if (!user) {
      this.#countFailure(guesser)
      throw new AppError('bad_credentials', 'Bad credentials')
    }
    if (installation.suspendedAt) throw new AppError('forbidden', SUSPENDED)
    return {
      user,
      scopes: INSTALLATION_SCOPES,
      by: 'installation',
      installation: {
        id: installation.id,
        accountId: installation.account.id,
        permissions: token.permissions,
        repositoryIds: narrowed(token.repositoryIds, installation.repositoryIds),
        tokenText: text,
      },
    }
  }

  /** Whose token this is, and which. Throws `bad_credentials` when it is nobody's. */
  async holderOf(text: string | undefined, address: string): Promise<TokenHolder> {
    const guesser = guesserAt(address)
    this.#refuseGuesser(guesser)
    const holder = text === undefined ? undefined : await findTokenHolder(this.#context.store.read, text)
    if (!holder) {
      this.#countFailure(guesser)
      throw new AppError('bad_credentials', 'Bad credentials')
    }
    if (holder.user.suspendedAt) throw new AppError('forbidden', ACCOUNT_SUSPENDED)
    this.#markUsed(holder.token.id, holder.token.lastUsedAt)
    return holder
  }

  async #bySession(request: FastifyRequest): Promise<Caller | null> {
    const session = isForgeable(request) ? null : await this.#sessionOf(request)
    if (session?.user.suspendedAt) throw new AppError('forbidden', ACCOUNT_SUSPENDED)
    return session ? { user: session.user, scopes: SCOPES, by: 'session' } : null
  }

  /** Does not check which page sent the request: forms do that by their own token. */
  async findSession(request: FastifyRequest): Promise<Session | null> {
    const session = await this.#sessionOf(request)
    // On a page they may sign in as somebody else.
    return session?.user.suspendedAt ? null : session
  }

  async #sessionOf(request: FastifyRequest): Promise<Session | null> {
    const text = cookieOf(request, SESSION_COOKIE)
    if (!text) return null
    const user = await findSessionUser(this.#context.store.read, text, this.#context.clock.nowMs())
    return user ? { user, text } : null
  }

  #refuseGuesser(guesser: string): void {
    if ((this.#failures.get(guesser)?.count ?? 0) < FAILURES_MAX) return
    throw new AppError('forbidden', 'Maximum number of login attempts exceeded. Please try again later.')
  }

  #countFailure(guesser: string): void {
    const failures = this.#failures.get(guesser)
    if (failures) failures.count++
    else this.#failures.set(guesser, { count: 1 })
  }

  // The answer does not wait for this write. If it fails, the time shown is a minute older.
  #markUsed(tokenId: number, storedAt: Date | null): void {
    const { clock, log, store } = this.#context
    const nowMs = clock.nowMs()
    const usedAtMs = this.#usedAtMs.get(tokenId) ?? storedAt?.getTime() ?? 0
    if (nowMs - usedAtMs < USED_RESOLUTION_MS) return
    this.#usedAtMs.set(tokenId, nowMs)
    store
      .write(tx => markTokenUsed(tx, tokenId, nowMs))
      .catch(error => log.warn({ err: error }, "a token's last use was not written"))
  }
}

// What the token was made for, of what the installation covers by now.
function narrowed(asked: readonly number[] | null, covered: readonly number[] | null) {
  if (asked === null || covered === null) return asked ?? covered
  return asked.filter(id => covered.includes(id))
}

// One who has an IPv6 address has all of its /64 (RFC 6177), and may guess from each.
function guesserAt(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString()
}

/** `token X`, `Bearer X`, or Basic with the token as the password, or as the name with none. */
function tokenIn(authorization: string): string | undefined {
  const [, scheme = '', value = ''] = /^(\S+)\s+(.*)$/.exec(authorization.trim()) ?? []
  switch (scheme.toLowerCase()) {
    case 'token':
    case 'bearer':
      return value
    case 'basic': {
      const [, name = '', password = ''] =
        /^([^:]*):?(.*)$/s.exec(Buffer.from(value, 'base64').toString('utf8')) ?? []
      return password === '' || password === 'x-oauth-basic' ? name : password
    }
    default:
      return undefined
  }
}

export function cookieOf(request: FastifyRequest, name: string): string | undefined {
  for (const pair of request.headers.cookie?.split(';') ?? []) {
    const [key, value] = pair.split('=', 2)
    if (key?.trim() === name) return value?.trim()
  }
  return undefined
}

// SameSite=Lax does not keep out a page on another port of the same host, and a developer's
// machine is full of those. Browsers name the page with every request that can change something.
function isForgeable(request: FastifyRequest): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return false
  return !isSameOrigin(request)
}

/** Whether a browser says that one of our own pages sent this. */
export function isSameOrigin(request: FastifyRequest): boolean {
  const { origin } = request.headers
  if (origin === undefined || !URL.canParse(origin)) return false
  // The scheme is left out: a proxy that ends TLS and is not trusted makes ours look like http.
  const { host } = new URL(origin)
  return host === request.host || host === new URL(linksOf(request).html).host
}
