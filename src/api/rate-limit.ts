// How many requests somebody may make within an hour, as GitHub counts them: a user by all of their tokens and
// sessions together, an installation of an App by itself, and whoever comes without a token by their address.
// Each process counts for itself, in memory.
//
// rate-limiter-flexible was weighed: its memory store has a timer for each key, no ceiling for their number, and
// the system's clock alone.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../base/clock.ts'
import { AppError } from '../errors.ts'
import type { RateStatus } from '../github/server.ts'
import { isSiteAdmin } from './auth.ts'
import { placeOfAddress } from './credentials.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Null until it is known who asks, and for an App by its own key, which GitHub does not count. */
    quota: Quota | null
  }
  interface FastifyContextConfig {
    /** Whoever has nothing left may do this all the same. */
    uncounted?: boolean
  }
}

export type RateLimits = {
  /** Requests an hour of one user; null for no limit for anybody. */
  readonly perUser: number | null
}

// GitHub's, for an address without a token.
const PER_ADDRESS = 60
const WINDOW_MS = 60 * 60 * 1000

// 3 MB each when they are full. Whoever is pushed out begins anew, so strangers get a map of their own: they
// can have any number of addresses.
const COUNTED_MAX = 20_000

// Every client can read the largest 32-bit integer; it stands for no limit.
const NO_LIMIT = 2 ** 31 - 1

type Count = { used: number; readonly resetAtMs: number }

export type Quota = {
  readonly limit: number
  readonly count: Count
  /** As GitHub names them in its refusal. */
  readonly who: string
  readonly isKnown: boolean
  /** Whether this request is among what was used. */
  isCounted: boolean
}

export class RateLimiter {
  readonly #perUser: number | null
  readonly #clock: Clock
  readonly #known: LRUCache<string, Count>
  readonly #strangers: LRUCache<string, Count>

  constructor({ perUser }: RateLimits, clock: Clock) {
    this.#perUser = perUser
    this.#clock = clock
    const options = { max: COUNTED_MAX, ttl: WINDOW_MS, perf: { now: () => clock.nowMs() } }
    this.#known = new LRUCache(options)
    this.#strangers = new LRUCache(options)
  }

  /** Counts this request, and tells the client how it stands. Throws `quota_exceeded` when nothing was left. */
  take(request: FastifyRequest, reply: FastifyReply): void {
    if (request.integrationCaller) return
    const quota = this.#quotaOf(request)
    request.quota = quota
    const { count, limit } = quota
    if (request.routeOptions.config.uncounted !== true && limit !== NO_LIMIT) {
      if (count.used >= limit) {
        addRateHeaders(reply, quota)
        throw exceeded(quota, this.#clock.nowMs())
      }
      count.used++
      quota.isCounted = true
    }
    addRateHeaders(reply, quota)
  }

  #quotaOf(request: FastifyRequest): Quota {
    const { caller, ip } = request
    if (this.#perUser === null || isSiteAdmin(caller)) {
      return unlimited(this.#clock)
    }
    if (!caller) {
      const count = this.#countIn(this.#strangers, placeOfAddress(ip))
      return { limit: Math.min(PER_ADDRESS, this.#perUser), count, who: ip, isKnown: false, isCounted: false }
    }
    const who = caller.installation
      ? `installation ID ${caller.installation.id}`
      : `user ID ${caller.user.id}`
    const count = this.#countIn(this.#known, who)
    return { limit: this.#perUser, count, who, isKnown: true, isCounted: false }
  }

  #countIn(counts: LRUCache<string, Count>, key: string): Count {
    const known = counts.get(key)
    // A clock that was turned back must not stretch the hour.
    if (known && known.resetAtMs - this.#clock.nowMs() <= WINDOW_MS) return known
    const count = begin(this.#clock)
    counts.set(key, count)
    return count
  }
}

export function unlimited(clock: Clock): Quota {
  return { limit: NO_LIMIT, count: begin(clock), who: '', isKnown: true, isCounted: false }
}

function begin(clock: Clock): Count {
  return { used: 0, resetAtMs: clock.nowMs() + WINDOW_MS }
}

/** What was not sent anew is not counted, when it is known who asked. */
export function giveBack(request: FastifyRequest, reply: FastifyReply): void {
  const { quota } = request
  if (!quota?.isCounted || !quota.isKnown) return
  quota.count.used--
  quota.isCounted = false
  addRateHeaders(reply, quota)
}

export function rateStatusOf({ limit, count }: Quota): RateStatus {
  const { used, resetAtMs } = count
  return { limit, used, remaining: Math.max(0, limit - used), reset: Math.ceil(resetAtMs / 1000) }
}

function addRateHeaders(reply: FastifyReply, quota: Quota): void {
  const { limit, remaining, used, reset } = rateStatusOf(quota)
  reply.headers({
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-used': String(used),
    'x-ratelimit-reset': String(reset),
    'x-ratelimit-resource': 'core',
  })
}

function exceeded({ who, isKnown, count }: Quota, nowMs: number): AppError {
  const message = isKnown
    ? `API rate limit exceeded for ${who}.`
    : `API rate limit exceeded for ${who}. (But here's the good news: Authenticated requests get a higher rate ` +
      'limit. Check out the documentation for more details.)'
  const retryAfterSeconds = Math.max(1, Math.ceil((count.resetAtMs - nowMs) / 1000))
  return new AppError('quota_exceeded', message, { retryAfterSeconds })
}
