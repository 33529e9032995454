// One request of a caller through a tunnel: its head as it was written, with the headers that a proxy adds, its body
// as it comes, and the answer as it comes back. Nothing is kept, and whoever is slow slows the other side.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type AnswerCode, answer, answerUpgrade } from './answer.ts'
import { type BodyRule, type MessageHead, MessageReader } from './message-reader.ts'
import type { RawHeaders } from './observer.ts'
import { NoCarrier, type Tunnel } from './tunnel.ts'

export type Caller = {
  readonly address: string
  readonly isSecure: boolean
  /** The connection comes from a proxy whose headers are believed: ours are put behind its own. */
  readonly isTrusted: boolean
  /** The password was asked for by us, and is not the local server's. */
  readonly hidesAuthorization: boolean
}

export type ProxyOutcome = 'answered' | 'upgraded' | 'no_carrier' | 'broken' | 'aborted'

// RFC 9110, 7.6.1: these are between neighbours.
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'te'],
  ...['proxy-authenticate', 'proxy-authorization', 'http2-settings'],
])

const FORWARDED: ReadonlySet<string> = new Set(['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'])

const CHUNKED = 'Transfer-Encoding: chunked\r\n'
const LINE_END = Buffer.from('\r\n')
const LAST_CHUNK = Buffer.from('0\r\n\r\n')

/** `body` is given when it has been read already. */
export function proxyRequest(
  tunnel: Tunnel,
  request: IncomingMessage,
  response: ServerResponse,
  caller: Caller,
  body?: Buffer,
): Promise<ProxyOutcome> {
  return new ProxiedRequest(tunnel, request, response, caller, body).outcome
}

class ProxiedRequest {
  readonly outcome: Promise<ProxyOutcome>
  readonly #settle: (outcome: ProxyOutcome) => void
  readonly #tunnel: Tunnel
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #leaveQueue: () => void
  #carrier: Duplex | null = null
  #reader: MessageReader | null = null
  #isSent = false
  #isInterim = false
  #isAnswered = false
  #isOver = false
  #mayReuse = true
  #wrote = false

  constructor(
    tunnel: Tunnel,
    request: IncomingMessage,
    response: ServerResponse,
    caller: Caller,
    body: Buffer | undefined,
  ) {
    const { promise, resolve } = Promise.withResolvers<ProxyOutcome>()
    this.outcome = promise
    this.#settle = resolve
    this.#tunnel = tunnel
    this.#request = request
    this.#response = response
    response.once('close', () => this.#callerGone())
    response.on('drain', () => this.#carrier?.resume())
    this.#leaveQueue = tunnel.take((error, carrier) => {
      if (carrier) this.#begin(carrier, caller, body)
      else this.#fail(error instanceof NoCarrier ? error.code : 'broken', 'no_carrier')
    })
  }

