// Identifiers that grow with time, made without asking a database. 53 bits, so that a JavaScript
// number (and every client that reads JSON with one) holds them exactly:
//
//   40 bits  milliseconds since 2026-01-01 UTC, enough until 2060
//    7 bits  the node, 0 to 127
//    6 bits  a counter within the millisecond: 64,000 a second for each node. Above that rate, and
//            when the clock is turned back, it borrows from the milliseconds to come.
import type { Clock } from './clock.ts'

const EPOCH_MS = Date.UTC(2026, 0, 1)
const NODE_BITS = 7
const COUNTER_BITS = 6
const NODE_MAX = 2 ** NODE_BITS - 1
const COUNTER_MAX = 2 ** COUNTER_BITS - 1

export class IdSource {
  readonly #clock: Clock
  readonly #node: number
  #tick: number
  #counter = 0

  /** `after` is the highest identifier in use, so that a clock which was turned back repeats none. */
  constructor(clock: Clock, { node = 0, after = 0 }: { node?: number; after?: number } = {}) {
    if (!Number.isInteger(node) || node < 0 || node > NODE_MAX) {
      throw new Error(`a node's number is 0 to ${NODE_MAX}, not ${node}`)
    }
    this.#clock = clock
    this.#node = node
    this.#tick = tickOf(after)
    // What is left of that tick may be in use.
    this.#counter = after === 0 ? 0 : COUNTER_MAX
  }

  next(): number {
    const nowTick = this.#clock.nowMs() - EPOCH_MS
    if (nowTick > this.#tick) {
      this.#tick = nowTick
      this.#counter = 0
    } else if (this.#counter < COUNTER_MAX) {
      this.#counter++
    } else {
      this.#tick++
      this.#counter = 0
    }
    return this.#tick * 2 ** (NODE_BITS + COUNTER_BITS) + this.#node * 2 ** COUNTER_BITS + this.#counter
  }
}

function tickOf(id: number): number {
  return Math.floor(id / 2 ** (NODE_BITS + COUNTER_BITS))
}

/** When it was made; later than that when the clock had been turned back. */
export function timeOfId(id: number): number {
  return EPOCH_MS + tickOf(id)
}

/** The lowest identifier that could have been made at this time: a bound for queries by time. */
export function lowestIdAt(timeMs: number): number {
  return Math.max(0, timeMs - EPOCH_MS) * 2 ** (NODE_BITS + COUNTER_BITS)
}
