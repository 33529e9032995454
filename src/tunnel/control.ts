// One end of a control connection: a JSON message a line, in both directions, and pings, so that a line that is
// dead is noticed by whoever still lives. Knows nothing of what the messages ask for.
import type { Duplex } from 'node:stream'
import { isObject } from '../base/is-object.ts'
import {
  type ClientMessage,
  MESSAGE_BYTES_MAX,
  PING_PERIOD_MS,
  type ServerMessage,
  SILENCE_MAX_MS,
} from './protocol.ts'

export type Timings = { readonly pingPeriodMs: number; readonly silenceMaxMs: number }

export const TIMINGS: Timings = { pingPeriodMs: PING_PERIOD_MS, silenceMaxMs: SILENCE_MAX_MS }

type ControlOptions = {
  readonly socket: Duplex
  readonly timings: Timings
  /** `kind` is a text; whatever else is in it has to be looked at. */
  onMessage(message: Readonly<Record<string, unknown>>): void
  /** Called once. */
  onClosed(reason: string): void
}

const NEWLINE = 10

// For what was said last to go out.
const LAST_WORD_MS = 2_000

export class Control {
  readonly #options: ControlOptions
  readonly #pinging: NodeJS.Timeout
  #heardAtMs = performance.now()
  #rest: Buffer = Buffer.alloc(0)
  #isClosed = false

  constructor(options: ControlOptions) {
    this.#options = options
    const { socket, timings } = options
    socket.on('data', chunk => this.#read(chunk))
    socket.on('error', error => this.close(error.message))
    socket.on('end', () => this.close('the other side has ended it'))
    socket.on('close', () => this.close('the connection was lost'))
    this.#pinging = setInterval(() => this.#ping(), timings.pingPeriodMs)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  send(message: ClientMessage | ServerMessage): void {
    if (this.#isClosed) return
    this.#options.socket.write(`${JSON.stringify(message)}\n`)
    // Nobody reads what we say.
    if (this.#options.socket.writableLength > MESSAGE_BYTES_MAX) this.close('the other side does not read')
  }

  /** Idempotent. What was sent before still goes out when `last` is given as true. */
  close(reason: string, last = false): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#pinging)
    const { socket, onClosed } = this.#options
    if (last) {
      socket.end(() => socket.destroy())
      const linger = setTimeout(() => socket.destroy(), LAST_WORD_MS)
      socket.once('close', () => clearTimeout(linger))
    } else {
      socket.destroy()
    }
    onClosed(reason)
  }

  /** A laptop that slept has heard nothing for long, and it is not the other side's fault. */
  get silentMs(): number {
    return performance.now() - this.#heardAtMs
  }

  #ping(): void {
    if (this.silentMs > this.#options.timings.silenceMaxMs) {
      this.close(`nothing was heard for ${Math.round(this.silentMs / 1000)} s`)
    } else {
      this.send({ kind: 'ping' })
    }
  }

  #read(chunk: Buffer): void {
    if (this.#isClosed) return
    this.#heardAtMs = performance.now()
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    for (let end = bytes.indexOf(NEWLINE); end >= 0 && !this.#isClosed; end = bytes.indexOf(NEWLINE)) {
      this.#take(bytes.subarray(0, end))
      bytes = bytes.subarray(end + 1)
    }
    if (bytes.length > MESSAGE_BYTES_MAX) this.close('a message was too long')
    // A copy: a view would keep the chunk.
    this.#rest = Buffer.from(bytes)
  }

  #take(line: Buffer): void {
    const message = parse(line)
    if (!message) this.close('what came is no message')
    else if (message.kind === 'ping') this.send({ kind: 'pong' })
    else if (message.kind !== 'pong') this.#options.onMessage(message)
  }
}

function parse(line: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line.toString())
    return isObject(value) && typeof value.kind === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
