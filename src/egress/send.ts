// The only door out of the server: POSTs bytes once and gives back what came of it. It follows no
// redirect, repeats nothing, decompresses nothing, and throws for no fault of the world's. It knows
// nothing of hooks, signatures or schedules.
import { LRUCache } from 'lru-cache'
import type { HeaderList, Outcome } from '../delivery.ts'
import { AbortGroup } from './abort-group.ts'
import type { Guard } from './address.ts'
import { createConnector } from './connector.ts'
import { type Destination, parseDestination } from './destination.ts'
import { Exchange } from './exchange.ts'
import { Pools } from './pools.ts'
import { type Lookup, lookupSystem, shareLookups } from './resolve.ts'

export type SendRequest = {
  readonly url: string
  readonly method: 'POST'
  /** Names are written as they are given. */
  readonly headers: HeaderList
  readonly body: Uint8Array
  readonly insecureSsl: boolean
  /** For all of it: lookup, connection, request, response. */
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

// GitHub's.
const TIMEOUT_MS = 10_000

// To parse a URL for each send was 1.7 of 23 µs. The URLs of as many hooks weigh 2 MB at most.
const DESTINATIONS_MAX = 1_000

export function createSender({ guard, lookup = lookupSystem }: SenderOptions): Sender {
  const closing = new AbortController()
  const shared = { guard, lookup: shareLookups(lookup), closing: closing.signal }
  const pools = new Pools({
    verified: createConnector({ ...shared, insecureSsl: false }),
    insecure: createConnector({ ...shared, insecureSsl: true }),
  })
  const destinations = new LRUCache<string, Destination>({ max: DESTINATIONS_MAX })

  function send({ url, method, headers, body, insecureSsl, timeoutMs = TIMEOUT_MS, signal }: SendRequest) {
    if (closing.signal.aborted || signal?.aborted) return at0({ kind: 'aborted' })
    const destination = destinationOf(url)
    if ('kind' in destination) return at0({ kind: 'refused', reason: `The URL ${destination.reason}.` })

    const exchange = new Exchange(timeoutMs, signal && AbortGroup.of(signal))
    const { origin, path } = destination
    pools.get(origin, insecureSsl).dispatch({ path, method, headers: flat(headers), body }, exchange)
    return exchange.outcome
  }

  function destinationOf(url: string) {
    const known = destinations.get(url)
    if (known) return known
    const destination = parseDestination(url)
    if (!('kind' in destination)) destinations.set(url, destination)
    return destination
  }

  function close() {
    closing.abort()
    return pools.close()
  }

  return { send, close }
}

/** Over before it began. */
function at0(outcome: { kind: 'aborted' } | { kind: 'refused'; reason: string }): Promise<Outcome> {
  return Promise.resolve({ ...outcome, tookMs: 0 })
}

/** undici's own form: names and values in turn. */
function flat(headers: HeaderList): string[] {
  const list: string[] = []
  for (const [name, value] of headers) list.push(name, value)
  return list
}
