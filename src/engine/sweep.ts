// Finds what nobody was told of: deliveries whose time has come, leases that lapsed, answers to
// idempotency keys that are too old. Wake-ups only save waiting; this is what makes them optional.
import type { WatchedClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { pause } from '../base/pause.ts'
import { FORWARDER_WAITING_MAX } from '../forwarder.ts'
import { findSurplus, giveUpSurplus, listDeletedHooks } from '../store/forwarders.ts'
import { KEY_LIFE_MS } from '../store/idempotency-keys.ts'
import { dropPreviousSecrets } from '../store/previous-secrets.ts'
import {
  cancelHeld,
  dropIdempotencyKeys,
  giveUpKept,
  hasLapsedLease,
  isHeldSince,
  listHeldInVain,
  listPendingHooks,
  releaseHeld,
  releaseLapsed,
} from '../store/queue.ts'
import type { Store } from '../store/store.ts'
import type { Breakers } from './breakers.ts'
import type { ForwarderLines } from './forwarder-lines.ts'
import type { HookCache } from './hook-cache.ts'
import type { EngineMetrics } from './metrics.ts'
import { replan, wasTurnedBack } from './turn-back.ts'
import { LEASE_MS, type Worker } from './worker.ts'

// How late a retry may be. One read of an index when there is nothing to do.
const PERIOD_MS = 500

// Hooks looked at in one read, 2 µs each.
const HOOKS_PER_READ = 500
const PAGES_PER_SWEEP = 40

// Lapsed leases taken back in one commit.
const LAPSED_MAX = 1000

const RENEW_PERIOD_MS = 15_000

// When the clock was turned back: once more at the next sweep, for what was being written as it was.
const REPLANS = 2

const HELD_PERIOD_MS = 5_000
const HELD_MAX = 1000
const KEPT_BACK_MS = 3 * 24 * 60 * 60 * 1000
// Of one hook at a time: a commit of some milliseconds.
const GIVE_UP_MAX = 1000

// Hooks of forwarders that are away: some hundred microseconds each, for a hook with all that may wait.
const FORWARDERS_PERIOD_MS = 5_000
const FORWARDERS_PER_TURN = 100

// Walks through the hooks.
const SECRETS_PERIOD_MS = 60 * 60 * 1000
const SECRETS_MAX = 1000

const KEYS_PERIOD_MS = 60_000
const KEYS_MAX = 1000

type SweepOptions = {
  readonly store: Store
  readonly hooks: HookCache
  readonly worker: Worker
  readonly breakers: Breakers
  readonly forwarders: ForwarderLines
  readonly metrics: EngineMetrics
  readonly clock: WatchedClock
  readonly log: Log
  readonly owner: string
}

export class Sweep {
  readonly #options: SweepOptions
  readonly #stop = new AbortController()
  #running: Promise<void> | undefined
  #hookCursor = 0
  #forwarderCursor = 0
  /** Of the hooks that this round has seen so far. */
  #oldestDueMs = Number.POSITIVE_INFINITY
  #renewAtMs = 0
  /** How often what waits is to be planned anew; undefined until the first sweep. */
  #replans: number | undefined
  readonly #nextMs = new Map<string, number>()

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
    await this.#replan()
    await this.#releaseLapsed(nowMs)
    await this.#wakeDue(nowMs)
    await this.#dropKeys(nowMs)
    await this.#tendHeld(nowMs)
    await this.#tendForwarders(nowMs)
    await this.#dropPreviousSecrets(nowMs)
  }

  async #renewLeases(nowMs: number): Promise<void> {
    // A clock that was turned back must not stop the renewals for as long.
    if (nowMs < this.#renewAtMs && nowMs >= this.#renewAtMs - RENEW_PERIOD_MS) return
    const { store, worker, owner } = this.#options
    // A lease that was made within the last period can wait for the next.
    const ids = worker.leasesToRenew(nowMs + LEASE_MS - RENEW_PERIOD_MS, nowMs + LEASE_MS)
    if (ids.length > 0)
      await store.batch([{ kind: 'renew', owner, deliveryIds: ids, untilMs: nowMs + LEASE_MS }])
    worker.renewed(ids, nowMs + LEASE_MS)
    // Not before it is done: what failed is tried again before any lease is taken for lapsed.
    this.#renewAtMs = nowMs + RENEW_PERIOD_MS
  }

  async #replan(): Promise<void> {
    const { clock, log } = this.#options
    this.#replans ??= (await wasTurnedBack(this.#options)) ? REPLANS : 0
    if (clock.takeTurnBack()) this.#replans = REPLANS
    if (this.#replans === 0) return
    if (this.#replans === REPLANS) log.warn('the clock was turned back; what waits is planned anew')
    await replan(this.#options, this.#stop.signal)
    this.#replans--
  }

  async #releaseLapsed(nowMs: number): Promise<void> {
    const { store, worker, log } = this.#options
    // Looked for by reading: a commit twice a second would wake the disk for nothing.
    if (!(await hasLapsedLease(store.read, nowMs))) return
    // What is ours may have lapsed by a clock that leapt ahead: it is renewed, not sent twice.
    const isHeld = (deliveryId: number) => worker.holds(deliveryId)
    const count = await store.write(tx => releaseLapsed(tx, nowMs, LAPSED_MAX, isHeld))
    if (count === 0) return
    log.warn({ count }, 'leases lapsed; their deliveries are due again')
  }

  // All hooks with something pending, a page at a time; a round beyond the ceiling goes on at the next.
  async #wakeDue(nowMs: number): Promise<void> {
    const { store, metrics } = this.#options
    for (let page = 0; page < PAGES_PER_SWEEP; page++) {
      const hooks = await listPendingHooks(store.read, this.#hookCursor, HOOKS_PER_READ)
      for (const { hookId, dueAtMs } of hooks) if (dueAtMs <= nowMs) await this.#wake(hookId, dueAtMs, nowMs)
      // After the last page it starts over.
      this.#hookCursor = hooks.length < HOOKS_PER_READ ? 0 : (hooks.at(-1)?.hookId ?? 0)
      if (this.#hookCursor === 0) break
    }
    if (this.#hookCursor !== 0) return
    metrics.oldestDueSeconds.set(Math.max(0, nowMs - this.#oldestDueMs) / 1000)
    this.#oldestDueMs = Number.POSITIVE_INFINITY
  }

  async #wake(hookId: number, dueAtMs: number, nowMs: number): Promise<void> {
    const { store, worker, breakers, forwarders, metrics } = this.#options
    const isAway = forwarders.isAway(hookId)
    // What waits for somebody's laptop is no backlog of ours.
    if (!isAway) this.#oldestDueMs = Math.min(this.#oldestDueMs, dueAtMs)
    worker.wake(hookId)
    if (dueAtMs > nowMs - KEPT_BACK_MS || (!isAway && breakers.gateOf(hookId) === 'closed')) return
    const terms = { dueBeforeMs: nowMs - KEPT_BACK_MS, nowMs, limit: GIVE_UP_MAX }
    metrics.due.remove(await store.write(tx => giveUpKept(tx, { state: 'pending', hookId }, terms)))
  }

  // What is held is held for three days; for a hook that is active or deleted, not at all.
  async #tendHeld(nowMs: number): Promise<void> {
    if (!this.#isTime('held', nowMs, HELD_PERIOD_MS)) return
    const { store, worker, metrics } = this.#options
    for (const { hookId, deleted } of await listHeldInVain(store.read, HOOKS_PER_READ)) {
      const end = deleted ? cancelHeld : releaseHeld
      const count = await store.write(tx => end(tx, hookId, nowMs, HELD_MAX))
      metrics.held.dec(count)
      if (deleted) continue
      metrics.due.add(nowMs, count)
      worker.wake(hookId)
    }
    const terms = { dueBeforeMs: nowMs - KEPT_BACK_MS, nowMs, limit: GIVE_UP_MAX }
    if (await isHeldSince(store.read, terms.dueBeforeMs)) {
      metrics.held.dec(await store.write(tx => giveUpKept(tx, { state: 'held' }, terms)))
    }
  }

  // While a forwarder is away the oldest of what is too much is given up; what waits for a hook that is
  // deleted is let through to be cancelled.
  async #tendForwarders(nowMs: number): Promise<void> {
    if (!this.#isTime('forwarders', nowMs, FORWARDERS_PERIOD_MS)) return
    const { store, worker, forwarders, metrics } = this.#options
    const away = forwarders.awayIds()
    const from = this.#forwarderCursor < away.length ? this.#forwarderCursor : 0
    const hookIds = away.slice(from, from + FORWARDERS_PER_TURN)
    this.#forwarderCursor = from + FORWARDERS_PER_TURN
    for (const hookId of await listDeletedHooks(store.read, hookIds)) {
      forwarders.forget(hookId)
      worker.wake(hookId)
    }
    for (const hookId of hookIds) {
      const upToId = await findSurplus(store.read, hookId, FORWARDER_WAITING_MAX)
      if (upToId === undefined) continue
      const terms = { upToId, nowMs, limit: GIVE_UP_MAX }
      metrics.due.remove(await store.write(tx => giveUpSurplus(tx, hookId, terms)))
    }
  }

  async #dropPreviousSecrets(nowMs: number): Promise<void> {
    if (!this.#isTime('secrets', nowMs, SECRETS_PERIOD_MS)) return
    await this.#options.store.write(tx => dropPreviousSecrets(tx, nowMs, SECRETS_MAX))
  }

  async #dropKeys(nowMs: number): Promise<void> {
    if (!this.#isTime('keys', nowMs, KEYS_PERIOD_MS)) return
    for (let dropped = KEYS_MAX; dropped === KEYS_MAX && !this.#stop.signal.aborted; ) {
      dropped = await this.#options.store.write(tx => dropIdempotencyKeys(tx, nowMs - KEY_LIFE_MS, KEYS_MAX))
    }
  }

  /** Whether a chore's period is over; a clock that was turned back does not put it off. */
  #isTime(chore: string, nowMs: number, periodMs: number): boolean {
    const nextMs = this.#nextMs.get(chore) ?? 0
    if (nowMs < nextMs && nowMs >= nextMs - periodMs) return false
    this.#nextMs.set(chore, nowMs + periodMs)
    return true
  }
}
