// One lane for each hook that is at work: what is at hand for it, how much of that runs, and
// whether more of it waits in the store. Lanes share three things, none of which a slow hook may
// take for itself: sockets, jobs at hand, and bytes.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../base/clock.ts'
import { DEFAULT_POLICY, type Policy, type RateLimit } from '../policy.ts'
import type { Gate } from './breakers.ts'
import { ByteRoom } from './byte-room.ts'

// A socket and some kilobytes each while they wait for their receiver.
const RUNNING_MAX = 2000

// Every hook may run one in any case, but only up to here: each takes a file descriptor.
const RUNNING_HARD_MAX = 2 * RUNNING_MAX

// Leased and in memory. A delivery is at hand for about three commits and its POST, 7 ms under
// load: 200 let one hook have 28,000 a second.
const AT_HAND_PER_HOOK_MAX = 200

const AT_HAND_MAX = 20_000

// A hook that is not known to be quick holds no more at hand than this many times what it may run.
const AT_HAND_PER_RUNNING = 2

// Payloads at hand. The large have a room of their own: one of 25 MB that waits for room would hold
// up every small one behind it. Together below the memory ceiling of 256 MB.
const SMALL_BYTES = 256 * 1024
const SMALL_ROOM_BYTES = 48 * 1024 * 1024
const LARGE_ROOM_BYTES = 64 * 1024 * 1024

// A lane may have this share of what is free, and one in any case. A hundred hooks that hang then
// hold two thirds of everything, a thousand hold nineteen twentieths, and the others go on with the rest.
// (Dynamic thresholds: Choudhury and Hahne, 1998.)
const SHARE_OF_FREE = 0.02

// The sweep finds again whatever is beyond this.
const LANES_MAX = 20_000

// A hook with a rate limit holds no more at hand than it can begin within this time.
const RATE_AHEAD_MS = 10_000

// When each hook with a rate limit may begin its next attempt.
const RATES_MAX = 20_000

/** What a lane must know of its hook's policy. */
export type LanePolicy = Pick<Policy, 'concurrency' | 'rateLimit' | 'order'>

type LanesOptions<Job> = {
  run(job: Job): void
  gateOf(hookId: number): Gate
  readonly clock: Clock
}

type Lane<Job> = {
  readonly hookId: number
  policy: LanePolicy
  /** The last attempt was. */
  quick: boolean
  running: number
  atHand: number
  bytes: number
  backlog: boolean
  /** Something more became due since the lane last asked for what it may claim. */
  woken: boolean
  timer: NodeJS.Timeout | undefined
  readonly queue: Job[]
}

export class Lanes<Job> {
  readonly #options: LanesOptions<Job>
  readonly #lanes = new Map<number, Lane<Job>>()
  /** Hooks with more in the store, in the order in which they are served. */
  readonly #backlog = new Set<number>()
  /** Hooks that wait for a socket because all are taken. */
  readonly #waiting = new Set<number>()
  readonly #mayBeginAtMs = new LRUCache<number, number>({ max: RATES_MAX })
  readonly #small = new ByteRoom(SMALL_ROOM_BYTES)
  readonly #large = new ByteRoom(LARGE_ROOM_BYTES)
  #running = 0
  #atHand = 0

  constructor(options: LanesOptions<Job>) {
    this.#options = options
  }

  setPolicy(hookId: number, policy: LanePolicy): void {
    const lane = this.#lanes.get(hookId)
    if (lane) lane.policy = policy
  }

  /**
   * A place for a delivery that is about to be accepted. None while older ones of its hook wait, or
   * where the order decides what is next: that is asked of the store. Without a policy the lane
   * goes by the one that it knows.
   */
  tryReserve(hookId: number, policy: LanePolicy | undefined, bytes: number): boolean {
    const lane = this.#lane(hookId)
    if (policy) lane.policy = policy
    const fits =
      !lane.backlog &&
      (policy?.order ?? 'none') === 'none' &&
      lane.atHand < this.#atHandLimit(lane) &&
      this.#tryBytes(lane, bytes)
    if (fits) this.#enter(lane)
    else this.#forgetIdle(lane)
    return fits
  }

