// One request on its way, and the one outcome that comes of it: undici calls the methods, the
// deadline and the caller's signal may end it early, and whatever comes first decides. Keeps the
// beginning of a response and bounds all of it.
import type { Dispatcher } from 'undici'
import type { HeaderList, Outcome } from '../delivery.ts'
import type { Abortable, AbortGroup } from './abort-group.ts'
import { broken, type Failure, requestFailed } from './failure.ts'

// What of a response is kept, for a person to read. The rest is read on so that the connection can
// serve again, up to 1 MB: beyond that a new connection is cheaper.
const BODY_KEPT_BYTES_MAX = 64 * 1024
const BODY_READ_BYTES_MAX = 1024 * 1024
const HEADERS_KEPT_MAX = 50
const HEADER_KEPT_BYTES_MAX = 1024

// RFC 9110, 15.2: a client must read on past any 1xx. Nobody sends this many in earnest.
const INFORMATIONAL_MAX = 16

const NO_BODY = new Uint8Array(0)

// undici wants an Error to give up with. Nobody reads it: the outcome stands by then.
const GIVEN_UP = new Error('The outcome is settled.')

type Answer = { readonly status: number; readonly headers: HeaderList }

export class Exchange implements Dispatcher.DispatchHandler, Abortable {
  readonly outcome: Promise<Outcome>
  place = 0

  readonly #resolve: (outcome: Outcome) => void
  readonly #reject: (error: Error) => void
  readonly #startedMs = performance.now()
  readonly #deadline: NodeJS.Timeout
  readonly #group: AbortGroup | undefined
  #settled = false
  #controller: Dispatcher.DispatchController | undefined
  #answer: Answer | undefined
  #informational = 0
  #body: Uint8Array = NO_BODY
  #keptBytes = 0
  #readBytes = 0

  constructor(timeoutMs: number, group: AbortGroup | undefined) {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
    this.outcome = promise
    this.#resolve = resolve
    this.#reject = reject
    this.#deadline = setTimeout(expire, timeoutMs, this)
    this.#group = group
    group?.add(this)
  }

  abort(): void {
    this.#settle({ kind: 'aborted', tookMs: this.#tookMs() })
  }

  /**
   * A response counts when it is whole, so a body that trickles past the deadline is a timeout:
   * GitHub's 10 s are "to the response". But once we hold all that we keep, the rest could not
   * change what we show, and the status stands.
   */
  expire(): void {
    if (this.#keptBytes === BODY_KEPT_BYTES_MAX) this.#settleAnswered('in part')
    else this.#settle({ kind: 'timed_out', tookMs: this.#tookMs() })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // It waited for its connection for too long. Nothing has been written yet.
    if (this.#settled) controller.abort(GIVEN_UP)
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status >= 200) {
      this.#answer = { status, headers: keepHeaders(controller.rawHeaders) }
      return
    }
    this.#informational += 1
    if (this.#informational > INFORMATIONAL_MAX) {
      const reason = `The receiver sent more than ${INFORMATIONAL_MAX} informational (1xx) responses.`
      this.#settleFailed(broken('INFORMATIONAL_FLOOD', reason))
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#readBytes += chunk.length
    if (this.#keptBytes < BODY_KEPT_BYTES_MAX) this.#keep(chunk)
    if (this.#readBytes > BODY_READ_BYTES_MAX) this.#settleAnswered('in part')
  }

  onResponseEnd(): void {
    this.#controller = undefined
    this.#settleAnswered('whole')
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#controller = undefined
    if (this.#settled) return
    const code = 'code' in error ? error.code : undefined
    // What we asked of undici was wrong: a bug of ours, and no outcome of the world's.
    if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') {
      this.#end()
      this.#reject(error)
      return
    }
    // The sender was closed.
    if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') this.abort()
    else if (this.#keptBytes === BODY_KEPT_BYTES_MAX) this.#settleAnswered('in part')
    else this.#settleFailed(requestFailed(error))
  }

  // Most responses come in one chunk, which is kept as it is. A second one moves them into a
  // buffer of the full size: thousands of tiny chunks must not each cost an object.
  #keep(chunk: Uint8Array): void {
    const kept = chunk.subarray(0, BODY_KEPT_BYTES_MAX - this.#keptBytes)
    if (this.#keptBytes === 0) {
      this.#body = kept
    } else {
      if (this.#body.length < BODY_KEPT_BYTES_MAX) this.#body = grown(this.#body)
      this.#body.set(kept, this.#keptBytes)
    }
    this.#keptBytes += kept.length
  }

  #settleAnswered(came: 'whole' | 'in part'): void {
    // An end without a beginning does not come.
    if (!this.#answer) return
    this.#settle({
      kind: 'answered',
      status: this.#answer.status,
      headers: this.#answer.headers,
      body: this.#body.length === this.#keptBytes ? this.#body : this.#body.slice(0, this.#keptBytes),
      truncated: came === 'in part' || this.#readBytes > this.#keptBytes,
      tookMs: this.#tookMs(),
    })
  }

  #settleFailed(failure: Failure): void {
    this.#settle({ ...failure, tookMs: this.#tookMs() })
  }

  /** The first outcome is the outcome. What still runs is ended with its connection. */
  #settle(outcome: Outcome): void {
    if (this.#settled) return
    this.#end()
    if (this.#controller) this.#controller.abort(GIVEN_UP)
    // undici hands the connection back in an immediate that it sets after telling us. Who sends
    // again before that makes the pool open another one, and 10 in flight become 20 connections.
    process.nextTick(setImmediate, this.#resolve, outcome)
  }

  #end(): void {
    this.#settled = true
    clearTimeout(this.#deadline)
    this.#group?.delete(this)
  }

  #tookMs(): number {
    return Math.round(performance.now() - this.#startedMs)
  }
}

function expire(exchange: Exchange): void {
  exchange.expire()
}

function grown(body: Uint8Array): Uint8Array {
  const buffer = new Uint8Array(BODY_KEPT_BYTES_MAX)
  buffer.set(body)
  return buffer
}

/** From undici's flat list of names and values. Bytes above ASCII are kept one for one, as latin1. */
function keepHeaders(raw: Dispatcher.DispatchController['rawHeaders']): HeaderList {
  if (!Array.isArray(raw)) return []
  const kept: [string, string][] = []
  const end = Math.min(raw.length - 1, 2 * HEADERS_KEPT_MAX)
  for (let at = 0; at < end; at += 2) kept.push([keepText(raw[at]), keepText(raw[at + 1])])
  return kept
}

function keepText(raw: Buffer | string | undefined): string {
  if (raw instanceof Uint8Array) return raw.toString('latin1', 0, HEADER_KEPT_BYTES_MAX)
  return raw?.slice(0, HEADER_KEPT_BYTES_MAX) ?? ''
}