  #begin(carrier: Duplex, caller: Caller, body: Buffer | undefined): void {
    if (this.#isOver) {
      this.#tunnel.release(carrier)
      return
    }
    this.#carrier = carrier
    this.#reader = new MessageReader(
      {
        head: head => this.#answer(head),
        pass: () => {},
        body: bytes => this.#passBack(bytes),
        end: () => this.#answered(),
      },
      true,
    )
    carrier.on('data', this.#onData)
    carrier.on('end', this.#onEnd)
    carrier.on('close', this.#onClose)
    carrier.on('drain', this.#onDrain)
    carrier.resume()
    const { headers } = this.#request
    const isChunked = body === undefined && headers['transfer-encoding'] !== undefined
    carrier.cork()
    carrier.write(requestHead(this.#request, caller, framingOf(this.#request, body)), 'latin1')
    if (body) carrier.write(body)
    else if (isChunked) this.#sendChunks(carrier)
    else if (Number(headers['content-length'] ?? 0) > 0) this.#sendBody(carrier)
    if (body || !hasBody(this.#request)) this.#isSent = true
    // Whatever of the body is here already goes with the head.
    process.nextTick(uncork, carrier)
  }

  #sendBody(carrier: Duplex): void {
    this.#request.on('data', bytes => {
      this.#tunnel.countBytes(bytes.length)
      if (!this.#isOver && !carrier.write(bytes)) this.#request.pause()
    })
    this.#request.once('end', () => {
      this.#isSent = true
    })
  }

  #sendChunks(carrier: Duplex): void {
    this.#request.on('data', bytes => {
      this.#tunnel.countBytes(bytes.length)
      if (this.#isOver) return
      carrier.cork()
      carrier.write(`${bytes.length.toString(16)}\r\n`, 'latin1')
      carrier.write(bytes)
      if (!carrier.write(LINE_END)) this.#request.pause()
      carrier.uncork()
    })
    this.#request.once('end', () => {
      this.#isSent = true
      if (!this.#isOver) carrier.write(LAST_CHUNK)
    })
  }

  readonly #onDrain = () => {
    this.#request.resume()
  }

  readonly #onData = (bytes: Buffer) => {
    this.#wrote = false
    try {
      this.#reader?.push(bytes)
    } catch {
      this.#fail('broken', 'broken')
      return
    }
    // A head that comes alone, of an event stream for one, goes out alone.
    if (this.#isAnswered && !this.#isOver && !this.#wrote) this.#response.flushHeaders()
  }

  #answer(head: MessageHead): BodyRule {
    const [, code, reason] = head.line
    const status = Number(code)
    this.#isInterim = status < 200
    if (status === 101) throw new Error('it was not asked to become another protocol')
    if (this.#isInterim) {
      if (status === 100 && !this.#response.headersSent) this.#response.writeContinue()
      return 'none'
    }
    this.#isAnswered = true
    if (/close/i.test(head.get('connection') ?? '')) this.#mayReuse = false
    // The local server's own, or none.
    this.#response.sendDate = false
    this.#response.writeHead(status, reason, endToEnd(head.headers))
    if (status === 204 || status === 304 || this.#request.method === 'HEAD') return 'none'
    return 'till_close'
  }

  #passBack(bytes: Buffer): void {
    this.#wrote = true
    this.#tunnel.countBytes(bytes.length)
    if (!this.#response.write(bytes)) this.#carrier?.pause()
  }

  #answered(): void {
    if (this.#isInterim) return
    const carrier = this.#letGo()
    this.#response.end()
    if (carrier && this.#isSent && this.#mayReuse) this.#tunnel.release(carrier)
    // The answer came before the request was over. The client ends such a carrier itself.
    else carrier?.destroy()
    this.#finish('answered')
  }

  readonly #onEnd = () => {
    if (!this.#reader?.endsWithConnection || !this.#isAnswered) return
    const carrier = this.#letGo()
    this.#response.end()
    carrier?.destroy()
    this.#finish('answered')
  }

  readonly #onClose = () => {
    this.#fail('broken', 'broken')
  }

  #fail(code: AnswerCode, outcome: ProxyOutcome): void {
    if (this.#isOver) return
    this.#letGo()?.destroy()
    this.#finish(outcome)
    answer(code, this.#request, this.#response)
  }

  #callerGone(): void {
    if (this.#isOver) return
    this.#leaveQueue?.()
    this.#letGo()?.destroy()
    this.#finish('aborted')
  }

  #finish(outcome: ProxyOutcome): void {
    this.#isOver = true
    // What is left of the body is nobody's.
    this.#request.resume()
    this.#settle(outcome)
  }

  #letGo(): Duplex | null {
    const carrier = this.#carrier
    this.#carrier = null
    carrier?.off('data', this.#onData).off('end', this.#onEnd)
    carrier?.off('close', this.#onClose).off('drain', this.#onDrain)
    return carrier
  }
}

/** What stands for the framing that was between the caller and us. */
function framingOf({ headers }: IncomingMessage, body: Buffer | undefined): string {
  if (headers['transfer-encoding'] === undefined) return ''
  return body ? `Content-Length: ${body.length}\r\n` : CHUNKED
}

function uncork(carrier: Duplex): void {
  carrier.uncork()
}

/** A WebSocket, or whatever else a connection is to become: bytes from here on. */
export function proxyUpgrade(
  tunnel: Tunnel,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  caller: Caller,
): Promise<ProxyOutcome> {
  const { promise, resolve } = Promise.withResolvers<ProxyOutcome>()
  socket.on('error', () => socket.destroy())
  tunnel.take((error, carrier) => {
    if (!carrier || socket.destroyed) {
      if (carrier) tunnel.release(carrier)
      else answerUpgrade(error instanceof NoCarrier ? error.code : 'broken', request, socket)
      return resolve(carrier ? 'aborted' : 'no_carrier')
    }
    const upgrade = `Connection: Upgrade\r\nUpgrade: ${request.headers.upgrade ?? ''}\r\n`
    carrier.write(requestHead(request, caller, upgrade), 'latin1')
    if (head.length > 0) carrier.write(head)
    carrier.pipe(socket)
    socket.pipe(carrier)
    carrier.once('close', () => {
      socket.destroy()
      resolve('upgraded')
    })
    socket.once('close', () => carrier.destroy())
  })
  return promise
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** As it was written: names in their case, their order, and as often as they came. */
function requestHead(request: IncomingMessage, caller: Caller, framing: string): string {
  const { rawHeaders, headers, method } = request
  const named = namedByConnection(headers.connection)
  let text = `${method} ${targetOf(request)} HTTP/1.1\r\n`
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    const lower = name.toLowerCase()
    if (HOP_BY_HOP.has(lower) || FORWARDED.has(lower) || named?.includes(lower)) continue
    if (caller.hidesAuthorization && lower === 'authorization') continue
    text += `${name}: ${rawHeaders[at + 1]}\r\n`
  }
  const before = caller.isTrusted ? headers['x-forwarded-for'] : undefined
  text += `X-Forwarded-For: ${before ? `${before}, ${caller.address}` : caller.address}\r\n`
  const host = caller.isTrusted ? headers['x-forwarded-host'] : undefined
  text += `X-Forwarded-Host: ${host ?? headers.host ?? ''}\r\n`
  const proto = caller.isTrusted ? headers['x-forwarded-proto'] : undefined
  return `${text}X-Forwarded-Proto: ${proto ?? (caller.isSecure ? 'https' : 'http')}\r\n${framing}\r\n`
}

/** Of a whole address, which proxies are asked for, the path. */
function targetOf({ url = '/' }: IncomingMessage): string {
  if (url.startsWith('/') || url === '*') return url
  const whole = URL.parse(url)
  return whole ? whole.pathname + whole.search : '/'
}

function endToEnd(headers: RawHeaders): string[] {
  const connection = headers.find(([name]) => name.toLowerCase() === 'connection')?.[1]
  const named = namedByConnection(connection)
  const list: string[] = []
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    // Its trailers are not passed on.
    if (!HOP_BY_HOP.has(lower) && !named?.includes(lower) && lower !== 'trailer') list.push(name, value)
  }
  return list
}

/** Whatever `Connection` names is between neighbours, too; but bodies would end elsewhere without these. */
function namedByConnection(value: string | undefined): readonly string[] | undefined {
  if (value === undefined || /^(keep-alive|close|upgrade)$/i.test(value)) return undefined
  return value
    .split(',')
    .map(name => name.trim().toLowerCase())
    .filter(name => !['content-length', 'transfer-encoding', 'host'].includes(name))
}
