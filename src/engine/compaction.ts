// Compaction: compresses the payloads of what was delivered an hour ago, in small transactions with
// long pauses, so that the days for which they are kept take a fifth of the disk and delivering pays
// nothing for it. Where it is, it knows in memory alone.
import type { Clock } from '../base/clock.ts'
import { lowestIdAt } from '../base/id.ts'
import type { Log } from '../base/log.ts'
import { pause } from '../base/pause.ts'
import { pageOfUncompressed, readCompressed, replacePayloads } from '../store/compaction.ts'
import type { Store } from '../store/store.ts'
import { endOf } from './retention.ts'

const MINUTE_MS = 60_000

// By then most of what fails has had four of its retries, and whoever redelivers by hand has looked.
const AGE_MS = 60 * MINUTE_MS

// After retention's first round: what is dropped need not be compressed.
const FIRST_ROUND_MS = 2 * MINUTE_MS
const PERIOD_MS = 10 * MINUTE_MS

// What is looked at, and not compressed for want of room, is looked at again.
const ROWS_MAX = 100
// Some 70 ordinary payloads: 4 ms of the reading thread and 2 of the writing one.
const BYTES_MAX = 512 * 1024

// A tenth of the time at most, and less of a busy machine, on which everything takes longer: some
// 1,000 payloads a second. What it does not come to is dropped uncompressed one day.
const PAUSES_PER_WORK = 9
const PAUSE_MS = 20

// Walks over again what was passed by because it was not settled.
const REWALK_MS = 24 * 60 * MINUTE_MS

type CompactionOptions = {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
}

export class Compaction {
  readonly #options: CompactionOptions
  readonly #stop = new AbortController()
  #afterId = 0
  #walkedAtMs = Number.NEGATIVE_INFINITY
  #running: Promise<void> | undefined

  constructor(options: CompactionOptions) {
    this.#options = options
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
  async compactOnce(): Promise<void> {
    const nowMs = this.#options.clock.nowMs()
    this.#beginAnew(nowMs)
    const beforeId = lowestIdAt(nowMs - AGE_MS)
    while (!this.#stop.signal.aborted) {
      const beganAtMs = performance.now()
      if (!(await this.#compactPage(beforeId))) return
      const workMs = performance.now() - beganAtMs
      await pause(Math.max(PAUSE_MS, workMs * PAUSES_PER_WORK), this.#stop.signal)
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    await pause(FIRST_ROUND_MS, signal)
    while (!signal.aborted) {
      try {
        await this.compactOnce()
      } catch (error) {
        if (!signal.aborted) this.#options.log.error({ err: error }, 'compaction failed; trying again')
      }
      await pause(PERIOD_MS, signal)
    }
  }

  // A clock that was turned back does not put it off.
  #beginAnew(nowMs: number): void {
    if (nowMs >= this.#walkedAtMs && nowMs < this.#walkedAtMs + REWALK_MS) return
    this.#walkedAtMs = nowMs
    this.#afterId = 0
  }

  /** Gives whether there was anything left to walk over. */
  async #compactPage(beforeId: number): Promise<boolean> {
    const { store } = this.#options
    const rows = await pageOfUncompressed(store.read, { afterId: this.#afterId, beforeId, limit: ROWS_MAX })
    const lastId = endOf(rows, BYTES_MAX)
    if (lastId === undefined) return false
    const ids = rows.filter(({ id, cost }) => id <= lastId && cost > 0).map(({ id }) => id)
    const compressed = ids.length === 0 ? [] : await readCompressed(store.read, ids)
    if (compressed.length > 0) await store.write(tx => replacePayloads(tx, compressed))
    this.#afterId = lastId
    return true
  }
}
