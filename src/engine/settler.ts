// Writes down what came of attempts, as many at a time as have ended while the last commit was
// under way. A commit that fails is tried again until it succeeds: the attempt was made, and must
// not be forgotten. Back-pressure is the worker's: it starts nothing while too much is unsettled.
import type { Log } from '../base/log.ts'
import { pause } from '../base/pause.ts'
import type { Attempt } from '../delivery.ts'
import { AppError } from '../errors.ts'
import { type Settlement, settleStatements } from '../store/queue.ts'
import type { Store } from '../store/store.ts'
import type { AttemptFeed } from './attempt-feed.ts'
import type { EngineMetrics } from './metrics.ts'

// About 1 MB of rows a commit, so that none takes long.
const BATCH_MAX = 500

// A full disk or a lost database is looked at again after a second, for as long as it takes.
const RETRY_MS = 1000

export type Settled = {
  readonly settlement: Settlement
  /** Null when nothing was sent: the hook is inactive or gone, or we are stopping. */
  readonly attempt: Attempt | null
  /** Called once it is durable. */
  readonly done: () => void
}

type SettlerOptions = {
  readonly store: Store
  readonly owner: string
  readonly log: Log
  readonly metrics: EngineMetrics
  readonly feed: AttemptFeed
}

export class Settler {
  readonly #store: Store
  readonly #owner: string
  readonly #log: Log
  readonly #batchRows: EngineMetrics['batchRows']
  readonly #feed: AttemptFeed
  #waiting: Settled[] = []
  #flushing: Promise<void> | undefined
  readonly #givenUp = new AbortController()

  constructor({ store, owner, log, metrics, feed }: SettlerOptions) {
    this.#batchRows = metrics.batchRows
    this.#feed = feed
    this.#store = store
    this.#owner = owner
    this.#log = log
  }

  add(settled: Settled): void {
    this.#waiting.push(settled)
    this.#flushing ??= this.#flush()
  }

  /** Resolves when all that was added is durable, or was given up. */
  async drain(): Promise<void> {
    await this.#flushing
  }

  /** Tries no failed commit again: the leases lapse, and the deliveries are made once more. */
  giveUp(): void {
    this.#givenUp.abort()
  }

  async #flush(): Promise<void> {
    // Attempts that end in the same tick share the first commit.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_MAX)
      this.#batchRows.observe({ batch: 'settle' }, batch.length)
      await this.#commit(batch)
      for (const { done } of batch) done()
    }
    this.#flushing = undefined
  }

  // A row that can never be stored must not keep the others from it: it is looked for by halves,
  // and then left out, so that its delivery is settled all the same.
  async #commitApart(batch: readonly Settled[], error: unknown): Promise<void> {
    const [first] = batch
    if (batch.length > 1) {
      const half = Math.ceil(batch.length / 2)
      await this.#commit(batch.slice(0, half))
      await this.#commit(batch.slice(half))
    } else if (first?.attempt) {
      this.#log.error({ err: error, attempt: first.attempt.id }, 'an attempt could not be stored')
      await this.#commit([{ ...first, attempt: null }])
    } else {
      this.#log.error({ err: error, delivery: first?.settlement.id }, 'a delivery could not be settled')
    }
  }

  async #commit(batch: readonly Settled[]): Promise<void> {
    const settlements = batch.map(({ settlement }) => settlement)
    const attempts = batch.flatMap(({ attempt }) => (attempt ? [attempt] : []))
    for (;;) {
      try {
        await this.#store.batch(settleStatements(this.#owner, settlements, attempts))
        break
      } catch (error) {
        if (!isUnavailable(error)) return this.#commitApart(batch, error)
        this.#log.error({ err: error, attempts: attempts.length }, 'attempts could not be settled')
        if (this.#givenUp.signal.aborted) return
        await pause(RETRY_MS, this.#givenUp.signal)
      }
    }
    for (const { settlement, attempt } of batch) if (attempt) this.#feed.tell({ settlement, attempt })
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof AppError && error.code === 'unavailable'
}
