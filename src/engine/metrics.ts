// What operators see. Every number is kept as things happen; none is found by reading a table.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Clock } from '../base/clock.ts'

export type EngineMetrics = {
  readonly registry: Registry
  readonly accepted: Counter
  readonly attempts: Counter<'outcome'>
  readonly attemptSeconds: Histogram
  readonly skipped: Counter<'reason'>
  /** Rows that shared a batch: events that were accepted together, attempts that were settled together. */
  readonly batchRows: Histogram<'batch'>
  readonly held: Gauge
  /** How long the oldest delivery that is due has been so, as the sweep last saw. */
  readonly oldestDueSeconds: Gauge
  readonly due: DueCount
}

export function createMetrics(clock: Clock): EngineMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const due = new DueCount(clock)
  new Gauge({
    name: 'hookline_deliveries_due',
    help: 'Deliveries that are due or in flight now.',
    registers: [registry],
    collect() {
      this.set(due.now())
    },
  })
  return {
    registry,
    due,
    accepted: new Counter({
      name: 'hookline_accepted_total',
      help: 'Events accepted: stored, with a delivery for each hook that asked.',
      registers: [registry],
    }),
    attempts: new Counter({
      name: 'hookline_attempts_total',
      help: 'Attempts made, by outcome.',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    attemptSeconds: new Histogram({
      name: 'hookline_attempt_duration_seconds',
      help: 'From dialling to the end of the response.',
      buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers: [registry],
    }),
    batchRows: new Histogram({
      name: 'hookline_store_batch_rows',
      help: 'Events accepted, or attempts settled, in one batch.',
      labelNames: ['batch'],
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
      registers: [registry],
    }),
    held: new Gauge({
      name: 'hookline_deliveries_held',
      help: 'Deliveries that are kept until their hook is active again.',
      registers: [registry],
    }),
    oldestDueSeconds: new Gauge({
      name: 'hookline_oldest_due_age_seconds',
      help: 'How long the oldest delivery that is due has been waiting; 0 when nothing is.',
      registers: [registry],
    }),
    skipped: new Counter({
      name: 'hookline_skipped_total',
      help: 'Hooks that asked for an event and were passed over, by reason.',
      labelNames: ['reason'],
      registers: [registry],
    }),
  }
}

/**
 * Counts what is due or in flight. What waits for a later time is counted by the second in which
 * it falls due: at most one entry a second for the longest wait, a day and its jitter.
 */
export class DueCount {
  readonly #clock: Clock
  readonly #later = new Map<number, number>()
  #due = 0
  #countedTo: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#countedTo = Math.floor(clock.nowMs() / 1000)
  }

  now(): number {
    this.#catchUp()
    return Math.max(0, this.#due)
  }

  /** Something is due from `atMs` on. */
  add(atMs: number, count = 1): void {
    this.#catchUp()
    const second = Math.floor(atMs / 1000)
    if (second <= this.#countedTo) this.#due += count
    else this.#later.set(second, (this.#later.get(second) ?? 0) + count)
  }

  /** Something that was due has been settled. */
  remove(count = 1): void {
    this.#due -= count
  }

  /** What was to be due at one time is due at another. */
  move(fromMs: number, toMs: number): void {
    this.#catchUp()
    const from = Math.floor(fromMs / 1000)
    const count = this.#later.get(from) ?? 0
    if (count > 1) this.#later.set(from, count - 1)
    else if (count === 1) this.#later.delete(from)
    else this.#due--
    this.add(toMs)
  }

  #catchUp(): void {
    const second = Math.floor(this.#clock.nowMs() / 1000)
    const before = this.#countedTo
    // Turned back, too: else all that is to come would be taken for due until the old time has come again.
    this.#countedTo = second
    if (second <= before) return
    for (const [at, count] of this.#later) {
      if (at > second) continue
      this.#due += count
      this.#later.delete(at)
    }
  }
}
