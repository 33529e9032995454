// Time and chance, handed in so that a test can turn them.

export type Clock = {
  nowMs(): number
  /** At least 0 and below 1. */
  random(): number
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  random: () => Math.random(),
}

// What a time server sets right now and then is less; nobody notices a plan that is put off by as much.
const TURN_MIN_MS = 1000

/** Notices when the clock is turned back, so that who made plans by it can make them anew. */
export class WatchedClock implements Clock {
  readonly #clock: Clock
  #latestMs = Number.NEGATIVE_INFINITY
  #turnedBack = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  nowMs(): number {
    const nowMs = this.#clock.nowMs()
    if (nowMs < this.#latestMs - TURN_MIN_MS) {
      this.#turnedBack = true
      this.#latestMs = nowMs
    } else if (nowMs > this.#latestMs) {
      this.#latestMs = nowMs
    }
    return nowMs
  }

  random(): number {
    return this.#clock.random()
  }

  /** Whether it was since this was last asked. */
  takeTurnBack(): boolean {
    const turnedBack = this.#turnedBack
    this.#turnedBack = false
    return turnedBack
  }
}
