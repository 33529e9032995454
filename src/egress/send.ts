// The only door out of the server: POSTs bytes once and gives back what came of it. It follows no
// redirect, repeats nothing, decompresses nothing, and throws for no fault of the world's. It knows
// nothing of hooks, signatures or schedules.
import { LRUCache } from 'lru-cache'
import { Pool } from 'undici'
import type { HeaderList, Outcome } from '../delivery.ts'
import { AbortGroup } from './abort-group.ts'
import type { Guard } from './address.ts'
import { createConnector } from './connector.ts'
import { parseDestination } from './destination.ts'
import { Exchange } from './exchange.ts'
import { type Lookup, lookupSystem, shareLookups } from './resolve.ts'

export type SendRequest = {
  readonly url: string
  readonly method: 'POST'
  /** Names are written as they are given. */
  readonly headers: HeaderList
  readonly body: Uint8Array
  readonly insecureSsl: boolean
  /** For all of it: lookup, connection, request, response. GitHub's is 10 s. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export type Sender = {
  /** Rejects for a bug of ours alone, such as a header that cannot be written. */
  send(request: SendRequest): Promise<Outcome>
  /** Whatever is on its way is aborted, and every socket closed. */
  close(): Promise<void>
}

export type SenderOptions = {
  readonly guard: Guard
  /** DNS is the world, as time is: a test hands in its own. */
  readonly lookup?: Lookup
}

const TIMEOUT_MS = 10_000

// Connections are kept apart by origin, and by whether certificates are verified. A pool without
// a connection weighs some 10 KB, so the ceiling costs 10 MB; an idle one goes after a minute.
const POOLS_MAX = 1_000
const POOL_IDLE_MS = 60_000
const CONNECTIONS_PER_ORIGIN_MAX = 100

// Shorter than the 5 s after which Node's own servers, many a receiver, close an idle connection:
// who reuses one at the very moment of its closing loses the request. A receiver's Keep-Alive
// header can make it shorter, never longer.
const KEEP_ALIVE_MS = 4_000

// Room for the 50 headers of 1 KB that we keep. More is no webhook receiver's answer.
const RESPONSE_HEADERS_BYTES_MAX = 64 * 1024

export function createSender({ guard, lookup = lookupSystem }: SenderOptions): Sender {
  const closing = new AbortController()
  const shared = { guard, lookup: shareLookups(lookup), closing: closing.signal }
  const connectVerified = createConnector({ ...shared, insecureSsl: false })
  const connectInsecure = createConnector({ ...shared, insecureSsl: true })

  // Pools that left the cache and finish what they have.
  const leaving = new Set<Pool>()
  const pools = new LRUCache<string, Pool>({
    max: POOLS_MAX,
    ttl: POOL_IDLE_MS,
    ttlResolution: 1_000,
    updateAgeOnGet: true,
    dispose: pool => {
      leaving.add(pool)
      pool.close().finally(() => leaving.delete(pool))
    },
  })
  const sweep = setInterval(() => pools.purgeStale(), POOL_IDLE_MS).unref()

  function poolOf(origin: string, insecureSsl: boolean): Pool {
    const key = insecureSsl ? `insecure ${origin}` : origin
    let pool = pools.get(key)
    if (!pool) {
      pool = new Pool(origin, {
        connect: insecureSsl ? connectInsecure : connectVerified,
        connections: CONNECTIONS_PER_ORIGIN_MAX,
        pipelining: 1,
        keepAliveTimeout: KEEP_ALIVE_MS,
        keepAliveMaxTimeout: KEEP_ALIVE_MS,
        maxHeaderSize: RESPONSE_HEADERS_BYTES_MAX,
        allowH2: false,
        // The exchange's own deadline covers both.
        headersTimeout: 0,
        bodyTimeout: 0,
      })
      pools.set(key, pool)
    }
    return pool
  }

  return {
    async send({ url, method, headers, body, insecureSsl, timeoutMs = TIMEOUT_MS, signal }) {
      if (closing.signal.aborted || signal?.aborted) return { kind: 'aborted', tookMs: 0 }
      const destination = parseDestination(url)
      if ('kind' in destination)
        return { kind: 'refused', reason: `The URL ${destination.reason}.`, tookMs: 0 }

      const exchange = new Exchange(timeoutMs, signal)
      const { origin, path } = destination
      poolOf(origin, insecureSsl).dispatch({ path, method, headers: flat(headers), body }, exchange)
      return exchange.outcome
    },

    async close() {
      clearInterval(sweep)
      closing.abort()
      pools.clear()
      await Promise.all([...leaving].map(pool => pool.destroy()))
    },
  }
}

/** undici's own form: names and values in turn. */
function flat(headers: HeaderList): string[] {
  const list: string[] = []
  for (const [name, value] of headers) list.push(name, value)
  return list
}
