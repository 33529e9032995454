// A carrier at the laptop's end: requests come over it one after the other, each goes to the local server as it is,
// and its answer comes back as it is. The bytes are spliced, in both directions as fast as the slower side takes
// them; they are read only as far as it takes to know where a message ends.
import { connect, type Socket } from 'node:net'
import { type BodyRule, MessageError, type MessageHead, MessageReader } from './message-reader.ts'
import type { ExchangeEnd, ExchangeObserver, Observer } from './observer.ts'

export type LocalServer = { readonly host: string; readonly port: number }

export type Exchange = {
  readonly method: string
  readonly target: string
  /** Null when the caller went away before there was an answer. */
  readonly status: number | null
  readonly tookMs: number
  readonly end: ExchangeEnd
}

export type CarrierOptions = {
  readonly local: LocalServer
  /** In place of the public one; null leaves it as it is. */
  readonly hostHeader: string | null
  /** From the last that moved of a request to the head of its answer. */
  readonly timeoutMs: number
  readonly observer: Observer | null
  onExchange(exchange: Exchange): void
  /** Once, when it serves nobody any more. */
  onClosed(): void
}

// Node's servers close what is idle for 5 s, gunicorn's after 2: a connection that has rested nearly as long may be on
// its way out. What may be sent twice is sent once more then; what may not, goes over one that has just been in use.
const LOCAL_IDLE_MAX_MS = 4_000
const LOCAL_IDLE_ONCE_MAX_MS = 1_000
const RESEND_BYTES_MAX = 64 * 1024

// RFC 9110, 9.2.2. A webhook is a POST, which the local server may have acted upon before it broke off.
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])

// Between the local server and us. The server would take them for the carrier's, and close that.
const OF_THE_CONNECTION = /\r\n(?:connection:[ \t]*(?:close|keep-alive)|keep-alive:[^\r]*)[ \t]*(?=\r)/gi

// Many development servers listen on ::1 alone, and mean `localhost` by it.
const LOOPBACK = '127.0.0.1'
const LOOPBACKS = [
  { address: LOOPBACK, family: 4 },
  { address: '::1', family: 6 },
]
// A server that is busy lets a connection wait: only a refusal leads on to the other address.
const LOOPBACK_TRY_MS = 30_000

// For the rest of a request whose answer is out already.
const LINGER_MS = 5_000

// A page of an application that is being debugged may take its time. As long as Cloudflare waits.
export const TIMEOUT_MS = 100_000

type Current = {
  readonly method: string
  readonly target: string
  readonly startedMs: number
  readonly observer: ExchangeObserver | null
  /** What has gone to a local connection that was used before. */
  sent: Buffer[] | null
  sentBytes: number
  isSent: boolean
  /** It asks for another protocol: what follows is not read. */
  isUpgrade: boolean
  expectsContinue: boolean
  isInterim: boolean
  status: number | null
}

export class Carrier {
  readonly #options: CarrierOptions
  readonly #socket: Socket
  readonly #requests: MessageReader
  #answers: MessageReader
  #local: Socket | null = null
  #isLocalFresh = true
  #restedAtMs = 0
  #current: Current | null = null
  #deadline: NodeJS.Timeout | undefined
  /** The last answer is out; whatever else comes is thrown away. */
  #isOver = false

