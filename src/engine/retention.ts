// Retention: lets go of what is older than it is to be kept, in small transactions with a pause after
// each, so that deliveries go on in between. Where it is, it knows in memory alone: after a restart
// it walks through what is left once more.
import type { Clock } from '../base/clock.ts'
import { lowestIdAt } from '../base/id.ts'
import type { Log } from '../base/log.ts'
import { pause } from '../base/pause.ts'
import {
  dropAttempts,
  dropDeletedHooks,
  dropEvents,
  dropExpired,
  dropHookChanges,
  dropPayloads,
  dropResponseBodies,
  type IdRange,
  type PageQuery,
  type PageRow,
  pageOfAttempts,
  pageOfEvents,
  pageOfPayloads,
} from '../store/retention.ts'
import type { Db, Store, Tx } from '../store/store.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

export type Keep = { readonly attemptsMs: number; readonly payloadsMs: number }

const KEEP_DEFAULT: Keep = { attemptsMs: 30 * DAY_MS, payloadsMs: 7 * DAY_MS }

const HOOK_CHANGES_KEPT_MS = 90 * DAY_MS

// Whoever still had the hook at hand when it was deleted is done with it by then.
const DELETED_HOOKS_KEPT_MS = 60 * MINUTE_MS

// A server that has just started has other things to do.
const FIRST_ROUND_MS = MINUTE_MS
const PERIOD_MS = 10 * MINUTE_MS

// Rows in one transaction: as many as take about 20 ms on this disk, with whatever else it does. Rows of
// a large file are scattered, and dropping one can cost ten times what it costs in a small file.
const ROWS_MIN = 10
const ROWS_MAX = 500
const ROWS_FIRST = 100
const TOO_LONG_MS = 30
const SHORT_MS = 10
// Of small tables, in one statement.
const FEW_ROWS = 100
// Three statements each.
const HOOKS_MAX = 50
// What goes along with the rows of one transaction: bytes, or deliveries and skips.
const BYTES_MAX = 4 * 1024 * 1024
const ATTENDANTS_MAX = 1000

// At least this between two transactions, and at least as long as the last one took: half of the
// writer's time is always left to the deliveries.
const PAUSE_MS = 20

// Walks over again what was passed by because it was not settled.
const REWALK_MS = DAY_MS

type RetentionOptions = {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly keep?: Keep
}

type Walk = {
  readonly keptMs: number
  /** Leaves rows standing, which must be looked at again. */
  readonly passesBy: boolean
  readonly costMax: number
  page(db: Db, query: PageQuery): Promise<PageRow[]>
  drop(tx: Tx, range: IdRange, beforeMs: number): Promise<number>
}

export class Retention {
  readonly #options: RetentionOptions
  readonly #walks: readonly Walk[]
  readonly #cursors = new Map<Walk, number>()
  readonly #stop = new AbortController()
  #walkedAtMs = Number.NEGATIVE_INFINITY
  #rows = ROWS_FIRST
  #running: Promise<void> | undefined

  constructor(options: RetentionOptions) {
    this.#options = options
    this.#walks = walksOf(options.keep ?? KEEP_DEFAULT)
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Waits for the transaction that is under way, no longer. Idempotent. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  /** One round through all that is old enough now. */
  async sweepOnce(): Promise<void> {
    const nowMs = this.#options.clock.nowMs()
    this.#beginAnew(nowMs)
    for (const walk of this.#walks) await this.#walk(walk, nowMs - walk.keptMs)
    await this.#repeat(HOOKS_MAX, tx => dropDeletedHooks(tx, nowMs - DELETED_HOOKS_KEPT_MS, HOOKS_MAX))
    await this.#repeat(FEW_ROWS, tx => dropHookChanges(tx, nowMs - HOOK_CHANGES_KEPT_MS, FEW_ROWS))
    await this.#repeat(FEW_ROWS, tx => dropExpired(tx, nowMs, FEW_ROWS))
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    await pause(FIRST_ROUND_MS, signal)
    while (!signal.aborted) {
      try {
        await this.sweepOnce()
      } catch (error) {
        if (!signal.aborted) this.#options.log.error({ err: error }, 'retention failed; trying again')
      }
      await pause(PERIOD_MS, signal)
    }
  }

  // A clock that was turned back does not put it off.
  #beginAnew(nowMs: number): void {
    if (nowMs >= this.#walkedAtMs && nowMs < this.#walkedAtMs + REWALK_MS) return
    this.#walkedAtMs = nowMs
    for (const walk of this.#walks) if (walk.passesBy) this.#cursors.delete(walk)
  }

  async #walk(walk: Walk, beforeMs: number): Promise<void> {
    const { store } = this.#options
    const beforeId = lowestIdAt(beforeMs)
    while (!this.#stop.signal.aborted) {
      const afterId = this.#cursors.get(walk) ?? 0
      const rows = await walk.page(store.read, { afterId, beforeId, limit: this.#rows })
      const lastId = endOf(rows, walk.costMax)
      if (lastId === undefined) return
      const { tookMs } = await this.#write(tx => walk.drop(tx, { afterId, lastId }, beforeMs))
      this.#adapt(tookMs)
      this.#cursors.set(walk, lastId)
    }
  }

  async #repeat(max: number, drop: (tx: Tx) => Promise<number>): Promise<void> {
    for (let dropped = max; dropped >= max && !this.#stop.signal.aborted; ) {
      dropped = (await this.#write(drop)).count
    }
  }

  // By what a walk's own transactions take: those that find next to nothing tell nothing of it.
  #adapt(tookMs: number): void {
    if (tookMs > TOO_LONG_MS) this.#rows = Math.max(ROWS_MIN, this.#rows >> 1)
    else if (tookMs < SHORT_MS) this.#rows = Math.min(ROWS_MAX, this.#rows * 2)
  }

  async #write(
    work: (tx: Tx) => Promise<number>,
  ): Promise<{ readonly count: number; readonly tookMs: number }> {
    const beganAtMs = performance.now()
    const count = await this.#options.store.write(work)
    const tookMs = performance.now() - beganAtMs
    await pause(Math.max(PAUSE_MS, tookMs), this.#stop.signal)
    return { count, tookMs }
  }
}

function walksOf({ attemptsMs, payloadsMs }: Keep): Walk[] {
  return [
    {
      keptMs: payloadsMs,
      passesBy: true,
      costMax: BYTES_MAX,
      page: pageOfPayloads,
      drop: dropPayloads,
    },
    {
      keptMs: payloadsMs,
      passesBy: false,
      costMax: BYTES_MAX,
      page: pageOfAttempts,
      drop: dropResponseBodies,
    },
    {
      keptMs: attemptsMs,
      passesBy: false,
      costMax: BYTES_MAX,
      page: pageOfAttempts,
      drop: dropAttempts,
    },
    {
      keptMs: attemptsMs,
      passesBy: true,
      costMax: ATTENDANTS_MAX,
      page: pageOfEvents,
      drop: dropEvents,
    },
  ]
}

/** The last row of one transaction: at least one, however much it costs. Undefined when there is none. */
export function endOf(rows: readonly PageRow[], costMax: number): number | undefined {
  let cost = 0
  let last: number | undefined
  for (const row of rows) {
    cost += row.cost
    if (last !== undefined && cost > costMax) break
    last = row.id
  }
  return last
}