  /** A place for what was claimed. Gives whether its bytes fit in now; else they are taken later. */
  admit(hookId: number, bytes: number): boolean {
    const lane = this.#lane(hookId)
    this.#enter(lane)
    return this.#tryBytes(lane, bytes)
  }

  /**
   * Runs the job, whose place was given, as soon as its turn has come. Gives false for a hook whose
   * breaker has opened meanwhile: then it must be given back.
   */
  push(hookId: number, job: Job): boolean {
    const lane = this.#lane(hookId)
    if (this.#options.gateOf(hookId) === 'open') return false
    lane.queue.push(job)
    this.#runNext(lane)
    return true
  }

  /** The job's place and bytes are free again. */
  leave(hookId: number, bytes: number): void {
    const lane = this.#lane(hookId)
    this.#atHand--
    lane.atHand--
    this.giveBytes(hookId, bytes)
    this.#forgetIdle(lane)
  }

  /** The job's socket is free again: its lane goes on, and another that waited for one. */
  finish(hookId: number, quick: boolean): void {
    const lane = this.#lane(hookId)
    lane.quick = quick
    this.#running--
    lane.running--
    this.#runNext(lane)
    for (const waiting of this.#waiting) {
      if (this.#running >= RUNNING_HARD_MAX) break
      this.#waiting.delete(waiting)
      this.#runNext(this.#lane(waiting))
    }
  }

  async takeBytes(hookId: number, bytes: number): Promise<void> {
    await this.#roomFor(bytes).take(bytes)
    this.#lane(hookId).bytes += bytes
  }

  giveBytes(hookId: number, bytes: number): void {
    if (bytes === 0) return
    this.#lane(hookId).bytes -= bytes
    this.#roomFor(bytes).give(bytes)
  }

  /** Takes back what is at hand and has not begun: of one hook, or of all. */
  takeQueued(hookId?: number): Job[] {
    const lanes = hookId === undefined ? [...this.#lanes.values()] : [this.#lane(hookId)]
    return lanes.flatMap(lane => {
      clearTimeout(lane.timer)
      return lane.queue.splice(0)
    })
  }

  /** Something of this hook is due in the store. */
  wait(hookId: number): void {
    if (!this.#lanes.has(hookId) && this.#lanes.size >= LANES_MAX) return
    const lane = this.#lane(hookId)
    lane.backlog = true
    lane.woken = true
    this.#backlog.add(hookId)
    // What is at hand behind a breaker, too, may have become a probe.
    this.#runNext(lane)
  }

  /** Less was found in the store than could be claimed. What became due meanwhile is asked for again. */
  rest(hookId: number): void {
    const lane = this.#lane(hookId)
    if (lane.woken) return
    this.#backlog.delete(hookId)
    lane.backlog = false
    this.#forgetIdle(lane)
  }

  /** Who may claim how many. Whoever is named goes to the end of the line. */
  wants(hooksMax: number): { hookId: number; max: number }[] {
    const wants: { hookId: number; max: number }[] = []
    let left = AT_HAND_MAX - this.#atHand
    for (const hookId of [...this.#backlog]) {
      if (wants.length >= hooksMax || left <= 0) break
      const lane = this.#lane(hookId)
      const limit = this.#atHandLimit(lane)
      // Half-empty lanes are filled up; a claim for each place that becomes free would cost more.
      const max = lane.atHand > limit / 2 ? 0 : Math.min(left, limit - lane.atHand)
      if (limit === 0) this.#shut(lane)
      if (max <= 0) continue
      wants.push({ hookId, max })
      left -= max
      lane.woken = false
      this.#backlog.delete(hookId)
      this.#backlog.add(hookId)
    }
    return wants
  }

  // Behind an open breaker: the sweep wakes the hook again, until it is time for a probe.
  #shut(lane: Lane<Job>): void {
    lane.woken = false
    this.rest(lane.hookId)
  }

  #lane(hookId: number): Lane<Job> {
    const known = this.#lanes.get(hookId)
    if (known) return known
    const lane: Lane<Job> = {
      hookId,
      policy: DEFAULT_POLICY,
      quick: false,
      running: 0,
      atHand: 0,
      bytes: 0,
      backlog: false,
      woken: false,
      timer: undefined,
      queue: [],
    }
    this.#lanes.set(hookId, lane)
    return lane
  }

  #enter(lane: Lane<Job>): void {
    this.#atHand++
    lane.atHand++
  }

  #roomFor(bytes: number): ByteRoom {
    return bytes <= SMALL_BYTES ? this.#small : this.#large
  }

  #tryBytes(lane: Lane<Job>, bytes: number): boolean {
    const room = this.#roomFor(bytes)
    if (lane.bytes > 0 && lane.bytes + bytes > room.free * SHARE_OF_FREE) return false
    if (!room.tryTake(bytes)) return false
    lane.bytes += bytes
    return true
  }