  /** The connection is upgraded, and nothing was read of it yet. */
  constructor(socket: Socket, options: CarrierOptions) {
    this.#options = options
    this.#socket = socket
    const looks = options.observer !== null
    this.#requests = new MessageReader(
      {
        head: (head, bytes) => this.#begin(head, bytes),
        pass: bytes => this.#send(bytes),
        body: bytes => this.#current?.observer?.requestBody(bytes),
        end: () => this.#sent(),
      },
      looks,
    )
    this.#answers = this.#readAnswers()
    socket.setNoDelay(true)
    socket.on('data', bytes => this.#takeRequest(bytes))
    socket.on('drain', () => this.#local?.resume())
    socket.on('end', () => this.#callerEnded())
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#close())
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #readAnswers(): MessageReader {
    return new MessageReader(
      {
        head: (head, bytes) => this.#answer(head, bytes),
        pass: bytes => this.#passBack(bytes),
        body: bytes => this.#current?.observer?.responseBody(bytes),
        end: () => this.#answered(),
      },
      this.#options.observer !== null,
    )
  }

  #takeRequest(bytes: Buffer): void {
    if (this.#isOver) return
    const before = this.#local
    // A head and what came with it go out in one packet.
    before?.cork()
    try {
      this.#requests.push(bytes)
    } catch {
      // The server writes nothing of the kind.
      this.#socket.destroy()
    } finally {
      before?.uncork()
    }
    if (this.#local && isFull(this.#local)) this.#socket.pause()
  }

  #begin(head: MessageHead, bytes: Buffer): BodyRule {
    if (this.#current) throw new MessageError('a request before the answer to the one before it')
    const [method, target] = head.line
    const isUpgrade = head.get('upgrade') !== undefined
    const expectsContinue = head.get('expect') !== undefined
    const startedAtMs = Date.now()
    const observer =
      this.#options.observer?.begin({ method, target, headers: head.headers, startedAtMs }) ?? null
    this.#current = {
      ...{ method, target, observer, startedMs: performance.now() },
      ...{
        sent: null,
        sentBytes: 0,
        isSent: false,
        isUpgrade,
        expectsContinue,
        isInterim: false,
        status: null,
      },
    }
    const mayRepeat = IDEMPOTENT.has(method)
    this.#deadline = setTimeout(() => this.#expire(), this.#options.timeoutMs)
    this.#ensureLocal(mayRepeat ? LOCAL_IDLE_MAX_MS : LOCAL_IDLE_ONCE_MAX_MS)
    if (mayRepeat && !this.#isLocalFresh) this.#current.sent = []
    this.#send(this.#options.hostHeader === null ? bytes : withHost(bytes, this.#options.hostHeader))
    return isUpgrade ? 'raw' : 'framed'
  }

  #send(bytes: Buffer): void {
    const current = this.#current
    if (this.#isOver || !current) return
    if (current.status === null) this.#deadline?.refresh()
    this.#keep(current, bytes)
    this.#local?.write(bytes)
  }

  #keep(current: Current, bytes: Buffer): void {
    if (!current.sent) return
    current.sentBytes += bytes.length
    if (current.sentBytes > RESEND_BYTES_MAX) current.sent = null
    else current.sent.push(bytes)
  }

  #sent(): void {
    if (!this.#current) return
    this.#current.isSent = true
    // An answer may have begun before the request was over, and may go on for as long as it likes.
    if (this.#current.status === null) this.#deadline?.refresh()
  }

  #ensureLocal(idleMaxMs: number): void {
    const local = this.#local
    const isFit = local?.writable && this.#answers.isIdle
    if (isFit && performance.now() - this.#restedAtMs < idleMaxMs) {
      this.#isLocalFresh = false
      return
    }
    this.#dropLocal()
    this.#dialLocal()
  }

  #dialLocal(): Socket {
    const local = connectLocal(this.#options.local)
    this.#local = local
    this.#isLocalFresh = true
    this.#answers = this.#readAnswers()
    let failure: NodeJS.ErrnoException | undefined
    let isConnected = false
    local.once('connect', () => {
      isConnected = true
    })
    local.on('data', bytes => this.#takeAnswer(local, bytes))
    local.on('drain', () => this.#socket.resume())
    local.on('end', () => this.#localEnded(local))
    local.on('error', error => {
      failure = error
    })
    local.once('close', () => this.#localClosed(local, isConnected, failure))
    return local
  }

  #takeAnswer(local: Socket, bytes: Buffer): void {
    if (local !== this.#local) return
    if (!this.#current) {
      this.#dropLocal()
      return
    }
    this.#current.sent = null
    this.#socket.cork()
    try {
      this.#answers.push(bytes)
    } catch (error) {
      this.#fail(502, `answered what is no HTTP (${(error as Error).message})`, 'broken')
    } finally {
      this.#socket.uncork()
    }
    if (isFull(this.#socket)) this.#local?.pause()
  }

  #answer(head: MessageHead, bytes: Buffer): BodyRule {
    const current = this.#current
    if (!current) return 'none'
    const [version, code, reason] = head.line
    const status = Number(code)
    if (!/^HTTP\/1\.[01]$/.test(version) || !/^[1-9]\d\d$/.test(code))
      throw new MessageError('not a line of HTTP/1.1')
    // RFC 9110, 10.1.1: not for a caller that did not ask.
    if (status === 100 && !current.expectsContinue) {
      current.isInterim = true
      return 'none'
    }
    if (status === 101 && !current.isUpgrade) throw new MessageError('another protocol, unasked')
    current.isInterim = status < 200 && status !== 101
    if (!current.isInterim) {
      clearTimeout(this.#deadline)
      current.status = status
      current.observer?.response({ status, reason, headers: head.headers })
      if (version === 'HTTP/1.0' || /close/i.test(head.get('connection') ?? ''))
        this.#restedAtMs = Number.NEGATIVE_INFINITY
      else this.#restedAtMs = 0
    }
    const isBare = current.isInterim || status === 204 || status === 304 || current.method === 'HEAD'
    const isFramed =
      isBare || head.get('content-length') !== undefined || head.get('transfer-encoding') !== undefined
    this.#passBack(isFramed && !current.isUpgrade ? endToEnd(bytes) : bytes)
    if (status === 101) return 'raw'
    return isBare ? 'none' : 'till_close'
  }

  #passBack(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  #answered(): void {
    const current = this.#current
    if (!current || current.isInterim) return
    this.#finish('complete')
    const mayStay = this.#restedAtMs === 0 && current.isSent
    this.#restedAtMs = performance.now()
    if (!mayStay) {
      this.#dropLocal()
      // It may have waited for the local server to take more.
      this.#socket.resume()
    }
    // What follows was to be of another protocol, which the local server does not speak.
    if (current.isUpgrade) this.#leave()
    // The answer may have come before the request was over: what is left of that belongs to nobody, and is
    // dropped as it comes.
  }

  #localEnded(local: Socket): void {
    if (local !== this.#local) return
    if (!this.#current || !this.#answers.endsWithConnection) {
      local.end()
      return
    }
    // A raw connection may go on in the other direction.
    if (this.#current.status === 101) {
      this.#socket.end()
      return
    }
    this.#finish('complete')
    this.#dropLocal()
    this.#leave()
  }

  #localClosed(local: Socket, isConnected: boolean, failure: NodeJS.ErrnoException | undefined): void {
    if (local !== this.#local) return
    this.#local = null
    const current = this.#current
    if (!current) return
    if (current.status === 101) {
      this.#finish('upgraded')
      this.#socket.destroySoon()
    } else if (current.sent) {
      // Most likely it was closing as we wrote.
      const { sent } = current
      current.sent = null
      const again = this.#dialLocal()
      for (const bytes of sent) again.write(bytes)
      if (!isFull(again)) this.#socket.resume()
    } else if (current.status !== null) {
      this.#finish('broken')
      this.#breakOff()
    } else {
      this.#fail(502, whyClosed(isConnected, failure), isConnected ? 'broken' : 'refused')
    }
  }

  #callerEnded(): void {
    // A half of a raw connection is over; anything else ends with the carrier.
    if (this.#current?.status === 101) this.#local?.end()
    else this.#socket.destroySoon()
  }

  #expire(): void {
    const seconds = Math.round(this.#options.timeoutMs / 1000)
    this.#fail(504, `did not answer within ${seconds} s`, 'timed_out')
  }

  /** Answers in the place of the local server. */
  #fail(status: 502 | 504, what: string, end: ExchangeEnd): void {
    const current = this.#current
    if (!current) return
    if (current.status !== null) {
      this.#finish('broken')
      this.#dropLocal()
      this.#breakOff()
      return
    }
    current.status = status
    const { host, port } = this.#options.local
    const body = `${host}:${port} ${what}.\nThe tunnel is fine: look at the program on the laptop.\n`
    const reason = status === 502 ? 'Bad Gateway' : 'Gateway Timeout'
    const headers = [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Content-Length', String(Buffer.byteLength(body))],
      ['X-Hookline-Tunnel', end],
      ['Connection', 'close'],
    ] as const
    current.observer?.response({ status, reason, headers })
    current.observer?.responseBody(Buffer.from(body))
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const withoutBody = current.method === 'HEAD'
    this.#finish(end)
    this.#dropLocal()
    this.#socket.write(`HTTP/1.1 ${status} ${reason}\r\n${lines}\r\n${withoutBody ? '' : body}`)
    this.#leave()
  }

  #finish(end: ExchangeEnd): void {
    const current = this.#current
    if (!current) return
    clearTimeout(this.#deadline)
    this.#current = null
    current.observer?.end(end)
    const { method, target, status, startedMs } = current
    this.#options.onExchange({ method, target, status, tookMs: performance.now() - startedMs, end })
  }

  /** No further request is taken. What the server still sends is read, so that it can read our last word. */
  #leave(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#socket.resume()
    this.#socket.end()
    const linger = setTimeout(() => this.#socket.destroy(), LINGER_MS)
    this.#socket.once('close', () => clearTimeout(linger))
  }

  /** Not by a mere end: an answer that ends with its connection would look whole. */
  #breakOff(): void {
    if ('encrypted' in this.#socket) this.#socket.destroy()
    else this.#socket.resetAndDestroy()
  }

  #dropLocal(): void {
    const local = this.#local
    this.#local = null
    local?.destroy()
  }

  #close(): void {
    this.#finish(this.#current?.status === 101 ? 'upgraded' : 'aborted')
    clearTimeout(this.#deadline)
    this.#dropLocal()
    this.#options.onClosed()
  }
}

export function connectLocal({ host, port }: LocalServer): Socket {
  const options = { host, port, noDelay: true, allowHalfOpen: true }
  if (host !== LOOPBACK) return connect(options)
  return connect({
    ...options,
    host: 'localhost',
    lookup: (_name, _options, found) => found(null, LOOPBACKS),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: LOOPBACK_TRY_MS,
  })
}

/** What was written does not go out as fast as it comes. */
function isFull(socket: Socket): boolean {
  return socket.writableNeedDrain && socket.writableLength > 0
}

function endToEnd(bytes: Buffer): Buffer {
  const head = bytes.toString('latin1').replace(OF_THE_CONNECTION, '')
  // What we pass on is of our own version; by the other one the carrier would end.
  return Buffer.from(head.startsWith('HTTP/1.0') ? `HTTP/1.1${head.slice(8)}` : head, 'latin1')
}

function whyClosed(isConnected: boolean, failure: NodeJS.ErrnoException | undefined): string {
  if (!isConnected) return `does not accept connections (${failure?.code ?? 'closed'})`
  return failure ? `broke off (${failure.code})` : 'closed the connection without an answer'
}

function withHost(bytes: Buffer, host: string): Buffer {
  const head = bytes.toString('latin1').replace(/(\r\nhost:)[^\r]*/i, (_, name) => `${name} ${host}`)
  return Buffer.from(head, 'latin1')
}
