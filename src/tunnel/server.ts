// The tunnels of this server: who opens one, by which name it is found, and what becomes of a request for it. The
// HTTP server that everybody shares hands over what is for a host below the tunnel host, and what comes to
// `/tunnels` to become a connection of ours.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { LRUCache } from 'lru-cache'
import { isObject } from '../base/is-object.ts'
import type { Log } from '../base/log.ts'
import { pause } from '../base/pause.ts'
import { AppError } from '../errors.ts'
import { bareHost, isTunnelName, nameInHost, newTunnelName } from '../tunnel-name.ts'
import { type AnswerCode, answer, answerUpgrade } from './answer.ts'
import { Control, TIMINGS, type Timings } from './control.ts'
import { type Gate, judgeCaller, readGate } from './edge.ts'
import { hostAskedFor } from './host.ts'
import { CARRIER_UPGRADE, CONTROL_PATH, CONTROL_UPGRADE, type RefusalCode } from './protocol.ts'
import { type Caller, type ProxyOutcome, proxyRequest, proxyUpgrade } from './proxy.ts'
import { readSigned } from './signed.ts'
import { type Owner, SPARE, Tunnel, type TunnelLimits, WAITS, type Waits } from './tunnel.ts'

export type TunnelServerOptions = {
  /** Names are below it. */
  readonly tunnelHost: string
  /** Where the API is, without a port: no tunnel, even where it is below the tunnel host. */
  readonly apiHost: string | null
  readonly limits: TunnelLimits
  readonly log: Log
  readonly timings?: Timings
  readonly waits?: Waits
  /** Throws an AppError for whoever may open none. */
  authenticate(request: IncomingMessage): Promise<Owner>
  claimName(name: string, userId: number): Promise<'claimed' | 'taken' | 'too_many'>
  urlOf(name: string): string
  addressOf(request: IncomingMessage): string
  /** Where somebody is at home: of an IPv6 address its network. */
  placeOf(address: string): string
  isTrusted(request: IncomingMessage): boolean
  refuse(socket: Duplex, error: unknown): void
  onChange?(open: number): void
  onRequest?(outcome: ProxyOutcome): void
}

const TUNNELS_PER_USER_MAX = 20
const TUNNELS_MAX = 2000

// A new connection has to say what it wants.
const OPEN_DEADLINE_MS = 10_000

const CHECK_PERIOD_MS = 60_000

// Names of 32 bits can be guessed: sixty wrong ones a minute and address are a mistake, more are a scan.
const MISSES_MAX = 60
const MISSES_PERIOD_MS = 60_000
const MISSES_KEPT = 10_000

// Of requests that came before their client was back.
const EARLY_MAX = 1000
const EARLY_LOOK_MS = 20

// Of what is under way when the server stops.
const STOP_DEADLINE_MS = 5_000
const STOP_LOOK_MS = 20
const COME_BACK_MS = 500

const CARRIERS = new RegExp(`^${CONTROL_PATH}/([\\w-]{1,64})/carriers$`)

export class TunnelServer {
  readonly #options: TunnelServerOptions
  readonly #timings: Timings
  readonly #tunnels = new Map<string, Tunnel>()
  /** By the id of their present line. */
  readonly #lines = new Map<string, Tunnel>()
  readonly #controls = new Set<Control>()
  readonly #misses = new LRUCache<string, number>({ max: MISSES_KEPT, ttl: MISSES_PERIOD_MS })
  readonly #reached = new LRUCache<string, true>({ max: MISSES_KEPT })
  readonly #checking: NodeJS.Timeout
  readonly #startedMs = performance.now()
  /** Requests that wait for clients to come back to a server that has just begun. */
  #early = 0
  #isStopping = false

  constructor(options: TunnelServerOptions) {
    this.#options = options
    this.#timings = options.timings ?? TIMINGS
    this.#checking = setInterval(() => void this.#checkOwners(), CHECK_PERIOD_MS)
    this.#checking.unref()
  }

