// The engine: publish, attempt, sweep, wired together, with one beginning and one end. What the
// rest of the house may ask of it is here.
import { randomBytes, randomUUID } from 'node:crypto'
import { type Clock, WatchedClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { pause } from '../base/pause.ts'
import type { Attempt } from '../delivery.ts'
import type { Sender } from '../egress/send.ts'
import { AppError, notFound } from '../errors.ts'
import type { EventDraft } from '../event.ts'
import type { Hook, HookTarget } from '../hook.ts'
import {
  bringForward,
  countHeld,
  countPendingBySecond,
  findEvent,
  findPayload,
  insertDeliveries,
  releaseHeld,
} from '../store/queue.ts'
import { supersedeExhausted } from '../store/redeliveries.ts'
import type { Store, Tx } from '../store/store.ts'
import { AttemptFeed } from './attempt-feed.ts'
import { Breakers } from './breakers.ts'
import { Compaction } from './compaction.ts'
import { type ForwarderLine, ForwarderLines } from './forwarder-lines.ts'
import { HookCache } from './hook-cache.ts'
import { InstallationCache } from './installation-cache.ts'
import { createMetrics, type EngineMetrics } from './metrics.ts'
import { type Accepted, Publisher, type Tell } from './publisher.ts'
import { Recovery } from './recovery.ts'
import { type Keep, Retention } from './retention.ts'
import { Sweep } from './sweep.ts'
import { LEASE_MS, Worker } from './worker.ts'

export type { ForwarderLine } from './forwarder-lines.ts'
export type { Accepted, Tell } from './publisher.ts'

// Longer than GitHub's timeout of 10 s, so that what is under way can end by itself.
const STOP_DEADLINE_MS = 12_000

// More than this is released by the sweep, so that no commit takes long.
const RELEASE_MAX = 1000

export type EngineOptions = {
  readonly store: Store
  readonly sender: Sender
  readonly clock: Clock
  readonly log: Log
  /** How long what is over is kept; the defaults when left out. */
  readonly keep?: Keep
}

export class Engine {
  readonly metrics: EngineMetrics
  /** What was attempted, as soon as it is durable. */
  readonly feed: AttemptFeed
  readonly #options: EngineOptions
  readonly #owner = randomUUID()
  readonly #hooks: HookCache
  readonly #installations: InstallationCache
  readonly #breakers: Breakers
  readonly #forwarders = new ForwarderLines()
  readonly #worker: Worker
  readonly #publisher: Publisher
  readonly #sweep: Sweep
  readonly #retention: Retention
  readonly #compaction: Compaction
  readonly #recovery: Recovery
  /** What is accepted from here on is counted as it comes. */
  readonly #firstId: number
  #started: Promise<void> | undefined
  #stopping: Promise<void> | undefined

  constructor(given: EngineOptions) {
    const clock = new WatchedClock(given.clock)
    const options = { ...given, clock }
    const { store } = options
    this.#options = options
    this.#firstId = store.ids.next()
    this.metrics = createMetrics(clock)
    this.feed = new AttemptFeed(options.log)
    this.#hooks = new HookCache(store)
    this.#installations = new InstallationCache(store)
    this.#breakers = new Breakers(options)
    const shared = {
      ...options,
      hooks: this.#hooks,
      installations: this.#installations,
      breakers: this.#breakers,
      forwarders: this.#forwarders,
      metrics: this.metrics,
      feed: this.feed,
      owner: this.#owner,
    }
    // GitHub promises the prefix alone; receivers look for it.
    const userAgent = `GitHub-Hookshot/${randomBytes(4).toString('hex').slice(0, 7)}`
    this.#worker = new Worker({ ...shared, userAgent })
    this.#publisher = new Publisher({ ...shared, worker: this.#worker })
    this.#sweep = new Sweep({ ...shared, worker: this.#worker })
    this.#retention = new Retention(options)
    this.#compaction = new Compaction(options)
    this.#recovery = new Recovery({
      ...options,
      wake: (hookId, count) => {
        this.metrics.due.add(clock.nowMs(), count)
        this.#worker.wake(hookId)
      },
    })
  }

  start(): void {
    this.#started ??= this.#begin()
  }

  /** Drains. Idempotent; resolves within twice the deadline. */
  stop(deadlineMs = STOP_DEADLINE_MS): Promise<void> {
    this.#stopping ??= this.#stop(deadlineMs)
    return this.#stopping
  }

  /** A change that is made through our API and the events that tell of it: one transaction. */
  commit<T>(work: (tx: Tx, tell: Tell, accepted: () => Promise<Accepted[]>) => Promise<T>): Promise<T> {
    this.#refuseWhenStopping()
    return this.#publisher.commit(work)
  }

  /** Accepts events from outside, in order. Resolves once they are durable. */
  async publish(drafts: readonly EventDraft[]): Promise<Accepted[]> {
    this.#refuseWhenStopping()
    return this.#publisher.publish(drafts)
  }

  /** To be called after each committed change of a target's hooks. */
  hooksChanged(target: HookTarget): void {
    this.#hooks.forget(target)
  }

  /** To be called after each committed change of the Apps that are installed on an account, or of all accounts. */
  installationsChanged(accountId: number | 'all'): void {
    this.#installations.forget(accountId)
  }

  /**
   * Sends an attempt's event to its hook again, as the hook is now, under the same GUID. What still
   * waits for its next attempt is brought forward instead of sent twice. Throws `not_found` when
   * the event's bytes are no longer kept.
   */
  async redeliver({
    hookId,
    eventId,
    installationId,
  }: Pick<Attempt, 'hookId' | 'eventId' | 'installationId'>): Promise<void> {
    this.#refuseWhenStopping()
    const { store, clock } = this.#options
    const event = await findEvent(store.read, eventId)
    const payload = await findPayload(store.read, eventId)
    if (!event || !payload) throw notFound()

    const hook = await this.#hooks.find(hookId)
    if (!hook) throw notFound()

    const plan = this.#publisher.planDelivery(hook, payload.byteLength, {
      redelivery: true,
      installationId,
    })
    const unreserve = () => plan.leased && this.#worker.unreserve(hookId, payload.byteLength)
    try {
      const nowMs = clock.nowMs()
      const lease = { owner: this.#owner, nowMs, untilMs: nowMs + LEASE_MS }
      const broughtForward = await store.write(async tx => {
        if (await bringForward(tx, hookId, eventId, nowMs)) return true
        await supersedeExhausted(tx, hookId, [eventId])
        await insertDeliveries(tx, [{ event, plan }], lease)
        return false
      })
      if (!broughtForward) {
        this.#publisher.beginDelivery(event, payload, payload.byteLength, plan)
        return
      }
    } catch (error) {
      unreserve()
      throw error
    }
    unreserve()
    this.#worker.wake(hookId)
  }

  /** By hand: lets everything through that an open breaker keeps back. */
  closeBreaker(hook: Pick<Hook, 'accountId' | 'id'>, reason: string): void {
    this.#breakers.close(hook.accountId, hook.id, reason)
    this.#worker.wake(hook.id)
  }

  /** From now on this hook's deliveries go there, what has waited for it first. */
  connectForwarder(hookId: number, line: ForwarderLine): void {
    this.#forwarders.connect(hookId, line)
    this.#worker.wake(hookId)
  }

  /** Nobody is there any more: what is not answered waits for the next that connects, in its order. */
  disconnectForwarder(hookId: number, line: ForwarderLine): void {
    if (this.#forwarders.disconnect(hookId, line)) this.#worker.giveBackQueued(hookId)
  }

  /** Its hook is deleted: the line ends, and what waits is cancelled. */
  forgetForwarder(hookId: number): void {
    this.#forwarders.forget(hookId)
    this.#worker.wake(hookId)
  }

  isForwarderConnected(hookId: number): boolean {
    return this.#forwarders.lineOf(hookId) !== undefined
  }

  /**
   * Makes due what was held for a hook that is active again, within the unit of work that makes it
   * so. What it gives is to be called once that is committed.
   */
  async release(tx: Tx, hookId: number): Promise<() => void> {
    const nowMs = this.#options.clock.nowMs()
    const count = await releaseHeld(tx, hookId, nowMs, RELEASE_MAX)
    return () => {
      if (count === 0) return
      this.metrics.due.add(nowMs, count)
      this.metrics.held.dec(count)
      this.#worker.wake(hookId)
    }
  }

  // A breaker that is open stays open over a restart.
  async #begin(): Promise<void> {
    try {
      await this.#breakers.load()
    } catch (error) {
      this.#options.log.error({ err: error }, 'breakers could not be read; all are taken for closed')
    }
    // Before the sweep, which may plan anew what is counted.
    await this.#countDue()
    if (!this.#stopping) {
      this.#sweep.start()
      this.#retention.start()
      this.#compaction.start()
      this.#recovery.start()
    }
  }

  async #countDue(): Promise<void> {
    try {
      const read = this.#options.store.read
      for (const { second, count } of await countPendingBySecond(read, this.#firstId)) {
        this.metrics.due.add(second * 1000, count)
      }
      this.metrics.held.inc(await countHeld(read))
    } catch (error) {
      this.#options.log.error({ err: error }, 'what is due could not be counted')
    }
  }

  async #stop(deadlineMs: number): Promise<void> {
    const over = new AbortController()
    // A store that does not answer is not waited for beyond the deadline.
    await Promise.race([
      Promise.all([
        this.#started,
        this.#sweep.stop(),
        this.#retention.stop(),
        this.#compaction.stop(),
        this.#recovery.stop(),
      ]),
      pause(deadlineMs, over.signal),
    ])
    over.abort()
    await this.#worker.stop(deadlineMs)
  }

  #refuseWhenStopping(): void {
    if (!this.#stopping) return
    throw new AppError('unavailable', 'Hookline is stopping.', { retryAfterSeconds: 5 })
  }
}
