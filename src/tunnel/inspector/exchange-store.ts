// The latest exchanges, in memory alone, bounded by their number and by their bytes. The oldest go first, even
// one that still goes on: what passes of it from then on is not kept.
import type { Observer, RawHeaders, RequestHead, ResponseHead } from '../observer.ts'
import { ChainStore } from './chain-store.ts'
import { Exchange, type Keeper, type Message, type Replay } from './exchange.ts'
import { headFromBytes, headToBytes } from './head-text.ts'

export type Limits = {
  readonly exchangesMax: number
  /** Of all heads and bodies. */
  readonly bytesMax: number
  /** Of one body; of a longer one the beginning is kept. */
  readonly bodyBytesMax: number
}

// A thousand webhooks have 12 MB with their answers. The program has some 115 MB under load, and may have 150.
export const LIMITS: Limits = {
  exchangesMax: 1000,
  bytesMax: 16 * 1024 * 1024,
  bodyBytesMax: 1024 * 1024,
}

export class ExchangeStore implements Observer, Keeper {
  readonly #limits: Limits
  readonly #chains: ChainStore
  /** Each at its number modulo the size. */
  readonly #ring: (Exchange | undefined)[]
  readonly #listeners = new Set<(exchange: Exchange | null) => void>()
  #oldest = 1
  #next = 1

  constructor(limits: Limits = LIMITS) {
    this.#limits = limits
    this.#ring = Array.from({ length: limits.exchangesMax })
    this.#chains = new ChainStore(limits.bytesMax, () => this.#dropOldest())
  }

  get count(): number {
    return this.#next - this.#oldest
  }

  begin(head: RequestHead): Exchange {
    return this.record(head, null)
  }

  record(head: RequestHead, replay: Replay | null): Exchange {
    while (this.count >= this.#limits.exchangesMax) this.#dropOldest()
    const exchange = new Exchange(this.#next, head.startedAtMs, replay, this)
    this.#ring[exchange.id % this.#ring.length] = exchange
    this.#next += 1
    this.keepHead(exchange.requestMessage, head)
    this.changed(exchange)
    return exchange
  }

  keepHead(message: Message, head: RequestHead | ResponseHead): void {
    const bytes = headToBytes(head)
    message.headBytes = bytes.length
    this.#chains.append(message.chain, bytes, bytes.length)
  }

  keepBody({ chain, headBytes }: Message, bytes: Uint8Array): void {
    this.#chains.append(chain, bytes, headBytes + this.#limits.bodyBytesMax)
  }

  changed(exchange: Exchange): void {
    if (this.#listeners.size === 0 || !this.isKept(exchange)) return
    for (const listener of this.#listeners) listener(exchange)
  }

  find(id: number): Exchange | undefined {
    const found = this.#ring[id % this.#ring.length]
    return found?.id === id ? found : undefined
  }

  isKept({ id }: Exchange): boolean {
    return id >= this.#oldest
  }

  /** Newest first, from below `before`. */
  *newest(before = this.#next): Generator<Exchange> {
    for (let id = Math.min(before, this.#next) - 1; id >= this.#oldest; id--) {
      const exchange = this.find(id)
      if (exchange) yield exchange
    }
  }

  requestHead({ requestMessage }: Exchange): Omit<RequestHead, 'startedAtMs'> {
    const { first, rest, headers } = this.#readHead(requestMessage)
    return { method: first, target: rest, headers }
  }

  /** Null while there is none. */
  responseHead({ status, responseMessage }: Exchange): ResponseHead | null {
    if (status === null) return null
    const { rest, headers } = this.#readHead(responseMessage)
    return { status, reason: rest, headers }
  }

  /** A copy, as far as it is kept. */
  readBody({ chain, headBytes }: Message): Buffer {
    return this.#chains.read(chain).subarray(headBytes)
  }

  clear(): void {
    while (this.#dropOldest());
    for (const listener of this.#listeners) listener(null)
  }

  /** Of each exchange that has changed, and of null when all are gone. Gives the way to end it. */
  listen(listener: (exchange: Exchange | null) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #readHead({ chain, headBytes }: Message): { first: string; rest: string; headers: RawHeaders } {
    return headFromBytes(this.#chains.read(chain, headBytes))
  }

  #dropOldest(): boolean {
    if (this.count === 0) return false
    const at = this.#oldest % this.#ring.length
    const exchange = this.#ring[at]
    this.#ring[at] = undefined
    this.#oldest += 1
    if (!exchange) return true
    this.#chains.release(exchange.requestMessage.chain)
    this.#chains.release(exchange.responseMessage.chain)
    return true
  }
}
