// Connections, kept by origin and by whether certificates are verified. Bounded in number and in
// idle time; a pool that has to go finishes what it has begun.
import { LRUCache } from 'lru-cache'
import { type buildConnector, Pool } from 'undici'

export type Connectors = {
  readonly verified: buildConnector.connector
  readonly insecure: buildConnector.connector
}

/** `used` since the last sweep. */
type Entry = { readonly pool: Pool; used: boolean }

const POOLS_MAX = 1_000
const POOL_IDLE_MS = 60_000

// The caller bounds what is in flight; beyond this it waits in the pool, within its own deadline.
const CONNECTIONS_PER_ORIGIN_MAX = 100

// Shorter than the 5 s after which Node's own servers, many a receiver, close an idle connection:
// who reuses one at the very moment of its closing loses the request. A receiver's Keep-Alive
// header can make it shorter, never longer.
const KEEP_ALIVE_MS = 4_000

// Room for the 50 headers of 1 KB that we keep. More is no webhook receiver's answer.
const RESPONSE_HEADERS_BYTES_MAX = 64 * 1024

export class Pools {
  readonly #connectors: Connectors
  readonly #pools: LRUCache<string, Entry>
  readonly #leaving = new Set<Pool>()
  readonly #sweep: NodeJS.Timeout

  constructor(connectors: Connectors) {
    this.#connectors = connectors
    this.#pools = new LRUCache({ max: POOLS_MAX, dispose: ({ pool }) => this.#leave(pool) })
    this.#sweep = setInterval(() => this.#endIdle(), POOL_IDLE_MS).unref()
  }

  get(origin: string, insecureSsl: boolean): Pool {
    const key = insecureSsl ? `insecure ${origin}` : origin
    let entry = this.#pools.get(key)
    if (!entry) {
      const connect = insecureSsl ? this.#connectors.insecure : this.#connectors.verified
      entry = { pool: openPool(origin, connect), used: true }
      this.#pools.set(key, entry)
    }
    entry.used = true
    return entry.pool
  }

  /** Ends what is under way, too: undici tells each request that it was destroyed. */
  async close(): Promise<void> {
    clearInterval(this.#sweep)
    this.#pools.clear()
    await Promise.all([...this.#leaving].map(pool => pool.destroy()))
  }

  #endIdle(): void {
    for (const [key, entry] of [...this.#pools]) {
      if (!entry.used) this.#pools.delete(key)
      entry.used = false
    }
  }

  #leave(pool: Pool): void {
    this.#leaving.add(pool)
    pool.close().finally(() => this.#leaving.delete(pool))
  }
}

function openPool(origin: string, connect: buildConnector.connector): Pool {
  return new Pool(origin, {
    connect,
    connections: CONNECTIONS_PER_ORIGIN_MAX,
    // One request at a time on a connection: a POST that follows another must not share its fate.
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: RESPONSE_HEADERS_BYTES_MAX,
    // Off: the exchange has one deadline for all of it.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}
