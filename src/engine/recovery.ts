// Redelivers in bulk, in the background: what a job has done and how far it has come are one
// transaction, so that it goes on after a restart where it was and makes nothing twice. It keeps no more
// due than a hook can take in soon, and leaves the attempts to the worker.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { pause } from '../base/pause.ts'
import type { Hook } from '../hook.ts'
import { type RecoveryJob, type RecoveryPart, type Remedy, remedyFor } from '../recovery.ts'
import { countQueued, findOpenBreaker } from '../store/health.ts'
import { findHookById } from '../store/hooks.ts'
import { insertDeliveries } from '../store/queue.ts'
import { advancePart, listParts, listRunningJobs, setPartTotal } from '../store/recovery-jobs.ts'
import { keptPayloadsAmong, type Walk, type Walked, walk } from '../store/recovery-walk.ts'
import { bringEventsForward, supersedeExhausted } from '../store/redeliveries.ts'
import type { Db, Store, Tx } from '../store/store.ts'

// A job that was just made is seen after this at the latest. One read of an index when there is none.
const IDLE_MS = 1000

// While every job waits for its hook or for its rate.
const WAITING_MS = 100

// Between two rounds of work: others want the store, too.
const BUSY_MS = 10

const JOBS_PER_ROUND = 100

// Looked at in one read, about 10 µs each: others wait for the reading thread no longer than 5 ms.
const PIECE = 500

// Pieces without a match before the way that was made is written down.
const PIECES_PER_STEP = 10

// Made in one transaction.
const REDELIVERIES_PER_STEP_MAX = 200

/** Due at once for one hook, beyond which its part waits: five times what a hook has at hand. */
export const BACKLOG_MAX = 1000

// A step that failed (a full disk, a row that cannot be read) is tried again after this.
const FAILED_MS = 5000
const FAILURES_MAX = 10_000

// Half counted, 100 bytes each: what is forgotten is counted anew.
const COUNTS_MAX = 10_000

const RATES_MAX = 10_000

/** Why a part stands still: its hook is inactive, its breaker is open, or enough is due for it. */
export type RecoveryWait = 'inactive' | 'breaker' | 'backlog'

/** How soon the next round is worth it. */
export type Pace = 'idle' | 'waiting' | 'busy'

type RecoveryOptions = {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** So many deliveries of this hook were made due. */
  wake(hookId: number, count: number): void
}

export class Recovery {
  readonly #options: RecoveryOptions
  readonly #stop = new AbortController()
  readonly #counts = new LRUCache<string, { position: number; total: number }>({ max: COUNTS_MAX })
  readonly #rates = new LRUCache<number, { tokens: number; atMs: number }>({ max: RATES_MAX })
  /** When a part whose last step failed is tried again. */
  readonly #retryAtMs = new LRUCache<string, number>({ max: FAILURES_MAX })
  #running: Promise<void> | undefined
  #jobCursor = 0
  #round = 0

