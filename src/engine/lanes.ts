// One lane for each hook that is at work: how many of its deliveries run, and whether more of them
// wait in the store. Lanes share a number of places so that slow hooks cannot take them all.

// GitHub promises nothing; 10 keeps a receiver busy without knocking it over.
const PER_HOOK_MAX = 10

// A place costs a socket and some kilobytes while it waits for its receiver.
const PLACES = 2000

// A hook may take this share of the places that are free, at least one, at most PER_HOOK_MAX: with a
// hundred hooks that hang, each holds 10 and half of the places stay free; with a thousand, each is
// down to one or two. (Dynamic thresholds, Choudhury and Hahne 1998.)
const SHARE_OF_FREE = 0.01

// A hook beyond this number is found again by the sweep.
const LANES_MAX = 10_000

type Lane = { running: number; backlog: boolean }

export class Lanes {
  readonly #lanes = new Map<number, Lane>()
  /** Hooks with a backlog, in the order in which they are served next. */
  readonly #queue = new Set<number>()
  #taken = 0

  get running(): number {
    return this.#taken
  }

  /** A place for a delivery that is about to be accepted. None while older ones of its hook wait. */
  tryTake(hookId: number): boolean {
    const lane = this.#lanes.get(hookId)
    if (lane?.backlog) return false
    if (this.#roomOf(lane) === 0) return false
    this.take(hookId)
    return true
  }

  take(hookId: number): void {
    const lane = this.#lanes.get(hookId) ?? { running: 0, backlog: false }
    this.#lanes.set(hookId, lane)
    lane.running++
    this.#taken++
  }

  give(hookId: number): void {
    const lane = this.#lanes.get(hookId)
    if (!lane) return
    lane.running--
    this.#taken--
    this.#forgetIdle(hookId, lane)
  }

  /** Something of this hook is due in the store. */
  wait(hookId: number): void {
    const lane = this.#lanes.get(hookId)
    if (!lane && this.#lanes.size >= LANES_MAX) return
    this.#lanes.set(hookId, lane ?? { running: 0, backlog: true })
    if (lane) lane.backlog = true
    this.#queue.add(hookId)
  }

  /** Nothing of this hook is due any more. */
  rest(hookId: number): void {
    const lane = this.#lanes.get(hookId)
    this.#queue.delete(hookId)
    if (!lane) return
    lane.backlog = false
    this.#forgetIdle(hookId, lane)
  }

  /** Who may claim how many, in turn: whoever is named goes to the end of the line. */
  wants(hooksMax: number): { hookId: number; max: number }[] {
    const wants: { hookId: number; max: number }[] = []
    let left = PLACES - this.#taken
    for (const hookId of [...this.#queue]) {
      if (wants.length >= hooksMax || left <= 0) break
      const max = Math.min(left, this.#roomOf(this.#lanes.get(hookId)))
      if (max === 0) continue
      wants.push({ hookId, max })
      left -= max
      this.#queue.delete(hookId)
      this.#queue.add(hookId)
    }
    return wants
  }

  #roomOf(lane: Lane | undefined): number {
    const free = PLACES - this.#taken
    if (free <= 0) return 0
    const limit = Math.min(PER_HOOK_MAX, Math.max(1, Math.floor(free * SHARE_OF_FREE)))
    return Math.max(0, limit - (lane?.running ?? 0))
  }

  #forgetIdle(hookId: number, lane: Lane): void {
    if (lane.running === 0 && !lane.backlog) this.#lanes.delete(hookId)
  }
}
