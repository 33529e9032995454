// Long work on the thread that everybody shares, done in turns with everything else.
import { setImmediate as nextTurn } from 'node:timers/promises'

// Short beside the milliseconds that a request takes anyway, long beside the microseconds that a turn costs.
const TURN_MS = 10

export class Turns {
  #endsMs = performance.now() + TURN_MS

  /** To be awaited between two pieces of the work: lets everybody else have a turn when this one was long. */
  async pass(): Promise<void> {
    if (performance.now() < this.#endsMs) return
    await nextTurn()
    this.#endsMs = performance.now() + TURN_MS
  }
}
