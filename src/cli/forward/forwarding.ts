// A forwarder at work: makes its hook, connects, hands on one event after the other, and comes back when the
// line is cut, until it is stopped or told that there is no use.
import { pause } from '../../base/pause.ts'
import { AppError } from '../../errors.ts'
import type { EventFrame, ReplyFrame } from '../../forward-frame.ts'
import {
  activateHook,
  deleteHook,
  type MadeHook,
  makeHook,
  remembersDeliveries,
  type Wanted,
} from './hook.ts'
import { type LineEnd, type LineTimings, type OpenLine, runLine } from './line.ts'
import { type LocalAnswer, sendToLocal } from './local.ts'

/** What was handed on. */
export type Forwarded = {
  readonly guid: string
  readonly event: string
  readonly frame: EventFrame
  readonly answer: LocalAnswer
  readonly tookMs: number
}

export type Told = {
  connected(hook: MadeHook): void
  /** The line is cut, and dialled again after so long. */
  cut(reason: string, afterMs: number): void
  forwarded(forwarded: Forwarded): void
}

export type ForwardingOptions = Wanted & {
  /** Null prints the events and answers for itself, as GitHub's does. */
  readonly url: string | null
  readonly told: Told
  readonly timings?: LineTimings
  readonly firstDelayMs?: number
}

// Half a second, then twice as long each time. A server that restarts is back before the third.
const DELAY_MS = 500
const DELAY_MAX_MS = 15_000
const JITTER = 0.3
// For the program on this machine to answer what it has been handed, when the command is stopped.
const LAST_ANSWER_MS = 5_000
// A line that held for so long was well, or one over which a delivery was answered.
const WELL_MS = 10_000

// RFC 6455 and the server's own codes (docs/api.md).
const REPLACED = 4409
const DELETED = 4410
const UNAUTHORIZED = 4401

export async function forward(options: ForwardingOptions, signal: AbortSignal): Promise<void> {
  const remembers = await remembersDeliveries(options, signal)
  const forwarding = new Forwarding(options, remembers, signal)
  try {
    await forwarding.run()
  } finally {
    await forwarding.end()
  }
}

class Forwarding {
  readonly #options: ForwardingOptions
  readonly #remembers: boolean
  readonly #signal: AbortSignal
  /** Later than the signal by what is under way. */
  readonly #over = new AbortController()
  #hook: MadeHook | undefined
  #wasConnected = false
  #wasOfUse = false
  /** Events are handed on one after the other, also over a line that is new. */
  #tail: Promise<void> = Promise.resolve()
  /** Answered here and not there, since the line was cut: it comes again, and must not be handed on twice. */
  #unsent: ReplyFrame | undefined

  constructor(options: ForwardingOptions, remembers: boolean, signal: AbortSignal) {
    this.#options = options
    this.#remembers = remembers
    this.#signal = signal
    const finish = () => void this.#finish()
    if (signal.aborted) finish()
    else signal.addEventListener('abort', finish, { once: true })
  }

