// A tunnel's end on the laptop: keeps a line to the server, dials the carriers that the server asks for, and comes back
// under the same name whenever the line is cut. What cannot go on rejects; everything else is told and mended.
import { randomUUID } from 'node:crypto'
import { pause } from '../base/pause.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { Secret } from '../secret.ts'
import { Carrier, type CarrierOptions } from './carrier.ts'
import { Control, TIMINGS, type Timings } from './control.ts'
import { dialUpgraded, type Refused, type Route } from './dial.ts'
import {
  CARRIER_UPGRADE,
  type ClientMessage,
  CONTROL_PATH,
  CONTROL_UPGRADE,
  carrierPath,
  type Edge,
  type RefusalCode,
  type ServerMessage,
} from './protocol.ts'

export type TunnelClientOptions = Omit<CarrierOptions, 'onClosed'> & {
  readonly route: Route
  readonly token: Secret
  /** Null for any that is free. */
  readonly name: string | null
  readonly edge: Edge
  readonly timings?: Timings
  /** The line is up: for the first time, or again. */
  onOpened(url: string): void
  /** It was, and is being mended. */
  onCut(reason: string): void
}

// A server that is started anew has us back within a second of its return. One that stays away for longer than a
// minute or so is called more rarely.
const BACK_OFF_FIRST_MS = 100
const BACK_OFF_SOON_MS = 900
const BACK_OFF_MAX_MS = 5_000
const SOON_TRIES = 80
const JITTER = 0.2

// A carrier that could not be dialled, on a line that is alive: a proxy that counts connections, most likely.
const CARRIER_TRIES = 3
const CARRIER_PAUSE_MS = 250

// A tick that comes so late was slept through: every connection from before is suspect.
const TICK_MS = 1000
const SLEPT_MS = 5000

// More than any server of ours asks for.
const CARRIERS_MAX = 1000

const OPEN_DEADLINE_MS = 10_000

const LOST = 'the connection was lost'

type Opened = Extract<ServerMessage, { kind: 'opened' }>

/** With what carriers of the present line are opened. */
type Opening = { readonly path: string; readonly key: Secret; readonly control: Control }

type Line = { readonly control: Control; readonly ended: Promise<LineEnd> }
type LineEnd = {
  readonly reason: string
  readonly retryAfterMs: number
  readonly fatal: AppError | null
  readonly wasOpen: boolean
}

export class TunnelClient {
  readonly #options: TunnelClientOptions
  readonly #instance = randomUUID()
  readonly #carriers = new Set<Carrier>()
  #name: string | null
  #opening: Opening | null = null
  #dialling = 0

  constructor(options: TunnelClientOptions) {
    this.#options = options
    this.#name = options.name
  }

  /** Resolves when the signal aborts. Rejects with an AppError when going on would be of no use. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0
    let hasBeenUp = false
    while (!signal.aborted) {
      let retryAfterMs = 0
      try {
        const line = await this.#connect(signal)
        if (line.kind === 'refused') throw this.#refusal(line)
        const { reason, retryAfterMs: afterMs, fatal, wasOpen } = await line.ended
        if (fatal) throw fatal
        if (signal.aborted) return
        if (!wasOpen)
          throw new AppError('unavailable', `${this.#options.route.server} opens no tunnel: ${reason}`)
        hasBeenUp = true
        failures = 0
        retryAfterMs = afterMs
        this.#options.onCut(reason)
      } catch (error) {
        if (signal.aborted) return
        if (!hasBeenUp || isFinal(error)) throw this.#explained(error)
        failures += 1
      }
      await pause(Math.max(retryAfterMs, failures === 0 ? 0 : backOff(failures)), signal)
    }
  }

  async #connect(signal: AbortSignal): Promise<({ readonly kind: 'line' } & Line) | Refused> {
    const { route, token } = this.#options
    const dialling = dialUpgraded(route, CONTROL_PATH, { protocol: CONTROL_UPGRADE, token })
    const dialled = await orAbort(dialling, signal)
    if (dialled.kind === 'refused') return dialled
    const { promise, resolve } = Promise.withResolvers<LineEnd>()
    let wasOpen = false
    let end = { reason: LOST, retryAfterMs: 0, fatal: null as AppError | null }
    const deadline = setTimeout(() => control.close('the server does not open the tunnel'), OPEN_DEADLINE_MS)
    const control = new Control({
      socket: dialled.socket,
      timings: this.#options.timings ?? TIMINGS,
      onMessage: message => {
        const told = message as ServerMessage
        if (told.kind === 'opened') {
          clearTimeout(deadline)
          wasOpen = true
          this.#opened(told, control)
        } else if (told.kind === 'dial') {
          this.#dial(told.count, control)
        } else if (told.kind === 'closing') {
          end = { reason: 'the server stops', retryAfterMs: told.retryAfterMs, fatal: null }
        } else if (told.kind === 'refused') {
          const fatal =
            told.code === 'unavailable' ? null : new AppError(CODES[told.code] ?? 'conflict', told.message)
          end = { reason: told.message, retryAfterMs: BACK_OFF_SOON_MS, fatal }
        }
      },
      onClosed: reason => {
        clearTimeout(deadline)
        stopTicking()
        signal.removeEventListener('abort', leave)
        for (const carrier of this.#carriers) carrier.destroy()
        this.#opening = null
        resolve({ ...end, reason: end.reason === LOST ? reason : end.reason, wasOpen })
      },
    })
    const leave = () => {
      control.send({ kind: 'bye' })
      control.close('the command ends', true)
    }
    signal.addEventListener('abort', leave)
    const stopTicking = watchForSleep(() => control.close('this machine has slept'))
    const { edge } = this.#options
    const open: ClientMessage = { kind: 'open', name: this.#name, instance: this.#instance, edge }
    control.send(open)
    if (signal.aborted) leave()
    return { kind: 'line', control, ended: promise }
  }

  #opened({ id, key, name, url }: Opened, control: Control): void {
    this.#name = name
    this.#opening = { path: carrierPath(id), key: new Secret(key), control }
    this.#options.onOpened(url)
  }

  #dial(count: number, control: Control): void {
    const opening = this.#opening
    if (!opening || opening.control !== control || !Number.isInteger(count)) return
    const room = CARRIERS_MAX - this.#carriers.size - this.#dialling
    for (let dialled = 0; dialled < Math.min(count, room); dialled++) void this.#dialCarrier(opening)
  }

  async #dialCarrier(opening: Opening): Promise<void> {
    this.#dialling += 1
    try {
      for (let tries = 1; tries <= CARRIER_TRIES && !opening.control.isClosed; tries++) {
        if (await this.#openCarrier(opening)) return
        await pause(CARRIER_PAUSE_MS * tries)
      }
      // A line that is dead is noticed by its silence.
    } finally {
      this.#dialling -= 1
    }
  }

  /** Gives whether it is done with: another try would be of no use. */
  async #openCarrier({ path, key, control }: Opening): Promise<boolean> {
    try {
      const dialled = await dialUpgraded(this.#options.route, path, { protocol: CARRIER_UPGRADE, token: key })
      if (dialled.kind === 'refused') return dialled.status < 500
      if (control.isClosed) {
        dialled.socket.destroy()
        return true
      }
      const carrier = new Carrier(dialled.socket, {
        ...this.#options,
        onClosed: () => this.#carriers.delete(carrier),
      })
      this.#carriers.add(carrier)
      return true
    } catch {
      return false
    }
  }

