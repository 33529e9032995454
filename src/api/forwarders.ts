// Where forwarders connect: `ws_url` of a `cli` hook. Lets in whoever may, hands their lines to the engine, looks
// each minute whether they still may, and deletes the hooks that nobody has come back to.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { LRUCache } from 'lru-cache'
import type { WebSocketServer } from 'ws'
import { pause } from '../base/pause.ts'
import { AppError, notFound } from '../errors.ts'
import type { Hook } from '../hook.ts'
import { Secret } from '../secret.ts'
import { listForsakenHooks, markForwardersSeen } from '../store/forwarders.ts'
import { deleteHook, findHookById } from '../store/hooks.ts'
import { findTokenHolder } from '../store/tokens.ts'
import type { ApiContext } from './context.ts'
import type { Credentials } from './credentials.ts'
import { mayForward } from './forwarder-access.ts'
import { FORWARDERS_PATH } from './forwarder-change.ts'
import type { ForwarderLine, LineTimings } from './forwarder-line.ts'
import { withoutEnterprise } from './links.ts'
import { refuseUpgrade } from './upgrades.ts'

// A socket and some kilobytes each; a quarter of all connections that the server takes.
const LINES_MAX = 500
// On all repositories and organizations together: nobody has that many terminals.
const LINES_PER_USER_MAX = 50

// A revoked token, a suspended user, a collaborator who was removed: the line ends within this.
const CHECK_PERIOD_MS = 60_000
const FORSAKEN_PER_TURN = 100
const SEEN_RESOLUTION_MS = 30_000
const SEEN_MAX = 10_000

// What is under way when the server stops gets as long as a request does.
const CLOSE_DEADLINE_MS = 5_000
const LAST_WORD_MS = 1_000

const PATH = new RegExp(`^${FORWARDERS_PATH}/([1-9]\\d{0,14})$`)

type ForwardersOptions = {
  readonly credentials: Credentials
  /** From where somebody came, by the word of a proxy that is trusted. */
  addressOf(request: IncomingMessage): string
  readonly timings?: LineTimings | undefined
}

type Connected = {
  readonly line: ForwarderLine
  readonly hook: Hook
  readonly token: Secret
  readonly userId: number
}

export class Forwarders {
  readonly #context: ApiContext
  readonly #credentials: Credentials
  readonly #addressOf: (request: IncomingMessage) => string
  readonly #timings: LineTimings | undefined
  readonly #connected = new Map<number, Connected>()
  readonly #seenAtMs = new LRUCache<number, number>({ max: SEEN_MAX })
  readonly #stop = new AbortController()
  #checking: Promise<void> | undefined
  #server: WebSocketServer | undefined

  constructor(context: ApiContext, { credentials, addressOf, timings }: ForwardersOptions) {
    this.#context = context
    this.#credentials = credentials
    this.#addressOf = addressOf
    this.#timings = timings
  }