  #runNext(lane: Lane<Job>): void {
    while (lane.queue.length > 0 && lane.running < this.#runningLimit(lane)) {
      if (this.#running >= RUNNING_HARD_MAX) {
        this.#waiting.add(lane.hookId)
        return
      }
      if (!this.#mayBegin(lane)) return
      const job = lane.queue.shift() as Job
      this.#running++
      lane.running++
      this.#options.run(job)
    }
  }

  #runningLimit(lane: Lane<Job>): number {
    const gate = this.#options.gateOf(lane.hookId)
    if (gate === 'open') return 0
    return gate === 'probing' ? 1 : share(lane.policy.concurrency, RUNNING_MAX - this.#running)
  }

  #atHandLimit(lane: Lane<Job>): number {
    const gate = this.#options.gateOf(lane.hookId)
    if (gate === 'open') return 0
    if (gate === 'probing') return 1
    const { rateLimit } = lane.policy
    const max = Math.min(
      lane.quick ? AT_HAND_PER_HOOK_MAX : AT_HAND_PER_RUNNING * this.#runningLimit(lane),
      rateLimit ? Math.ceil(RATE_AHEAD_MS / spacingMs(rateLimit)) : AT_HAND_PER_HOOK_MAX,
    )
    return share(max, AT_HAND_MAX - this.#atHand)
  }

  // Attempts begin at an even distance: a window that is counted lets twice its number through at
  // its edge.
  #mayBegin(lane: Lane<Job>): boolean {
    const { rateLimit } = lane.policy
    if (!rateLimit) return true
    const nowMs = this.#options.clock.nowMs()
    const atMs = this.#mayBeginAtMs.get(lane.hookId) ?? 0
    // A clock that was turned back must not stop the hook for as long.
    if (atMs <= nowMs || atMs > nowMs + spacingMs(rateLimit)) {
      this.#mayBeginAtMs.set(lane.hookId, nowMs + spacingMs(rateLimit))
      return true
    }
    clearTimeout(lane.timer)
    lane.timer = setTimeout(() => this.#runNext(lane), atMs - nowMs)
    return false
  }

  #forgetIdle(lane: Lane<Job>): void {
    if (lane.atHand > 0 || lane.backlog) return
    clearTimeout(lane.timer)
    this.#waiting.delete(lane.hookId)
    this.#lanes.delete(lane.hookId)
  }
}

function spacingMs({ deliveries, perMs }: RateLimit): number {
  return perMs / deliveries
}

function share(max: number, free: number): number {
  return Math.min(max, Math.max(1, Math.floor(free * SHARE_OF_FREE)))
}
