// Who is asking: reads the token, in whichever way GitHub allows one to be sent, or the cookie of
// somebody who has signed in. What they may do is decided in auth.ts.
import type { FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'
import { LRUCache } from 'lru-cache'
import { type Account, isLogin, SCOPES, type Scope } from '../account.ts'
import { AppError } from '../errors.ts'
import { commonOf, type Permissions } from '../integration.ts'
import { provesPassword } from '../password.ts'
import { findAccount, findAccountById } from '../store/accounts.ts'
import { findInstallationToken, INSTALLATION_TOKEN_PREFIX } from '../store/installation-tokens.ts'
import { findInstallation } from '../store/installations.ts'
import { findIntegration } from '../store/integrations.ts'
import { findPassword } from '../store/passwords.ts'
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
export const ACCOUNT_SUSPENDED = 'Sorry. Your account was suspended'

export const SESSION_COOKIE = 'hookline_session'

// A person who mistypes stays far below it, a misconfigured job that retries each second does not.
const FAILURES_MAX = 30
const FAILURES_WINDOW_MS = 60_000
const ADDRESSES_MAX = 10_000

// Whoever shares an address with one who guesses, behind a proxy say, goes on working: a token that was right
// there within a day is taken all the same.
const PROVEN_MS = 24 * 60 * 60_000
const PROVEN_MAX = 10_000

// Good enough for "last used 3 minutes ago", and one write a minute for a token in constant use.
const USED_RESOLUTION_MS = 60_000
const TOKENS_REMEMBERED_MAX = 10_000

export class Credentials {
  readonly #context: ApiContext
  readonly #failures: LRUCache<string, { count: number }>
  readonly #proven: LRUCache<string, true>
  readonly #usedAtMs = new LRUCache<number, number>({ max: TOKENS_REMEMBERED_MAX })

  constructor(context: ApiContext) {
    this.#context = context
    const perf = { now: () => context.clock.nowMs() }
    this.#failures = new LRUCache({ max: ADDRESSES_MAX, ttl: FAILURES_WINDOW_MS, perf })
    this.#proven = new LRUCache({ max: PROVEN_MAX, ttl: PROVEN_MS, perf })
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
    const guesser = placeOfAddress(ip)
    this.#refuseGuesser(guesser)
    try {
      const integration = await readJsonWebToken(store.read, text, clock.nowMs())
      const bot = await findAccountById(store.read, integration.botId)
      if (!bot) throw new Error(`App ${integration.id} has no bot`)
      return { integration, bot }
    } catch (error) {
      if (error instanceof AppError) this.#countFailure(guesser)
      throw error
    }
  }

  async #byInstallation(text: string, address: string): Promise<Caller> {
    const { clock, store } = this.#context
    const guesser = placeOfAddress(address)
    const token = await findInstallationToken(store.read, text, clock.nowMs())
    this.#refuseGuesser(guesser, token && `installation ${token.installationId}`)
    const installation = token && (await findInstallation(store.read, token.installationId))
    const integration =
      installation && (await findIntegration(store.read, { id: installation.integrationId }))
    const user = integration && (await findAccountById(store.read, integration.botId))
    if (!user) {
      this.#countFailure(guesser)
      throw new AppError('bad_credentials', 'Bad credentials')
    }
    this.#prove(guesser, `installation ${installation.id}`)
    if (installation.suspendedAt) throw new AppError('forbidden', SUSPENDED)
    return {
      user,
      scopes: INSTALLATION_SCOPES,
      by: 'installation',
      installation: {
        id: installation.id,
        accountId: installation.account.id,
        permissions: commonOf(token.permissions, installation.permissions),
        repositoryIds: narrowed(token.repositoryIds, installation.repositoryIds),
        tokenText: text,
      },
    }
  }

  /** Whose token this is, and which. Throws `bad_credentials` when it is nobody's. */
  async holderOf(text: string | undefined, address: string): Promise<TokenHolder> {
    const guesser = placeOfAddress(address)
    const holder = text === undefined ? undefined : await findTokenHolder(this.#context.store.read, text)
    // A right guess is refused as a wrong one is.
    this.#refuseGuesser(guesser, holder && `token ${holder.token.id}`)
    if (!holder) {
      this.#countFailure(guesser)
      throw new AppError('bad_credentials', 'Bad credentials')
    }
    this.#prove(guesser, `token ${holder.token.id}`)
    if (holder.user.suspendedAt) throw new AppError('forbidden', ACCOUNT_SUSPENDED)
    this.#markUsed(holder.token.id, holder.token.lastUsedAt)
    return holder
  }

  /** Whose name and password these are: for the sign-in page alone, since GitHub's API takes none. */
  async userOfPassword(login: string, password: string, address: string): Promise<Account> {
    const account = isLogin(login) ? await findAccount(this.#context.store.read, login) : undefined
    const user = account?.type === 'User' ? account : undefined
    await this.checkPassword(user, password, address)
    if (!user) throw new AppError('bad_credentials', 'Bad credentials')
    if (user.suspendedAt) throw new AppError('forbidden', ACCOUNT_SUSPENDED)
    return user
  }

  /** Throws `bad_credentials`, and after the same time, whether the password is wrong or there is no such user. */
  async checkPassword(user: Account | undefined, password: string, address: string): Promise<void> {
    const guesser = placeOfAddress(address)
    this.#refuseGuesser(guesser)
    // Counted before it is known to be wrong: guesses that are made at once must not all slip through.
    this.#countFailure(guesser)
    const kept = user && (await findPassword(this.#context.store.read, user.id))
    const isProven = await provesPassword(password, kept?.hash).catch(error => {
      // It was not looked at.
      this.#forgiveFailure(guesser)
      throw error
    })
    if (!isProven) throw new AppError('bad_credentials', 'Bad credentials')
    this.#forgiveFailure(guesser)
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

  /** Whether so much that was wrong came from there that nothing new is tried. */
  isGuessing(address: string): boolean {
    return this.#isGuesser(placeOfAddress(address))
  }

  /** For what is no token and no password: a link to sign in with. */
  countGuess(address: string): void {
    this.#countFailure(placeOfAddress(address))
  }

  #isGuesser(guesser: string): boolean {
    return (this.#failures.get(guesser)?.count ?? 0) >= FAILURES_MAX
  }

  #refuseGuesser(guesser: string, what?: string): void {
    if (!this.#isGuesser(guesser)) return
    if (what !== undefined && this.#proven.has(`${guesser} ${what}`)) return
    throw new AppError('forbidden', 'Maximum number of login attempts exceeded. Please try again later.')
  }

  #prove(guesser: string, what: string): void {
    this.#proven.set(`${guesser} ${what}`, true)
  }

  #countFailure(guesser: string): void {
    const failures = this.#failures.get(guesser)
    if (failures) failures.count++
    else this.#failures.set(guesser, { count: 1 })
  }

  #forgiveFailure(guesser: string): void {
    const failures = this.#failures.get(guesser)
    if (failures) failures.count--
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

/** One who has an IPv6 address has all of its /64 (RFC 6177), and may come from each. */
export function placeOfAddress(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString()
}

/** `token X`, `Bearer X`, or Basic with the token as the password, or as the name with none. */
export function tokenIn(authorization: string): string | undefined {
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