  #refusal({ status, message }: Refused): AppError {
    const { server } = this.#options.route
    switch (status) {
      case 401:
        return new AppError(
          'bad_credentials',
          `${server} does not know this token. Make one there, or look at --token.`,
        )
      case 403:
        return new AppError('forbidden', `${server} does not let this token open a tunnel: ${message}`)
      default:
        if (status >= 500) {
          return new AppError('unavailable', `${server} answers ${status}${message && `: ${message}`}`)
        }
        return new AppError(
          'not_found',
          `${server} has no tunnels: is it a Hookline, and does its proxy pass on upgrades?`,
        )
    }
  }

  #explained(error: unknown): AppError {
    if (error instanceof AppError) return error
    const { code, message } = error as NodeJS.ErrnoException
    const { server } = this.#options.route
    return new AppError(
      'unavailable',
      `${server} does not answer (${code ?? message}). Is the server running there?`,
      {
        cause: error,
      },
    )
  }
}

const CODES: Readonly<Record<RefusalCode, ErrorCode>> = {
  name_taken: 'conflict',
  revoked: 'bad_credentials',
  name_in_use: 'conflict',
  name_invalid: 'validation_failed',
  network_invalid: 'validation_failed',
  too_many_tunnels: 'conflict',
  malformed: 'bad_request',
  unavailable: 'unavailable',
}

function backOff(failures: number): number {
  const capMs = failures > SOON_TRIES ? BACK_OFF_MAX_MS : BACK_OFF_SOON_MS
  const delayMs = Math.min(capMs, BACK_OFF_FIRST_MS * 2 ** (failures - 1))
  return delayMs * (1 - JITTER * Math.random())
}

/** A proxy answers 404 as well while the server behind it is away; who we are does not change with that. */
function isFinal(error: unknown): boolean {
  return error instanceof AppError && error.code !== 'unavailable' && error.code !== 'not_found'
}

/** Dialling cannot be called off: what comes of it later is closed. */
async function orAbort(dialling: ReturnType<typeof dialUpgraded>, signal: AbortSignal) {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => {
    reject(signal.reason)
    dialling.then(
      late => late.kind === 'upgraded' && late.socket.destroy(),
      () => {},
    )
  }
  signal.addEventListener('abort', abort)
  try {
    if (signal.aborted) abort()
    return await Promise.race([dialling, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** By the clock on the wall: the other one may stand still meanwhile. Gives the way to stop. */
function watchForSleep(slept: () => void): () => void {
  let lastMs = Date.now()
  const ticking = setInterval(() => {
    const nowMs = Date.now()
    if (nowMs - lastMs > TICK_MS + SLEPT_MS) slept()
    lastMs = nowMs
  }, TICK_MS)
  return () => clearInterval(ticking)
}