  async run(): Promise<void> {
    const { told, firstDelayMs = DELAY_MS } = this.#options
    let delayMs = firstDelayMs
    while (!this.#signal.aborted) {
      const startedMs = performance.now()
      const reason = await this.#connectOnce()
      if (this.#signal.aborted) return
      if (this.#wasOfUse || performance.now() - startedMs > WELL_MS) delayMs = firstDelayMs
      this.#wasOfUse = false
      const waitMs = Math.round(delayMs * (1 + JITTER * Math.random()))
      told.cut(reason, waitMs)
      await pause(waitMs, this.#signal)
      delayMs = Math.min(2 * delayMs, DELAY_MAX_MS)
    }
  }

  /** GitHub lets one forward at a time: ours must not be in the way of the next. */
  async end(): Promise<void> {
    await this.#tail
    this.#over.abort()
    if (this.#hook && !this.#remembers) await deleteHook(this.#options, this.#hook)
  }

  /** Until the line is over. Gives why; throws when there is no use in trying again. */
  async #connectOnce(): Promise<string> {
    let hook: MadeHook
    try {
      hook = this.#hook ??= await makeHook(this.#options, this.#remembers, this.#signal)
    } catch (error) {
      return this.#orThrow(error)
    }
    let activation: Promise<void> | undefined
    const failed = new AbortController()
    const end = await runLine(
      {
        url: hook.lineUrl,
        token: this.#options.token,
        ...(this.#options.timings && { timings: this.#options.timings }),
        onOpen: () => {
          this.#wasConnected = true
          this.#options.told.connected(hook)
          if (!this.#remembers) {
            activation = activateHook(this.#options, hook, this.#signal)
            activation.catch(() => failed.abort())
          }
        },
        onEvent: (event, line) => {
          this.#tail = this.#tail.then(() => this.#handOn(event, line)).catch(() => {})
        },
      },
      AbortSignal.any([this.#over.signal, failed.signal]),
    )
    try {
      await activation
    } catch (error) {
      return this.#orThrow(error)
    }
    return this.#judge(end, hook)
  }

  async #judge(end: LineEnd, hook: MadeHook): Promise<string> {
    if (end.kind === 'closed') {
      if (end.code === REPLACED)
        throw new AppError(
          'conflict',
          'Another `hookline forward` took over under the same name. Give one of them another --name.',
        )
      if (end.code === DELETED) throw new AppError('gone', 'The webhook was deleted, or is no longer yours.')
      if (end.code === UNAUTHORIZED)
        throw new AppError('bad_credentials', 'The token opens nothing any more.')
      return end.reason === '' ? `the server closed the line (${end.code})` : end.reason
    }
    const { status, reason } = end
    if (status === 401) throw new AppError('bad_credentials', `${this.#options.server} refuses the token.`)
    if (status === 403) throw new AppError('forbidden', `${this.#options.server} refuses: ${reason}.`)
    if (status !== null && status < 500) {
      // The hook is gone there: it is made anew. Never is another one touched.
      if (!this.#remembers) await deleteHook(this.#options, hook)
      this.#hook = undefined
    }
    if (status === null && !this.#wasConnected)
      throw new AppError('unavailable', `${hook.lineUrl} cannot be reached: ${reason}`)
    return status === null ? reason : `the server answers ${status} ${reason}`
  }

  /** Once it has worked, what may pass is waited for. */
  #orThrow(error: unknown): string {
    if (this.#signal.aborted) return 'stopped'
    const mayPass =
      error instanceof AppError && (error.code === 'unavailable' || error.code === 'rate_limited')
    if (!mayPass || !this.#wasConnected) throw error
    return error.message.split('\n', 1)[0] ?? ''
  }

  // What is under way is answered first: it would be handed on twice otherwise.
  async #finish(): Promise<void> {
    await Promise.race([this.#tail, pause(LAST_ANSWER_MS, this.#over.signal)])
    this.#over.abort()
  }

  async #handOn(frame: EventFrame, line: OpenLine): Promise<void> {
    if (this.#signal.aborted) return
    const guid = headerOf(frame, 'X-Github-Delivery')
    const known = this.#unsent?.guid === guid ? this.#unsent : undefined
    this.#unsent = undefined
    const reply = known ?? (await this.#answer(guid, frame))
    // GitHub's protocol has no such key, and Hookline needs it to tell a late reply.
    const sent = line.reply(this.#remembers ? reply : { ...reply, guid: null })
    if (sent) this.#wasOfUse = true
    else this.#unsent = reply
  }

  async #answer(guid: string, frame: EventFrame): Promise<ReplyFrame> {
    const { url, told } = this.#options
    const startedMs = performance.now()
    const answer = url === null ? OK : await sendToLocal(url, frame, { signal: this.#over.signal })
    const tookMs = Math.round(performance.now() - startedMs)
    told.forwarded({ guid, event: headerOf(frame, 'X-Github-Event'), frame, answer, tookMs })
    const { failure: _, ...reply } = answer
    return { ...reply, guid }
  }
}

/** What GitHub's forwarder answers when it prints. */
const OK: LocalAnswer = { status: 200, headers: [], body: Buffer.from('OK'), failure: null }

function headerOf({ headers }: EventFrame, name: string): string {
  return headers.find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1] ?? ''
}