  constructor(options: RecoveryOptions) {
    this.#options = options
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Waits for the step that is under way. Idempotent. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  /** One step of every part that has not ended. */
  async runOnce(): Promise<Pace> {
    const { read } = this.#options.store
    const jobs = await listRunningJobs(read, this.#jobCursor, JOBS_PER_ROUND)
    // A full page goes on behind its last job; after the last page it starts over.
    const wasFirstPage = this.#jobCursor === 0
    this.#jobCursor = jobs.length < JOBS_PER_ROUND ? 0 : (jobs.at(-1)?.id ?? 0)
    this.#round++
    let pace: Pace = jobs.length === 0 && wasFirstPage ? 'idle' : 'waiting'
    for (const job of jobs) {
      const open = (await listParts(read, job.id)).filter(({ ended }) => !ended)
      for (const part of rotated(open, this.#round)) {
        if (this.#stop.signal.aborted) return pace
        if (await this.#tryStep(job, part)) pace = 'busy'
      }
    }
    return pace
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    const wait = { idle: IDLE_MS, waiting: WAITING_MS, busy: BUSY_MS }
    while (!signal.aborted) {
      let pace: Pace = 'idle'
      try {
        pace = await this.runOnce()
      } catch (error) {
        if (!signal.aborted) this.#options.log.error({ err: error }, 'recovery failed; trying again')
      }
      await pause(wait[pace], signal)
    }
  }

  async #tryStep(job: RecoveryJob, part: RecoveryPart): Promise<boolean> {
    const { clock, log } = this.#options
    const waitMs = (this.#retryAtMs.get(keyOf(part)) ?? 0) - clock.nowMs()
    // A clock that was turned back must not put it off for as long.
    if (waitMs > 0 && waitMs <= FAILED_MS) return false
    try {
      return await this.#step(job, part)
    } catch (error) {
      this.#retryAtMs.set(keyOf(part), clock.nowMs() + FAILED_MS)
      log.error({ err: error, job: job.id, hook: part.hookId }, 'a recovery step failed; trying again')
      return false
    }
  }

  /** Gives whether there was anything to do. */
  async #step(job: RecoveryJob, part: RecoveryPart): Promise<boolean> {
    const { store, clock } = this.#options
    const hook = await findHookById(store.read, store.vault, part.hookId)
    if (!hook || hook.deletedAt) return this.#end(part)
    // Before the first redelivery: they change what there is to count.
    if (part.total === null) return this.#count(job, part, hook)

    const { room } = await roomFor(store.read, hook, clock.nowMs())
    const max = Math.min(REDELIVERIES_PER_STEP_MAX, room, this.#allowance(job))
    return max > 0 && this.#advance(job, part, hook, max)
  }

  async #end({ jobId, hookId, position }: RecoveryPart): Promise<boolean> {
    const { store, clock } = this.#options
    const step = { position, done: 0, skipped: 0, ended: true }
    return store.write(tx => advancePart(tx, { jobId, hookId, position }, step, clock.nowMs()))
  }

  async #count(job: RecoveryJob, part: RecoveryPart, hook: Hook): Promise<boolean> {
    const { store } = this.#options
    const key = keyOf(part)
    let { position, total } = this.#counts.get(key) ?? { position: 0, total: 0 }
    for (let pieces = 0; pieces < PIECES_PER_STEP; pieces++) {
      const piece = await walk(store.read, walkOf(job, hook), position, PIECE)
      total += matchesIn(piece, job, hook).length
      position = piece.at(-1)?.position ?? position
      if (piece.length < PIECE) {
        this.#counts.delete(key)
        await store.write(tx => setPartTotal(tx, part, total))
        return total > 0 || this.#end(part)
      }
    }
    this.#counts.set(key, { position, total })
    return true
  }

  // Reads on until there is something to do, and then does it in a transaction that reads it again.
  async #advance(job: RecoveryJob, part: RecoveryPart, hook: Hook, max: number): Promise<boolean> {
    const { store } = this.#options
    let { position } = part
    for (let pieces = 1; pieces < PIECES_PER_STEP; pieces++) {
      const piece = await walk(store.read, walkOf(job, hook), position, PIECE)
      if (piece.length < PIECE || matchesIn(piece, job, hook).length > 0) break
      position = piece.at(-1)?.position ?? position
    }
    return this.#commit(job, part, hook, { position, max })
  }

  async #commit(
    job: RecoveryJob,
    part: RecoveryPart,
    hook: Hook,
    { position, max }: { readonly position: number; readonly max: number },
  ): Promise<boolean> {
    const { store, clock, wake } = this.#options
    const nowMs = clock.nowMs()
    const made = await store.write(async tx => {
      const piece = await walk(tx, walkOf(job, hook), position, PIECE)
      const matches = matchesIn(piece, job, hook)
      const chosen = matches.slice(0, max)
      const isWhole = chosen.length === matches.length
      const last = (isWhole ? piece.at(-1) : chosen.at(-1)?.walked)?.position ?? position

      const kept = await keptPayloadsAmong(
        tx,
        chosen.map(({ walked }) => eventOf(walked)),
      )
      const able = chosen.filter(({ walked }) => kept.has(walked.eventId))
      const step = {
        position: last,
        done: able.length,
        skipped: chosen.length - able.length,
        ended: isWhole && piece.length < PIECE,
      }
      if (!(await advancePart(tx, part, step, nowMs))) return undefined
      return { done: able.length, due: await this.#send(tx, able, hook.id, nowMs) }
    })
    if (!made) return false
    this.#spend(job, made.done)
    if (made.done > 0) wake(hook.id, made.due)
    return true
  }

  /** Gives how many deliveries were made. */
  async #send(tx: Tx, matches: readonly Match[], hookId: number, nowMs: number): Promise<number> {
    const { ids } = this.#options.store
    const eventsFor = (wanted: Remedy) =>
      matches.flatMap(({ walked, remedy }) => (remedy === wanted ? [walked] : []))
    const again = eventsFor('redeliver')
    // Left in the store, for whoever has room; in no line, as every redelivery by hand.
    const redeliveries = again.map(({ accountId, eventId, installationId }) => ({
      event: { accountId, id: eventId },
      plan: { id: ids.next(), hookId, redelivery: true, leased: false, orderKey: null, installationId },
    }))
    await bringEventsForward(tx, hookId, eventsFor('bring_forward').map(eventOf), nowMs)
    await supersedeExhausted(tx, hookId, again.map(eventOf))
    await insertDeliveries(tx, redeliveries, { owner: '', nowMs, untilMs: nowMs })
    return again.length
  }

  /** How many the job's rate lets through now; no more than a second's are saved up. */
  #allowance({ id, rate }: RecoveryJob): number {
    if (rate === null) return Number.POSITIVE_INFINITY
    const nowMs = this.#options.clock.nowMs()
    const before = this.#rates.get(id) ?? { tokens: 0, atMs: nowMs }
    const earned = (rate * Math.max(0, nowMs - before.atMs)) / 1000
    const tokens = Math.min(rate, before.tokens + earned)
    this.#rates.set(id, { tokens, atMs: nowMs })
    return Math.floor(tokens)
  }

