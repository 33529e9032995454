// One forwarder that is connected: hands it one delivery at a time and gives back what came of it. The protocol
// has no number by which a reply names its event, so that everything here is about whose reply one is. A ping goes
// out behind each event: GitHub's forwarder reads it only when it is done with the event, its reply sent before.
import type { WebSocket } from 'ws'
import type { HeaderList, Outcome } from '../delivery.ts'
import type { SendRequest } from '../egress/send.ts'
import type { ForwarderLine as Line } from '../engine/engine.ts'
import { decodeReply, encodeEvent, type ReplyFrame } from '../forward-frame.ts'

/** Close codes: RFC 6455, 7.4, and our own from 4000 on, which tell our forwarder what to do. */
export const CLOSE = {
  /** The server stops: come back. */
  restart: 1012,
  /** It does not keep to the protocol. */
  policy: 1008,
  unreadable: 1007,
  /** Text alone is spoken. */
  binary: 1003,
  unauthorized: 4401,
  /** Another one has connected to the same hook. */
  replaced: 4409,
  /** The hook is deleted. */
  gone: 4410,
} as const

/** Of a frame that comes in: an answer of 3 MB in base64. What a webhook's receiver answers is a line or two. */
export const FRAME_BYTES_MAX = 4 * 1024 * 1024

// As of other receivers: the beginning is kept, for a person to read.
const BODY_KEPT_BYTES_MAX = 64 * 1024
const HEADERS_KEPT_MAX = 50
const HEADER_KEPT_LENGTH_MAX = 1024

// GitHub's.
const TIMEOUT_MS = 10_000

// Replies that nobody asked for. Whoever sends more is not answering but shouting.
const STRAY_REPLIES_MAX = 1000

export type LineTimings = {
  /** Keeps proxies from taking it for idle: many do after 60 s. */
  readonly pingPeriodMs: number
  /** One that said its name answers pings while it works, so that a laptop that sleeps is noticed. */
  readonly namedSilenceMaxMs: number
  /** Any other may stand in somebody's debugger. A machine that is gone is noticed by TCP's keep-alive. */
  readonly unnamedSilenceMaxMs: number
  /** To write one event: 25 MB are 33 in base64, and take 90 s at 3 Mbit/s. */
  readonly writeMaxMs: number
}

export const LINE_TIMINGS: LineTimings = {
  pingPeriodMs: 10_000,
  namedSilenceMaxMs: 25_000,
  unnamedSilenceMaxMs: 15 * 60_000,
  writeMaxMs: 120_000,
}

type LineOptions = {
  readonly isNamed: boolean
  readonly timings?: LineTimings
  /** Called before the delivery that was under way is given up, so that no other is begun. */
  onClose(): void
}

type UnderWay = {
  readonly guid: string
  readonly ping: string
  /** Its ping was answered. */
  ponged: boolean
  settle(outcome: Untimed): void
}

type Untimed = Outcome extends infer One ? (One extends unknown ? Omit<One, 'tookMs'> : never) : never

export class ForwarderLine implements Line {
  readonly #socket: WebSocket
  readonly #options: LineOptions
  readonly #timings: LineTimings
  readonly #heartbeat: NodeJS.Timeout
  #turn: Promise<unknown> = Promise.resolve()
  #underWay: UnderWay | undefined
  #heardMs = performance.now()
  #pings = 0
  #strays = 0
  /** The ping of one that was given up without a reply: whoever answers it is done with it. */
  #busy: { readonly ping: string; readonly done: () => void } | undefined
  #isDone: Promise<void> = Promise.resolve()
  /** It answered a ping before it replied: it reads while it works, and its pongs say nothing of replies. */
  #readsAhead = false
  /** One was given up after its pong and without a reply, which may come yet if it reads ahead. */
  #owesReply = false
  #isClosed = false

