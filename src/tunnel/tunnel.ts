// A tunnel at the server's end: whose it is, the line to its client, and the carriers over which requests go. It
// outlives its line for some seconds, so that a client that comes back finds its callers still waiting.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { AnswerCode } from './answer.ts'
import type { Control } from './control.ts'
import type { Gate } from './edge.ts'
import type { ServerMessage } from './protocol.ts'

/** Why a request got no carrier. */
export class NoCarrier extends Error {
  readonly code: AnswerCode

  constructor(code: AnswerCode) {
    super(`no carrier: ${code}`)
    this.name = 'NoCarrier'
    this.code = code
  }
}

export type Owner = {
  readonly userId: number
  readonly login: string
  /** Whether the token still opens what it opened. */
  isStillAllowed(): Promise<boolean>
}

export type TunnelLimits = {
  readonly requestsMax: number
  readonly requestsPerSecondMax: number
  readonly bytesPerSecondMax: number
}

export type Waits = { readonly carrierMs: number; readonly returnMs: number }

// A caller waits this long for a connection to a client that is there.
const CARRIER_WAIT_MS = 5_000
// And this long for one that may come back: a laptop that wakes is back within 5 s.
const RETURN_WAIT_MS = 10_000

export const WAITS: Waits = { carrierMs: CARRIER_WAIT_MS, returnMs: RETURN_WAIT_MS }

// Enough that a page with its pictures need not wait for a round trip; each is a socket and some kilobytes.
export const SPARE = 4

// Carriers that nobody needed for a minute are closed: the pool shrinks with use.
const CARRIER_IDLE_MS = 60_000

const SECOND_MS = 1000

type Waiting = { readonly give: (error: Error | null, carrier: Duplex | null) => void; timer: NodeJS.Timeout }

type TunnelOptions = {
  readonly name: string
  readonly owner: Owner
  readonly instance: string
  readonly limits: TunnelLimits
  readonly waits: Waits
  /** Nobody has come back in time, or the client has said good-bye. */
  onGone(): void
}

export class Tunnel {
  readonly name: string
  readonly owner: Owner
  readonly instance: string
  readonly openedAt = new Date()
  /** Of the present line. */
  readonly id = newKey()
  readonly key = newKey()
  requests = 0
  readonly #options: TunnelOptions
  readonly #carriers = new Set<Duplex>()
  readonly #parked: Duplex[] = []
  readonly #waiting: Waiting[] = []
  #control: Control | null = null
  #gate: Gate | null = null
  /** Asked for, and not here yet. */
  #dialling = 0
  #leaving: NodeJS.Timeout | undefined
  readonly #shrinking: NodeJS.Timeout
  /** The fewest that were parked since the pool was looked at last: these are not needed. */
  #parkedMin = 0
  #isGone = false
  #second = 0
  #requestsInSecond = 0
  #bytesInSecond = 0

  constructor(options: TunnelOptions) {
    this.#options = options
    this.name = options.name
    this.owner = options.owner
    this.instance = options.instance
    this.#shrinking = setInterval(() => this.#shrink(), CARRIER_IDLE_MS)
    this.#shrinking.unref()
  }

  get gate(): Gate | null {
    return this.#gate
  }

  get isLive(): boolean {
    return this.#control !== null
  }

