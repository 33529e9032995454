// Exchanges as they come and change, as server-sent events. However many a second there are, a listener is told ten
// times at most: at full speed it would cost more to tell than to let them through.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Exchange } from './exchange.ts'
import type { ExchangeStore } from './exchange-store.ts'
import { Refusal } from './refusal.ts'

const PERIOD_MS = 100
// Some 20 KB. What is left out is counted.
const EXCHANGES_MAX = 50

const STREAMS_MAX = 32
// A browser tab that sleeps. It comes again.
const BUFFERED_BYTES_MAX = 256 * 1024
const HEARTBEAT_MS = 15_000

export type LiveOptions = {
  readonly store: ExchangeStore
  json(exchange: Exchange): unknown
}

export class Live {
  readonly #options: LiveOptions
  readonly #streams = new Set<ServerResponse>()
  /** Those that have changed, until they are told. */
  #changed = new Set<Exchange>()
  #telling: NodeJS.Timeout | undefined
  #heartbeat: NodeJS.Timeout | undefined
  #deafen: () => void = () => {}

  constructor(options: LiveOptions) {
    this.#options = options
  }

  follow(request: IncomingMessage, response: ServerResponse): void {
    if (this.#streams.size >= STREAMS_MAX)
      throw new Refusal(503, `${STREAMS_MAX} listen already: close a page of the inspector.`)
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    if (this.#streams.size === 0) this.#listen()
    this.#streams.add(response)
    response.once('close', () => this.#leave(response))
    response.write('retry: 1000\nevent: ready\ndata: {}\n\n')
  }

  end(): void {
    for (const stream of this.#streams) stream.end()
  }

  #listen(): void {
    this.#deafen = this.#options.store.listen(exchange => this.#take(exchange))
    this.#heartbeat = setInterval(() => this.#write(':\n\n'), HEARTBEAT_MS)
  }

  #leave(response: ServerResponse): void {
    this.#streams.delete(response)
    if (this.#streams.size > 0) return
    this.#deafen()
    clearInterval(this.#heartbeat)
    clearTimeout(this.#telling)
    this.#telling = undefined
    this.#changed.clear()
  }

  #take(exchange: Exchange | null): void {
    if (exchange === null) {
      this.#changed.clear()
      this.#write('event: cleared\ndata: {}\n\n')
      return
    }
    this.#changed.add(exchange)
    this.#telling ??= setTimeout(() => this.#tell(), PERIOD_MS)
  }

  #tell(): void {
    this.#telling = undefined
    const changed = [...this.#changed]
    this.#changed = new Set()
    const told = changed.filter(exchange => this.#options.store.isKept(exchange)).slice(-EXCHANGES_MAX)
    const requests = told.map(exchange => this.#options.json(exchange))
    const skipped = changed.length - told.length
    this.#write(`event: requests\ndata: ${JSON.stringify({ requests, skipped })}\n\n`)
  }

  #write(text: string): void {
    for (const stream of this.#streams) {
      if (stream.writableLength > BUFFERED_BYTES_MAX) stream.destroy()
      else stream.write(text)
    }
  }
}
