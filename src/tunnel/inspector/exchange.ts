// A request that goes through the tunnel, with its answer, as far as it has come. At ten thousand a second all that is
// kept of one must not be objects, which would have to be collected one by one: its bytes are in a store.
import type { ExchangeEnd, ExchangeObserver, RawHeaders, RequestHead, ResponseHead } from '../observer.ts'
import { type Chain, emptyChain } from './chain-store.ts'

/**
 * kept   as it was
 * made   made anew, since the body is another
 * stale  the body is another, and the secret is not known: it does not fit any more
 */
export type ReplaySignature = 'kept' | 'made' | 'stale'

export type Replay = {
  /** The exchange that was sent again. */
  readonly of: number
  readonly isEdited: boolean
  /** Null for a request without one. */
  readonly signature: ReplaySignature | null
}

/** The head and what follows it. */
export type Message = { readonly chain: Chain; headBytes: number }

/** What an exchange tells of itself, and is not said to it again. */
export type Keeper = {
  keepHead(message: Message, head: RequestHead | ResponseHead): void
  keepBody(message: Message, bytes: Uint8Array): void
  changed(exchange: Exchange): void
}

export class Exchange implements ExchangeObserver {
  readonly id: number
  readonly startedAtMs: number
  readonly replay: Replay | null
  readonly requestMessage: Message = { chain: emptyChain(), headBytes: 0 }
  readonly responseMessage: Message = { chain: emptyChain(), headBytes: 0 }
  readonly #keeper: Keeper
  readonly #begunMs = performance.now()
  #status: number | null = null
  #waitMs: number | null = null
  #tookMs: number | null = null
  #end: ExchangeEnd | null = null

  constructor(id: number, startedAtMs: number, replay: Replay | null, keeper: Keeper) {
    this.id = id
    this.startedAtMs = startedAtMs
    this.replay = replay
    this.#keeper = keeper
  }

  /** Null while there is no answer. */
  get status(): number | null {
    return this.#status
  }

  /** Until the answer began. */
  get waitMs(): number | null {
    return this.#waitMs
  }

  get tookMs(): number | null {
    return this.#tookMs
  }

  /** Null while it goes on. */
  get how(): ExchangeEnd | null {
    return this.#end
  }

  requestBody(bytes: Uint8Array): void {
    this.#keeper.keepBody(this.requestMessage, bytes)
  }

  response(head: ResponseHead): void {
    this.#waitMs = performance.now() - this.#begunMs
    this.#status = head.status
    this.#keeper.keepHead(this.responseMessage, head)
    this.#keeper.changed(this)
  }

  responseBody(bytes: Uint8Array): void {
    this.#keeper.keepBody(this.responseMessage, bytes)
  }

  end(how: ExchangeEnd): void {
    this.#tookMs = performance.now() - this.#begunMs
    this.#end = how
    this.#keeper.changed(this)
  }
}

export function bodySize({ chain, headBytes }: Message): number {
  return chain.size - headBytes
}

export function bodyKept({ chain, headBytes }: Message): number {
  return chain.kept - headBytes
}

/** Only its beginning is kept. */
export function isCut({ chain }: Message): boolean {
  return chain.kept < chain.size
}

/** The first of that name, which is given in lower case. */
export function headerOf(headers: RawHeaders, name: string): string | undefined {
  return headers.find(([given]) => given.length === name.length && given.toLowerCase() === name)?.[1]
}