  /** The client is here: for the first time, or again. */
  begin(control: Control, gate: Gate): void {
    clearTimeout(this.#leaving)
    const before = this.#control
    this.#control = control
    before?.close('another connection of the same command has come')
    this.#dropCarriers()
    this.#gate = gate
    this.#dialling = 0
    for (const waiting of this.#waiting) this.#waitAnew(waiting, this.#options.waits.carrierMs)
  }

  /** Once `opened` is sent: asks for what callers wait for already. */
  ready(): void {
    this.#dial()
  }

  /** The line is cut. What was on its way is over; who comes now waits for the client's return. */
  cut(control: Control): void {
    if (control !== this.#control) return
    this.#control = null
    this.#dropCarriers()
    const { returnMs } = this.#options.waits
    for (const waiting of this.#waiting) this.#waitAnew(waiting, returnMs)
    this.#leaving = setTimeout(() => this.end(), returnMs)
  }

  /** For good. */
  end(): void {
    if (this.#isGone) return
    this.#isGone = true
    clearTimeout(this.#leaving)
    const control = this.#control
    this.#control = null
    control?.close('the tunnel is closed', true)
    for (const { give, timer } of this.#waiting.splice(0)) {
      clearTimeout(timer)
      give(new NoCarrier('nobody'), null)
    }
    this.#dropCarriers()
    clearInterval(this.#shrinking)
    this.#options.onGone()
  }

  send(message: ServerMessage): void {
    this.#control?.send(message)
  }

  opensWith(key: string): boolean {
    const [given, own] = [Buffer.from(key), Buffer.from(this.key)]
    return given.length === own.length && timingSafeEqual(given, own)
  }

  addCarrier(socket: Duplex): void {
    if (!this.#control || this.#carriers.size >= this.#options.limits.requestsMax + SPARE) {
      socket.destroy()
      return
    }
    this.#dialling = Math.max(0, this.#dialling - 1)
    this.#carriers.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      this.#carriers.delete(socket)
      this.#unpark(socket)
    })
    this.#offer(socket)
  }

  /** Its request is over, and it can carry another. */
  release(carrier: Duplex): void {
    if (this.#carriers.has(carrier) && !carrier.destroyed) this.#offer(carrier)
    else carrier.destroy()
  }

  /** A carrier of one's own, until it is released or destroyed. Gives the way to wait no longer. */
  take(give: Waiting['give']): () => void {
    const carrier = this.#parked.pop()
    if (carrier) {
      this.#unpark(carrier)
      give(null, carrier)
    } else if (this.#isGone) {
      give(new NoCarrier('nobody'), null)
    } else {
      const waiting: Waiting = { give, timer: setTimeout(() => {}, 0) }
      this.#waiting.push(waiting)
      this.#waitAnew(waiting, this.isLive ? this.#options.waits.carrierMs : this.#options.waits.returnMs)
      this.#dial()
      return () => this.#forgetWaiting(waiting)
    }
    this.#dial()
    return () => {}
  }

  /** Whether one request more may begin; it is counted. */
  tryBegin(): boolean {
    const { requestsMax, requestsPerSecondMax, bytesPerSecondMax } = this.#options.limits
    this.#turnSecond()
    if (this.requests >= requestsMax || this.#requestsInSecond >= requestsPerSecondMax) return false
    if (this.#bytesInSecond >= bytesPerSecondMax) return false
    this.requests += 1
    this.#requestsInSecond += 1
    return true
  }

  finish(): void {
    this.requests -= 1
  }

  countBytes(bytes: number): void {
    this.#bytesInSecond += bytes
  }

  #turnSecond(): void {
    const second = Math.floor(performance.now() / SECOND_MS)
    if (second === this.#second) return
    this.#second = second
    this.#requestsInSecond = 0
    this.#bytesInSecond = 0
  }

  #dial(): void {
    const count = this.#waiting.length + SPARE - this.#parked.length - this.#dialling
    if (count <= 0 || !this.#control) return
    this.#dialling += count
    this.#control.send({ kind: 'dial', count })
  }

  #park(socket: Duplex): void {
    this.#parked.push(socket)
    // Nobody speaks before they are spoken to; and an end has to be read to be noticed.
    socket.on('data', destroyIt)
    socket.on('end', destroyIt)
    socket.resume()
  }

  #unpark(socket: Duplex): void {
    socket.off('data', destroyIt)
    socket.off('end', destroyIt)
    const place = this.#parked.lastIndexOf(socket)
    if (place >= 0) this.#parked.splice(place, 1)
    this.#parkedMin = Math.min(this.#parkedMin, this.#parked.length)
  }

  #waitAnew(waiting: Waiting, ms: number): void {
    clearTimeout(waiting.timer)
    waiting.timer = setTimeout(() => {
      this.#forgetWaiting(waiting)
      // What was asked for has not come: it is asked for anew by the next.
      this.#dialling = 0
      waiting.give(new NoCarrier(this.isLive ? 'no_carrier' : 'nobody'), null)
    }, ms)
  }

  #forgetWaiting(waiting: Waiting): void {
    clearTimeout(waiting.timer)
    const place = this.#waiting.indexOf(waiting)
    if (place >= 0) this.#waiting.splice(place, 1)
  }

  #offer(socket: Duplex): void {
    const waiting = this.#waiting.shift()
    if (!waiting) {
      this.#park(socket)
      return
    }
    clearTimeout(waiting.timer)
    waiting.give(null, socket)
  }

  #shrink(): void {
    const surplus = Math.max(0, this.#parkedMin - SPARE)
    for (const carrier of this.#parked.slice(0, surplus)) carrier.destroy()
    this.#parkedMin = this.#parked.length
  }

  #dropCarriers(): void {
    this.#parked.length = 0
    for (const carrier of this.#carriers) carrier.destroy()
    this.#carriers.clear()
  }
}

function destroyIt(this: Duplex): void {
  this.destroy()
}

function newKey(): string {
  return randomBytes(24).toString('base64url')
}