  /** Gives whether the request was for a forwarder: then it is answered, sooner or later. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const [path = ''] = withoutEnterprise(request.url ?? '').split('?', 1)
    const [, id] = PATH.exec(path) ?? []
    if (id === undefined) return false
    // A client that goes away while its token is looked up.
    socket.on('error', () => socket.destroy())
    this.#admit(Number(id), request, socket, head).catch(error => {
      if (!(error instanceof AppError))
        this.#context.log.error({ err: error }, 'a forwarder could not connect')
      refuseUpgrade(socket, error)
    })
    return true
  }

  start(): void {
    this.#checking ??= this.#checkAgainAndAgain()
  }

  /** What is under way gets some seconds; then they are told to come back. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#checking
    if (!this.#server) return
    const over = new AbortController()
    const { CLOSE } = await loadLine()
    await Promise.all(
      [...this.#connected.values()].map(async ({ line, hook }) => {
        // Nothing more is begun.
        this.#context.engine.disconnectForwarder(hook.id, line)
        await Promise.race([line.quiet, pause(CLOSE_DEADLINE_MS, over.signal)])
        line.close(CLOSE.restart, 'the server is stopping')
      }),
    )
    over.abort()
    this.#server.close()
    // Whoever does not answer the close.
    for (const client of this.#server.clients) {
      const cut = setTimeout(() => client.terminate(), LAST_WORD_MS)
      client.once('close', () => clearTimeout(cut))
    }
  }

  async #admit(hookId: number, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { store } = this.#context
    const text = tokenIn(request.headers.authorization)
    if (text === undefined) throw new AppError('unauthorized', 'Requires authentication')
    const { token, user } = await this.#credentials.holderOf(text, this.#addressOf(request))
    const hook = await findHookById(store.read, store.vault, hookId)
    if (!hook || !(await mayForward(store.read, hook, { user, scopes: token.scopes }))) throw notFound()
    if (request.headers.upgrade?.toLowerCase() !== 'websocket')
      throw new AppError('bad_request', 'This address speaks WebSocket alone.')
    this.#refuseCrowd(hookId, user.id)
    const [{ ForwarderLine, CLOSE }, server] = await Promise.all([loadLine(), this.#load()])
    if (this.#stop.signal.aborted)
      throw new AppError('unavailable', 'The server is stopping.', { retryAfterSeconds: 5 })
    // `ws` answers a handshake that is none by itself.
    server.handleUpgrade(request, socket, head, client => {
      request.socket.setKeepAlive(true, 15_000)
      const line = new ForwarderLine(client, {
        isNamed: hook.forwarder?.name !== null,
        ...(this.#timings && { timings: this.#timings }),
        onClose: () => this.#disconnect(hookId, line),
      })
      this.#connect({ line, hook, token: new Secret(text), userId: user.id }, CLOSE.replaced)
    })
  }

  #connect(connected: Connected, replaced: number): void {
    const { hook, line } = connected
    const before = this.#connected.get(hook.id)
    this.#connected.set(hook.id, connected)
    before?.line.close(replaced, 'another has connected under the same name')
    this.#context.engine.connectForwarder(hook.id, line)
    this.#markSeen([hook.id])
  }

  #disconnect(hookId: number, line: ForwarderLine): void {
    this.#context.engine.disconnectForwarder(hookId, line)
    if (this.#connected.get(hookId)?.line !== line) return
    this.#connected.delete(hookId)
    if (!this.#stop.signal.aborted) this.#markSeen([hookId])
  }

  #refuseCrowd(hookId: number, userId: number): void {
    const others = [...this.#connected.values()].filter(({ hook }) => hook.id !== hookId)
    const own = others.filter(other => other.userId === userId)
    if (others.length < LINES_MAX && own.length < LINES_PER_USER_MAX) return
    throw new AppError('unavailable', 'Too many forwarders are connected.', { retryAfterSeconds: 60 })
  }

  async #load(): Promise<WebSocketServer> {
    const [{ WebSocketServer }, { FRAME_BYTES_MAX }] = await Promise.all([import('ws'), loadLine()])
    this.#server ??= new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: FRAME_BYTES_MAX,
    })
    return this.#server
  }

  // Whoever connects and disconnects in a loop makes no commit each time.
  #markSeen(hookIds: readonly number[]): void {
    const { store, clock, log } = this.#context
    const nowMs = clock.nowMs()
    const due = hookIds.filter(id => Math.abs(nowMs - (this.#seenAtMs.get(id) ?? 0)) >= SEEN_RESOLUTION_MS)
    if (due.length === 0) return
    for (const id of due) this.#seenAtMs.set(id, nowMs)
    store
      .write(tx => markForwardersSeen(tx, due, nowMs))
      .catch(error => log.warn({ err: error }, 'when a forwarder was there was not written'))
  }

  async #checkAgainAndAgain(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      await this.checkOnce().catch(error =>
        this.#context.log.error({ err: error }, 'forwarders could not be looked after; trying again'),
      )
      await pause(CHECK_PERIOD_MS, signal)
    }
  }

  async checkOnce(): Promise<void> {
    for (const connected of this.#connected.values()) await this.#check(connected)
    if (this.#connected.size > 0) this.#markSeen([...this.#connected.keys()])
    await this.#deleteForsaken()
  }

  async #check({ line, hook, token: text }: Connected): Promise<void> {
    const { store } = this.#context
    const holder = await findTokenHolder(store.read, text.reveal())
    const { CLOSE } = await loadLine()
    if (!holder || holder.user.suspendedAt) {
      line.close(CLOSE.unauthorized, 'the token opens nothing any more')
      return
    }
    const now = await findHookById(store.read, store.vault, hook.id)
    if (now && (await mayForward(store.read, now, { user: holder.user, scopes: holder.token.scopes }))) return
    line.close(CLOSE.gone, 'the hook is not there any more, or not yours')
  }

  async #deleteForsaken(): Promise<void> {
    const { store, engine, clock } = this.#context
    const nowMs = clock.nowMs()
    for (const { id, target } of await listForsakenHooks(store.read, nowMs, FORSAKEN_PER_TURN)) {
      if (engine.isForwarderConnected(id)) continue
      await store.write(tx => deleteHook(tx, id, new Date(nowMs)))
      engine.hooksChanged(target)
      engine.forgetForwarder(id)
    }
  }
}

/** Loaded when the first one connects. */
function loadLine() {
  return import('./forwarder-line.ts')
}

/** GitHub's forwarder sends the bare token. */
function tokenIn(authorization: string | undefined): string | undefined {
  const text = authorization?.trim().replace(/^(?:token|bearer)\s+/i, '')
  return text === '' ? undefined : text
}
