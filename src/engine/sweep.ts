// Finds what nobody was told of: deliveries whose time has come, leases that lapsed, answers to
// idempotency keys that are too old. Wake-ups only save waiting; this is what makes them optional.
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { pause } from '../base/pause.ts'
import { KEY_LIFE_MS } from '../store/idempotency-keys.ts'
import { dropPreviousSecrets } from '../store/previous-secrets.ts'
import {
  dropIdempotencyKeys,
  giveUpKept,
  hasLapsedLease,
  listPendingHooks,
  releaseLapsed,
} from '../store/queue.ts'
import type { Store } from '../store/store.ts'
import type { Breakers } from './breakers.ts'
import type { EngineMetrics } from './metrics.ts'
import { LEASE_MS, type Worker } from './worker.ts'

// How late a retry may be. One read of an index when there is nothing to do.
const PERIOD_MS = 500

// Hooks looked at in one read, 2 µs each.
const HOOKS_PER_READ = 500

// Lapsed leases taken back in one commit.
const LAPSED_MAX = 1000

const RENEW_PERIOD_MS = 15_000

const GIVE_UP_PERIOD_MS = 60_000
const KEPT_BACK_MS = 3 * 24 * 60 * 60 * 1000
// Of one hook at a time: a commit of some milliseconds.
const GIVE_UP_MAX = 1000

// Walks through the hooks.
const SECRETS_PERIOD_MS = 60 * 60 * 1000
const SECRETS_MAX = 1000

const KEYS_PERIOD_MS = 60_000
const KEYS_MAX = 1000

type SweepOptions = {
  readonly store: Store
  readonly worker: Worker
  readonly breakers: Breakers
  readonly metrics: EngineMetrics
  readonly clock: Clock
  readonly log: Log
  readonly owner: string
}

export class Sweep {
  readonly #options: SweepOptions
  readonly #stop = new AbortController()
  #running: Promise<void> | undefined
  #hookCursor = 0
  /** Of the hooks that this round has seen so far. */
  #oldestDueMs = Number.POSITIVE_INFINITY
  #giveUpAtMs = 0
  #dropSecretsAtMs = 0
  #renewAtMs = 0
  #dropKeysAtMs = 0

  constructor(options: SweepOptions) {
    this.#options = options
  }

  start(): void {
    this.#running ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        await this.sweepOnce()
      } catch (error) {
        if (!signal.aborted) this.#options.log.error({ err: error }, 'the sweep failed; trying again')
      }
      await pause(PERIOD_MS, signal)
    }
  }

  async sweepOnce(): Promise<void> {
    const nowMs = this.#options.clock.nowMs()
    await this.#renewLeases(nowMs)
    await this.#releaseLapsed(nowMs)
    await this.#wakeDue(nowMs)
    await this.#dropKeys(nowMs)
    await this.#giveUpOld(nowMs)
    await this.#dropPreviousSecrets(nowMs)
  }

  async #renewLeases(nowMs: number): Promise<void> {
    if (nowMs < this.#renewAtMs) return
    this.#renewAtMs = nowMs + RENEW_PERIOD_MS
    const { store, worker, owner } = this.#options
    // A lease that was made within the last period can wait for the next.
    const ids = worker.leasesEndingBefore(nowMs + LEASE_MS - RENEW_PERIOD_MS)
    if (ids.length === 0) return
    await store.batch([{ kind: 'renew', owner, deliveryIds: ids, untilMs: nowMs + LEASE_MS }])
    worker.renewed(ids, nowMs + LEASE_MS)
  }

  async #releaseLapsed(nowMs: number): Promise<void> {
    const { store, log } = this.#options
    // Looked for by reading: a commit twice a second would wake the disk for nothing.
    if (!(await hasLapsedLease(store.read, nowMs))) return
    const count = await store.write(tx => releaseLapsed(tx, nowMs, LAPSED_MAX))
    log.warn({ count }, 'leases lapsed; their deliveries are due again')
  }

  async #wakeDue(nowMs: number): Promise<void> {
    const { store, worker } = this.#options
    const hooks = await listPendingHooks(store.read, this.#hookCursor, HOOKS_PER_READ)
    for (const { hookId, dueAtMs } of hooks) {
      if (dueAtMs > nowMs) continue
      this.#oldestDueMs = Math.min(this.#oldestDueMs, dueAtMs)
      worker.wake(hookId)
    }
    // A full page goes on behind its last hook; after the last page it starts over.
    if (hooks.length === HOOKS_PER_READ) {
      this.#hookCursor = hooks.at(-1)?.hookId ?? 0
      return
    }
    this.#hookCursor = 0
    this.#options.metrics.oldestDueSeconds.set(Math.max(0, nowMs - this.#oldestDueMs) / 1000)
    this.#oldestDueMs = Number.POSITIVE_INFINITY
  }

  // What an open breaker or an inactive hook keeps back is kept for three days.
  async #giveUpOld(nowMs: number): Promise<void> {
    if (nowMs < this.#giveUpAtMs) return
    this.#giveUpAtMs = nowMs + GIVE_UP_PERIOD_MS
    const { store, breakers, metrics } = this.#options
    const terms = { dueBeforeMs: nowMs - KEPT_BACK_MS, nowMs, limit: GIVE_UP_MAX }
    for (const hookId of breakers.openHookIds()) {
      metrics.due.remove(await store.write(tx => giveUpKept(tx, { state: 'pending', hookId }, terms)))
    }
    metrics.held.dec(await store.write(tx => giveUpKept(tx, { state: 'held' }, terms)))
  }

  async #dropPreviousSecrets(nowMs: number): Promise<void> {
    if (nowMs < this.#dropSecretsAtMs) return
    this.#dropSecretsAtMs = nowMs + SECRETS_PERIOD_MS
    await this.#options.store.write(tx => dropPreviousSecrets(tx, nowMs, SECRETS_MAX))
  }

  async #dropKeys(nowMs: number): Promise<void> {
    if (nowMs < this.#dropKeysAtMs) return
    this.#dropKeysAtMs = nowMs + KEYS_PERIOD_MS
    await this.#options.store.write(tx => dropIdempotencyKeys(tx, nowMs - KEY_LIFE_MS, KEYS_MAX))
  }
}