  /** Whether the request is for a tunnel: nothing else may answer it. */
  owns(request: IncomingMessage): boolean {
    const { tunnelHost, apiHost } = this.#options
    const host = hostAskedFor(request)
    return bareHost(host) !== apiHost && nameInHost(host, tunnelHost) !== null
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    void this.#handle(request, response).catch(error => {
      // The caller went away while their body was read.
      if (request.destroyed) {
        this.#options.onRequest?.('aborted')
        return
      }
      this.#options.log.error({ err: error }, 'a request through a tunnel failed')
      answer('broken', request, response)
    })
  }

  /** Gives whether it is ours to answer. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (this.owns(request)) {
      this.#handleUpgrade(request, socket, head)
      return true
    }
    const [path = ''] = (request.url ?? '').split('?', 1)
    const wanted = request.headers.upgrade?.toLowerCase()
    const [, id] = CARRIERS.exec(path) ?? []
    if (path === CONTROL_PATH && wanted === CONTROL_UPGRADE) {
      void this.#acceptLine(request, socket, head)
    } else if (id !== undefined && wanted === CARRIER_UPGRADE) {
      this.#acceptCarrier(id, request, socket, head)
    } else {
      return false
    }
    return true
  }

  /** As their owner is told of them. */
  openOf(userId: number) {
    return [...this.#tunnels.values()]
      .filter(({ owner, isLive }) => owner.userId === userId && isLive)
      .map(({ name, openedAt, requests }) => ({ name, url: this.#options.urlOf(name), openedAt, requests }))
  }

  /** Its owner has given the name back. */
  closeNamed(name: string, userId: number): void {
    const tunnel = this.#tunnels.get(name)
    if (tunnel?.owner.userId === userId) tunnel.end()
  }

  /** Idempotent: tells the clients to come back, lets what is under way end, and is over after some seconds. */
  async stop(): Promise<void> {
    if (this.#isStopping) return
    this.#isStopping = true
    clearInterval(this.#checking)
    for (const control of this.#controls) control.send(closing())
    const endMs = performance.now() + STOP_DEADLINE_MS
    while (performance.now() < endMs && [...this.#tunnels.values()].some(({ requests }) => requests > 0)) {
      await pause(STOP_LOOK_MS)
    }
    for (const tunnel of [...this.#tunnels.values()]) tunnel.end()
    for (const control of [...this.#controls]) control.close('the server stops')
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.#untilBack(request, response)
    const found = this.#find(request)
    if (typeof found === 'string') return answer(found, request, response)
    const { tunnel, gate, caller } = found
    const { promise, resolve } = Promise.withResolvers<void>()
    try {
      const body = gate.secret === null ? undefined : await readSigned(request, response, gate.secret)
      if (typeof body === 'string') answer(body, request, response)
      else this.#options.onRequest?.(await proxyRequest(tunnel, request, response, caller, body))
      // A request is over when the caller has its answer.
      if (response.closed || response.writableFinished) resolve()
      else response.once('close', resolve)
      await promise
    } finally {
      tunnel.finish()
    }
  }

  // A server that has just begun waits for the clients that it had, as it does for one whose line was cut.
  async #untilBack(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { returnMs } = this.#options.waits ?? WAITS
    const name = nameInHost(hostAskedFor(request), this.#options.tunnelHost) ?? ''
    const isAway = () => !this.#tunnels.has(name) && performance.now() < this.#startedMs + returnMs
    if (!isAway() || !isTunnelName(name) || this.#early >= EARLY_MAX) return
    this.#early += 1
    while (isAway() && !response.closed && !this.#isStopping) await pause(EARLY_LOOK_MS)
    this.#early -= 1
  }

  #handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const found = this.#find(request)
    if (typeof found === 'string') {
      answerUpgrade(found, request, socket)
      return
    }
    const { tunnel, gate, caller } = found
    // What follows is not looked at, and could be any request to a local server that does not switch.
    if (gate.secret !== null) {
      tunnel.finish()
      answerUpgrade('bad_signature', request, socket)
      return
    }
    void proxyUpgrade(tunnel, request, socket, head, caller).then(outcome => {
      tunnel.finish()
      this.#options.onRequest?.(outcome)
    })
  }

  /** The tunnel, in which the request is counted from here on; or how it is to be answered. */
  #find(request: IncomingMessage): { tunnel: Tunnel; gate: Gate; caller: Caller } | AnswerCode {
    const { tunnelHost, addressOf, isTrusted } = this.#options
    const address = addressOf(request)
    const name = nameInHost(hostAskedFor(request), tunnelHost) ?? ''
    const tunnel = this.#tunnels.get(name)
    const gate = tunnel?.gate
    const place = this.#options.placeOf(address)
    const isKnown = tunnel !== undefined && gate !== null
    if (this.#isGuess(place, name, isKnown)) return 'guessing'
    if (!tunnel || !gate) return 'nobody'
    const verdict = judgeCaller(gate, request, address)
    if (verdict !== 'passes') return verdict
    if (!tunnel.tryBegin()) return 'crowded'
    const caller = {
      address,
      isSecure: 'encrypted' in request.socket,
      isTrusted: isTrusted(request),
      hidesAuthorization: gate.basicAuth !== null,
    }
    return { tunnel, gate, caller }
  }

  /** Who has missed often is told nothing of names that they had not reached before. */
  #isGuess(place: string, name: string, isKnown: boolean): boolean {
    const way = `${place} ${name}`
    const count = (this.#misses.get(place) ?? 0) + Number(!isKnown)
    if (!isKnown) this.#misses.set(place, count, { noUpdateTTL: true })
    if (count > MISSES_MAX) return !(isKnown && this.#reached.has(way))
    if (isKnown) this.#reached.set(way, true)
    return false
  }

  async #acceptLine(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy())
    const { authenticate, refuse, log } = this.#options
    let owner: Owner
    try {
      if (this.#isStopping)
        throw new AppError('unavailable', 'The server is stopping.', { retryAfterSeconds: 5 })
      owner = await authenticate(request)
    } catch (error) {
      if (!(error instanceof AppError)) log.error({ err: error }, 'a tunnel could not be opened')
      return refuse(socket, error)
    }
    if (socket.destroyed) return
    switchTo(socket, CONTROL_UPGRADE)
    if (head.length > 0) socket.unshift(head)
    this.#listen(socket, owner)
  }

  #listen(socket: Duplex, owner: Owner): void {
    let tunnel: Tunnel | undefined
    let isOpening = false
    const deadline = setTimeout(() => control.close('nothing was asked for'), OPEN_DEADLINE_MS)
    const control = new Control({
      socket,
      timings: this.#timings,
      onMessage: message => {
        if (message.kind === 'bye' && tunnel) return tunnel.end()
        if (message.kind !== 'open' || isOpening) return
        isOpening = true
        clearTimeout(deadline)
        this.#open(control, owner, message).then(
          opened => {
            tunnel = opened
          },
          error => {
            this.#options.log.error({ err: error }, 'a tunnel could not be opened')
            refuseLine(control, 'unavailable', 'The server cannot open the tunnel now.')
          },
        )
      },
      onClosed: reason => {
        clearTimeout(deadline)
        this.#controls.delete(control)
        if (!tunnel) return
        this.#options.log.debug({ tunnel: tunnel.name, reason }, 'line cut')
        tunnel.cut(control)
        this.#changed()
      },
    })
    this.#controls.add(control)
  }

  async #open(
    control: Control,
    owner: Owner,
    { name: wanted = null, instance, edge = {} }: Readonly<Record<string, unknown>>,
  ): Promise<Tunnel | undefined> {
    if (typeof instance !== 'string' || instance.length > 100)
      return refuseLine(control, 'malformed', 'No instance.')
    if (wanted !== null && (typeof wanted !== 'string' || !isTunnelName(wanted))) {
      return refuseLine(control, 'name_invalid', 'A name has 1 to 63 of a-z, 0-9 and inner hyphens.')
    }
    const gate = gateOf(edge)
    if (gate instanceof AppError) return refuseLine(control, 'network_invalid', gate.message)
    if (!gate) return refuseLine(control, 'malformed', 'What is asked of callers cannot be read.')

    const name = wanted ?? newTunnelName()
    if (`${name}.${this.#options.tunnelHost}` === this.#options.apiHost) {
      return refuseLine(control, 'name_taken', `${name} is where the server itself is.`)
    }
    const known = this.#tunnels.get(name)
    if (known && (known.owner.userId !== owner.userId || known.instance !== instance)) {
      if (known.owner.userId !== owner.userId)
        return refuseLine(control, 'name_taken', `${name} belongs to somebody else.`)
      if (known.isLive)
        return refuseLine(control, 'name_in_use', `Another command of yours has ${name} open.`)
    }
    const mine = [...this.#tunnels.values()].filter(tunnel => tunnel.owner.userId === owner.userId)
    if (!known && (mine.length >= TUNNELS_PER_USER_MAX || this.#tunnels.size >= TUNNELS_MAX)) {
      return refuseLine(
        control,
        'too_many_tunnels',
        `No more than ${TUNNELS_PER_USER_MAX} tunnels may be open at once.`,
      )
    }
    const claim = await this.#options.claimName(name, owner.userId)
    if (claim === 'taken') return refuseLine(control, 'name_taken', `${name} belongs to somebody else.`)
    if (claim === 'too_many') {
      return refuseLine(
        control,
        'too_many_tunnels',
        'You have too many names: give one back with DELETE /user/tunnels/NAME.',
      )
    }
    if (control.isClosed || this.#isStopping) return undefined
    return this.#begin(control, gate, { name, owner, instance })
  }

  #begin(
    control: Control,
    gate: Gate,
    { name, owner, instance }: { readonly name: string; readonly owner: Owner; readonly instance: string },
  ): Tunnel {
    const before = this.#tunnels.get(name)
    const isSame = before?.instance === instance && before.owner.userId === owner.userId
    if (before && !isSame) before.end()
    const tunnel = isSame
      ? before
      : new Tunnel({
          ...{ name, owner, instance },
          limits: this.#options.limits,
          waits: this.#options.waits ?? WAITS,
          onGone: () => this.#forget(name),
        })
    this.#tunnels.set(name, tunnel)
    this.#lines.set(tunnel.id, tunnel)
    tunnel.begin(control, gate)
    const url = this.#options.urlOf(name)
    control.send({ kind: 'opened', id: tunnel.id, key: tunnel.key, name, url, spare: SPARE })
    tunnel.ready()
    this.#options.log.info({ tunnel: name, user: owner.login }, 'tunnel open')
    this.#changed()
    return tunnel
  }

  #acceptCarrier(id: string, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const tunnel = this.#lines.get(id)
    const [, key = ''] = /^bearer +(.+)$/i.exec(request.headers.authorization ?? '') ?? []
    if (!tunnel?.opensWith(key) || head.length > 0) {
      this.#options.refuse(socket, new AppError('not_found', 'Not Found'))
      return
    }
    switchTo(socket, CARRIER_UPGRADE)
    tunnel.addCarrier(socket)
  }

  #forget(name: string): void {
    const tunnel = this.#tunnels.get(name)
    if (!tunnel) return
    this.#tunnels.delete(name)
    this.#lines.delete(tunnel.id)
    this.#changed()
  }

  #changed(): void {
    this.#options.onChange?.([...this.#tunnels.values()].filter(({ isLive }) => isLive).length)
  }

  async #checkOwners(): Promise<void> {
    for (const tunnel of [...this.#tunnels.values()]) {
      // A store that cannot be read takes nobody's tunnel away.
      const isAllowed = await tunnel.owner.isStillAllowed().catch(() => true)
      if (isAllowed) continue
      tunnel.send({ kind: 'refused', ...REVOKED })
      tunnel.end()
    }
  }
}

const REVOKED = { code: 'revoked', message: 'The token does not open this tunnel any more.' } as const

function closing() {
  return { kind: 'closing', retryAfterMs: COME_BACK_MS } as const
}

function refuseLine(control: Control, code: RefusalCode, message: string): undefined {
  control.send({ kind: 'refused', code, message })
  control.close(message, true)
}

function gateOf(edge: unknown): Gate | AppError | null {
  try {
    return isObject(edge) ? readGate(edge) : null
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}

function switchTo(socket: Duplex, protocol: string): void {
  const { setNoDelay, setTimeout: limit, setKeepAlive } = socket as Partial<Socket>
  setNoDelay?.call(socket, true)
  setKeepAlive?.call(socket, true, 30_000)
  // Node closes what is idle; here the heartbeat decides.
  limit?.call(socket, 0)
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`)
}