  constructor(socket: WebSocket, options: LineOptions) {
    this.#socket = socket
    this.#options = options
    this.#timings = options.timings ?? LINE_TIMINGS
    this.#heartbeat = setInterval(() => this.#beat(), this.#timings.pingPeriodMs)
    socket.on('message', (data, isBinary) => this.#hear(() => this.#take(data.toString(), isBinary)))
    socket.on('pong', data => this.#hear(() => this.#takePong(data.toString())))
    socket.on('ping', () => this.#hear())
    socket.on('error', error => this.#fail(error))
    socket.on('close', () => this.#over())
  }

  /** What is under way, if anything is, comes to its end. */
  get quiet(): Promise<unknown> {
    return this.#turn
  }

  /** Waits for its turn: never is there more than one event on the line. */
  send(request: SendRequest): Promise<Outcome> {
    const sent = this.#turn.then(() => this.#send(request))
    this.#turn = sent.catch(() => {})
    return sent
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
    // Nothing more is begun on it; whoever does not answer the close is cut off by `ws` after 30 s.
    this.#over()
  }

  end(): void {
    this.close(CLOSE.gone, 'the hook is deleted')
  }

  async #send({ headers, body, timeoutMs = TIMEOUT_MS, signal }: SendRequest): Promise<Outcome> {
    // Whoever has not yet read the last ping is still at work on the event before it.
    if (this.#busy) await untilAborted(this.#isDone, signal)
    if (this.#isClosed || signal?.aborted) return { kind: 'aborted', tookMs: 0 }

    const startedMs = performance.now()
    const { promise, resolve } = Promise.withResolvers<Untimed>()
    const underWay: UnderWay = {
      guid: headerOf(headers, 'x-github-delivery'),
      ping: String(++this.#pings),
      ponged: false,
      settle: resolve,
    }
    this.#underWay = underWay
    const giveUp = () => resolve({ kind: 'aborted' })
    signal?.addEventListener('abort', giveUp, { once: true })
    let timer = setTimeout(() => this.#cannotWrite(underWay), this.#timings.writeMaxMs)
    this.#socket.send(encodeEvent({ headers, body }), error => {
      clearTimeout(timer)
      if (!error && this.#underWay === underWay) {
        timer = setTimeout(() => this.#expire(underWay, timeoutMs), timeoutMs)
      }
    })
    this.#socket.ping(underWay.ping)

    const outcome = await promise
    clearTimeout(timer)
    signal?.removeEventListener('abort', giveUp)
    this.#underWay = undefined
    return { ...outcome, tookMs: Math.round(performance.now() - startedMs) } as Outcome
  }

  #hear(then?: () => void): void {
    this.#heardMs = performance.now()
    if (!this.#isClosed) then?.()
  }

  #take(text: string, isBinary: boolean): void {
    const reply = isBinary ? undefined : decodeReply(text)
    if (!reply) {
      this.#break('INVALID_REPLY', 'The forwarder sent something that is no reply.')
      this.close(isBinary ? CLOSE.binary : CLOSE.unreadable, 'not a reply')
      return
    }
    const underWay = this.#underWay
    if (!underWay || (reply.guid !== null && reply.guid !== underWay.guid)) {
      // Late: its event was given up.
      if (++this.#strays > STRAY_REPLIES_MAX) this.close(CLOSE.policy, 'replies without events')
      return
    }
    if (reply.guid === null && !this.#isItsReply(underWay)) {
      underWay.settle({ kind: 'aborted' })
      this.close(CLOSE.policy, 'a late reply that cannot be told from the next')
      return
    }
    underWay.settle(answerOf(reply))
  }

  /** Of a reply that does not name its event. */
  #isItsReply({ ponged }: UnderWay): boolean {
    if (ponged) this.#readsAhead = true
    if (!this.#owesReply) return true
    // It replied before it read on: so the one before it got no reply, and gets none.
    this.#owesReply = false
    return !this.#readsAhead
  }

  #takePong(ping: string): void {
    if (this.#underWay?.ping === ping) this.#underWay.ponged = true
    if (this.#busy?.ping !== ping) return
    this.#busy.done()
    this.#busy = undefined
  }

  #expire(underWay: UnderWay, timeoutMs: number): void {
    const { isNamed } = this.#options
    if (isNamed && !underWay.ponged) {
      // It did not get that far: nobody is there.
      this.#socket.terminate()
      this.#over()
      return
    }
    underWay.settle({ kind: 'timed_out' })
    if (!underWay.ponged) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#isDone = promise
      this.#busy = { ping: underWay.ping, done: resolve }
    } else if (this.#readsAhead) {
      // So that the reply, when it comes, is not taken for the next one's.
      this.close(CLOSE.policy, `no reply within ${timeoutMs} ms`)
    } else {
      this.#owesReply = true
    }
  }

  #cannotWrite(underWay: UnderWay): void {
    const reason = `The forwarder did not take the event within ${this.#timings.writeMaxMs} ms.`
    underWay.settle({ kind: 'broken', code: 'SLOW_FORWARDER', reason })
    this.#socket.terminate()
    this.#over()
  }

  // A frame that is too large, or none at all, would be sent again for ever if it burnt nothing.
  #fail(error: Error & { readonly code?: string }): void {
    if (!error.code?.startsWith('WS_ERR_')) return
    const isLarge = error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
    this.#break(
      error.code,
      isLarge
        ? `The forwarder's reply is larger than ${FRAME_BYTES_MAX} bytes.`
        : `The forwarder does not keep to the protocol: ${error.message}.`,
    )
  }

  #break(code: string, reason: string): void {
    this.#underWay?.settle({ kind: 'broken', code, reason })
  }

  #beat(): void {
    const { namedSilenceMaxMs, unnamedSilenceMaxMs } = this.#timings
    const silenceMaxMs = this.#options.isNamed ? namedSilenceMaxMs : unnamedSilenceMaxMs
    // While a large event is being written nothing can be heard.
    if (this.#socket.bufferedAmount > 0) return
    if (performance.now() - this.#heardMs > silenceMaxMs) this.#socket.terminate()
    else this.#socket.ping()
  }

  #over(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#heartbeat)
    this.#options.onClose()
    this.#busy?.done()
    this.#underWay?.settle({ kind: 'aborted' })
  }
}

function answerOf({ status, headers, body }: ReplyFrame): Untimed {
  return {
    kind: 'answered',
    status,
    headers: headers.slice(0, HEADERS_KEPT_MAX).map(([name, value]) => [shortened(name), shortened(value)]),
    body: body.length > BODY_KEPT_BYTES_MAX ? body.slice(0, BODY_KEPT_BYTES_MAX) : body,
    truncated: body.length > BODY_KEPT_BYTES_MAX,
  }
}

function shortened(text: string): string {
  return text.slice(0, HEADER_KEPT_LENGTH_MAX)
}

function headerOf(headers: HeaderList, name: string): string {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1] ?? ''
}

async function untilAborted(done: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const end = () => resolve()
  signal?.addEventListener('abort', end, { once: true })
  await Promise.race([done, promise])
  signal?.removeEventListener('abort', end)
}
