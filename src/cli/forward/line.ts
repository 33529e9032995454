// One connection to the server, from dialling to its end. It hands on each event and sends the replies; it
// notices when nobody is at the other end any more, or when this machine has slept.
import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { decodeEvent, type EventFrame, encodeReply, type ReplyFrame } from '../../forward-frame.ts'
import type { Secret } from '../../secret.ts'

export type LineEnd =
  /** Did not get as far as that: the server refused, or could not be reached. */
  | { readonly kind: 'refused'; readonly status: number | null; readonly reason: string }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string }

export type LineTimings = { readonly tickMs: number; readonly silenceMaxMs: number; readonly sleptMs: number }

// A ping every 10 s, and something has to be heard within 25. A tick that comes 5 s late has slept: then what is
// at the other end does not know us any more, and dialling anew is quicker than to find out.
const LINE_TIMINGS: LineTimings = { tickMs: 2_000, silenceMaxMs: 25_000, sleptMs: 7_000 }

const PING_EVERY_TICKS = 5
const HANDSHAKE_TIMEOUT_MS = 15_000
// A payload of 25 MB in base64, with its headers.
const FRAME_BYTES_MAX = 64 * 1024 * 1024

type LineOptions = {
  readonly url: string
  readonly token: Secret
  readonly timings?: LineTimings
  onOpen(): void
  onEvent(event: EventFrame, line: OpenLine): void
}

/** Gives whether the reply could be handed over to the connection. */
export type OpenLine = { reply(reply: ReplyFrame): boolean }

/** Resolves when the connection is over, or could not be made. Aborting closes it. */
export function runLine(options: LineOptions, signal: AbortSignal): Promise<LineEnd> {
  const { url, token, timings = LINE_TIMINGS, onOpen, onEvent } = options
  const { promise, resolve } = Promise.withResolvers<LineEnd>()
  const socket = new WebSocket(url, {
    headers: { authorization: token.reveal() },
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES_MAX,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  })
  const line: OpenLine = {
    reply(reply) {
      if (socket.readyState !== WebSocket.OPEN) return false
      socket.send(encodeReply(reply))
      return true
    },
  }
  let opened = false
  let failure = ''
  let heardMs = performance.now()
  const hear = () => {
    heardMs = performance.now()
  }
  const watch = startWatch({
    timings,
    ping: () => socket.ping(),
    end: () => socket.terminate(),
    heardAt: () => heardMs,
  })
  const stop = () => (opened ? socket.close(1000) : socket.terminate())
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()

  socket.on('open', () => {
    opened = true
    hear()
    watch.begin()
    onOpen()
  })
  socket.on('ping', hear)
  socket.on('pong', hear)
  socket.on('message', (data, isBinary) => {
    hear()
    const event = isBinary ? undefined : decodeEvent(data.toString())
    if (event) onEvent(event, line)
    else socket.close(1007, 'not an event')
  })
  socket.on('unexpected-response', (request, response) => {
    resolve(refusalOf(response))
    response.resume()
    request.destroy()
  })
  socket.on('error', error => {
    failure = error.message
    if (!opened) resolve({ kind: 'refused', status: null, reason: error.message })
  })
  socket.on('close', (code, reason) => {
    watch.end()
    signal.removeEventListener('abort', stop)
    resolve({ kind: 'closed', code, reason: String(reason) || failure })
  })
  return promise
}

function refusalOf({ statusCode = 0, statusMessage = '' }: IncomingMessage): LineEnd {
  return { kind: 'refused', status: statusCode, reason: statusMessage }
}

type Watched = {
  readonly timings: LineTimings
  ping(): void
  end(): void
  heardAt(): number
}

function startWatch({ timings, ping, end, heardAt }: Watched) {
  let timer: NodeJS.Timeout | undefined
  let ticks = 0
  // The clock that goes on while the machine sleeps.
  let tickedMs = Date.now()
  const tick = () => {
    const nowMs = Date.now()
    const slept = nowMs - tickedMs > timings.sleptMs
    tickedMs = nowMs
    if (slept || performance.now() - heardAt() > timings.silenceMaxMs) end()
    else if (++ticks % PING_EVERY_TICKS === 0) ping()
  }
  return {
    begin() {
      tickedMs = Date.now()
      timer = setInterval(tick, timings.tickMs)
    },
    end: () => clearInterval(timer),
  }
}
