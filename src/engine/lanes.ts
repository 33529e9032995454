// One lane for each hook that is at work: what is at hand for it, how much of that runs, and
// whether more of it waits in the store. Lanes share three things, none of which a slow hook may
// take for itself: sockets, jobs at hand, and bytes.
import { ByteRoom } from './byte-room.ts'

// Ten at once keep a receiver busy without knocking it over.
const RUNNING_PER_HOOK_MAX = 10

// A socket and some kilobytes each while they wait for their receiver.
const RUNNING_MAX = 2000

// Leased and in memory. A delivery is at hand for about three commits and its POST, 7 ms under
// load: 200 let one hook have 28,000 a second.
const AT_HAND_PER_HOOK_MAX = 200

const AT_HAND_MAX = 20_000

// Payloads at hand: a quarter of the memory ceiling of 256 MB, and above one of GitHub's 25 MB.
const BYTES_MAX = 64 * 1024 * 1024

// A lane may have this share of what is free, and one in any case. A hundred hooks that hang then
// hold two thirds of everything, a thousand hold nineteen twentieths, and the others go on with the rest.
// (Dynamic thresholds: Choudhury and Hahne, 1998.)
const SHARE_OF_FREE = 0.02

// The sweep finds again whatever is beyond this.
const LANES_MAX = 20_000

type Lane<Job> = {
  running: number
  atHand: number
  bytes: number
  backlog: boolean
  readonly queue: Job[]
}

export class Lanes<Job> {
  readonly #run: (job: Job) => void
  readonly #lanes = new Map<number, Lane<Job>>()
  /** Hooks with more in the store, in the order in which they are served. */
  readonly #backlog = new Set<number>()
  readonly #room = new ByteRoom(BYTES_MAX)
  #running = 0
  #atHand = 0

  constructor(run: (job: Job) => void) {
    this.#run = run
  }

  /** A place for a delivery that is about to be accepted; none while older ones of its hook wait. */
  tryReserve(hookId: number, bytes: number): boolean {
    const lane = this.#lane(hookId)
    const fits = !lane.backlog && lane.atHand < this.#atHandLimit() && this.#tryBytes(lane, bytes)
    if (fits) this.#enter(lane)
    else this.#forgetIdle(hookId, lane)
    return fits
  }

  /** A place for what was claimed. Gives whether its bytes fit in now; else they are taken later. */
  admit(hookId: number, bytes: number): boolean {
    const lane = this.#lane(hookId)
    this.#enter(lane)
    return this.#tryBytes(lane, bytes)
  }

  /** Runs the job, whose place was given, as soon as its turn has come. */
  push(hookId: number, job: Job): void {
    const lane = this.#lane(hookId)
    lane.queue.push(job)
    this.#runNext(lane)
  }

  /** The job's place and bytes are free again. */
  leave(hookId: number, bytes: number): void {
    const lane = this.#lane(hookId)
    this.#atHand--
    lane.atHand--
    this.giveBytes(hookId, bytes)
    this.#forgetIdle(hookId, lane)
  }

  /** The job's socket is free again: its lane goes on with the next. */
  finish(hookId: number): void {
    const lane = this.#lane(hookId)
    this.#running--
    lane.running--
    this.#runNext(lane)
  }

  async takeBytes(hookId: number, bytes: number): Promise<void> {
    await this.#room.take(bytes)
    this.#lane(hookId).bytes += bytes
  }

  giveBytes(hookId: number, bytes: number): void {
    this.#lane(hookId).bytes -= bytes
    this.#room.give(bytes)
  }

  /** Takes back what is at hand and has not begun. */
  takeQueued(): Job[] {
    return [...this.#lanes.values()].flatMap(lane => lane.queue.splice(0))
  }

  /** Something of this hook is due in the store. */
  wait(hookId: number): void {
    if (!this.#lanes.has(hookId) && this.#lanes.size >= LANES_MAX) return
    this.#lane(hookId).backlog = true
    this.#backlog.add(hookId)
  }

  /** Nothing of this hook is due in the store any more. */
  rest(hookId: number): void {
    this.#backlog.delete(hookId)
    const lane = this.#lane(hookId)
    lane.backlog = false
    this.#forgetIdle(hookId, lane)
  }

  /** Who may claim how many. Whoever is named goes to the end of the line. */
  wants(hooksMax: number): { hookId: number; max: number }[] {
    const wants: { hookId: number; max: number }[] = []
    const limit = this.#atHandLimit()
    let left = AT_HAND_MAX - this.#atHand
    for (const hookId of [...this.#backlog]) {
      if (wants.length >= hooksMax || left <= 0) break
      const { atHand } = this.#lane(hookId)
      // Half-empty lanes are filled up; a claim for each place that becomes free would cost more.
      if (atHand > limit / 2) continue
      const max = Math.min(left, limit - atHand)
      wants.push({ hookId, max })
      left -= max
      this.#backlog.delete(hookId)
      this.#backlog.add(hookId)
    }
    return wants
  }

  #lane(hookId: number): Lane<Job> {
    const known = this.#lanes.get(hookId)
    if (known) return known
    const lane: Lane<Job> = { running: 0, atHand: 0, bytes: 0, backlog: false, queue: [] }
    this.#lanes.set(hookId, lane)
    return lane
  }

  #enter(lane: Lane<Job>): void {
    this.#atHand++
    lane.atHand++
  }

  #tryBytes(lane: Lane<Job>, bytes: number): boolean {
    if (lane.bytes > 0 && lane.bytes + bytes > this.#room.free * SHARE_OF_FREE) return false
    if (!this.#room.tryTake(bytes)) return false
    lane.bytes += bytes
    return true
  }

  #runNext(lane: Lane<Job>): void {
    while (lane.running < share(RUNNING_PER_HOOK_MAX, RUNNING_MAX - this.#running)) {
      const job = lane.queue.shift()
      if (job === undefined) return
      this.#running++
      lane.running++
      this.#run(job)
    }
  }

  #atHandLimit(): number {
    return share(AT_HAND_PER_HOOK_MAX, AT_HAND_MAX - this.#atHand)
  }

  #forgetIdle(hookId: number, lane: Lane<Job>): void {
    if (lane.atHand === 0 && !lane.backlog) this.#lanes.delete(hookId)
  }
}

function share(max: number, free: number): number {
  return Math.min(max, Math.max(1, Math.floor(free * SHARE_OF_FREE)))
}