  #spend({ id, rate }: RecoveryJob, count: number): void {
    const known = this.#rates.get(id)
    if (rate !== null && known) this.#rates.set(id, { ...known, tokens: known.tokens - count })
  }
}

/** What a job would do, without doing it. Not `complete` when the time was over first. */
export async function countRecoverable(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  job: Pick<RecoveryJob, 'target' | 'criteria' | 'endId'>,
  hooks: readonly Hook[],
  budgetMs: number,
): Promise<{ readonly total: number; readonly complete: boolean }> {
  const deadlineMs = clock.nowMs() + budgetMs
  let total = 0
  for (const hook of hooks) {
    let position = 0
    for (;;) {
      const piece = await walk(store.read, walkOf(job, hook), position, PIECE)
      total += matchesIn(piece, job, hook).length
      if (piece.length < PIECE) break
      if (clock.nowMs() >= deadlineMs) return { total, complete: false }
      position = piece.at(-1)?.position ?? position
    }
  }
  return { total, complete: true }
}

/** How many more redeliveries the hook can take now, and why when it can take none. */
export async function roomFor(
  db: Db,
  hook: Pick<Hook, 'id' | 'active'>,
  nowMs: number,
): Promise<{ readonly room: number; readonly wait: RecoveryWait | null }> {
  if (!hook.active) return { room: 0, wait: 'inactive' }
  const due = await countQueued(db, hook.id, 'pending', { limit: BACKLOG_MAX, dueByMs: nowMs })
  // One is given to an open breaker that has nothing else to probe with.
  if (await findOpenBreaker(db, hook.id)) return { room: due === 0 ? 1 : 0, wait: 'breaker' }
  return { room: BACKLOG_MAX - due, wait: due < BACKLOG_MAX ? null : 'backlog' }
}

type Match = { readonly walked: Walked; readonly remedy: Remedy }

function matchesIn(
  piece: readonly Walked[],
  { criteria }: Pick<RecoveryJob, 'criteria'>,
  hook: Hook,
): Match[] {
  return piece.flatMap(walked => {
    const remedy = remedyFor(walked, criteria, hook)
    return remedy ? [{ walked, remedy }] : []
  })
}

function eventOf({ eventId }: Walked): number {
  return eventId
}

function walkOf({ target, criteria, endId }: Omit<Walk, 'hookId'>, { id: hookId }: Hook): Walk {
  return { target, criteria, endId, hookId }
}

function keyOf({ jobId, hookId }: RecoveryPart): string {
  return `${jobId}:${hookId}`
}

/** Each round begins with another, so that the first does not take all of a job's rate. */
function rotated<T>(list: readonly T[], by: number): T[] {
  const start = list.length === 0 ? 0 : by % list.length
  return [...list.slice(start), ...list.slice(0, start)]
}
