// Attempts what is due. Deliveries come by two ways: at hand, leased as they were accepted, or
// claimed from the store in batches when a hook has room. Both end in the same place: attempted,
// judged, settled. Nothing here holds a transaction open while a POST is under way.
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { pause } from '../base/pause.ts'
import { type Attempt, type Outcome, type ReadyDelivery, statusOf, succeeded } from '../delivery.ts'
import type { Sender } from '../egress/send.ts'
import { ABOUT_THE_HOOK, ABOUT_THE_INSTALLATION } from '../event.ts'
import type { Hook } from '../hook.ts'
import type { Policy } from '../policy.ts'
import { judge, type Verdict } from '../retry.ts'
import type { Claimed, Settlement, Want } from '../store/queue.ts'
import type { Store } from '../store/store.ts'
import { type Attempted, attempt } from './attempt.ts'
import type { AttemptFeed } from './attempt-feed.ts'
import type { Breakers, Gate } from './breakers.ts'
import type { ForwarderLines } from './forwarder-lines.ts'
import { deactivateWhenGone } from './gone.ts'
import type { HookCache } from './hook-cache.ts'
import type { InstallationCache } from './installation-cache.ts'
import { Lanes } from './lanes.ts'
import type { EngineMetrics } from './metrics.ts'
import { Settler } from './settler.ts'
import { isTracing, recordSpan } from './trace.ts'

/** How long a delivery is ours without renewal: several times the longest attempt, 30 s. */
export const LEASE_MS = 90_000

// Leases at once: what the lanes have at hand, and as many again whose attempt is over and not yet
// settled. Beyond that the store is slower than the world, and nothing more is started.
const LEASES_MAX = 40_000

// An attempt that took no longer is a quick one: its hook may have a queue at hand.
const QUICK_MS = 1000

// Hooks served by one claim: a batch of statements of some milliseconds at worst.
const HOOKS_PER_CLAIM_MAX = 100

// When stopping, for the commit that is under way.
const LAST_COMMIT_MS = 2000

// A store that cannot be read is asked again after this.
const CLAIM_RETRY_MS = 1000

const CANCELLED = { kind: 'cancelled' } as const

type WorkerOptions = {
  readonly store: Store
  readonly sender: Sender
  readonly hooks: HookCache
  readonly installations: InstallationCache
  readonly breakers: Breakers
  readonly forwarders: ForwarderLines
  readonly metrics: EngineMetrics
  readonly feed: AttemptFeed
  readonly clock: Clock
  readonly log: Log
  readonly owner: string
  readonly userAgent: string
}

/** A hook that wants a place; without a policy, for what is about the hook itself. */
export type Placeable = { readonly id: number; readonly policy?: Policy }

/** A delivery at hand. Its payload is undefined until there is room for its bytes. */
type Job = {
  readonly delivery: Omit<ReadyDelivery, 'payload'>
  readonly payload: Uint8Array | null | undefined
  readonly payloadBytes: number
}

export class Worker {
  readonly #options: WorkerOptions
  readonly #lanes: Lanes<Job>
  readonly #settler: Settler
  /** Every delivery that is leased to us, with the end of its lease. */
  readonly #leases = new Map<number, number>()
  readonly #tracing = isTracing()
  readonly #stop = new AbortController()
  #claiming: Promise<void> | undefined
  #idle: (() => void) | undefined

  constructor(options: WorkerOptions) {
    this.#options = options
    this.#lanes = new Lanes({
      run: job => void this.#attend(job),
      gateOf: hookId => this.#gateOf(hookId),
      clock: options.clock,
    })
    this.#settler = new Settler(options)
  }

  /** A place on the hot path, for a delivery that is about to be accepted. */
  tryReserve({ id, policy }: Placeable, payloadBytes: number): boolean {
    if (this.#stopping || this.#leases.size >= LEASES_MAX) return false
    return this.#lanes.tryReserve(id, policy, payloadBytes)
  }

  /** Gives back a place whose delivery was not accepted after all. */
  unreserve(hookId: number, payloadBytes: number): void {
    this.#lanes.leave(hookId, payloadBytes)
  }

  /** Attempts a delivery whose place is reserved and whose lease is committed. */
  begin(delivery: ReadyDelivery, payloadBytes: number, leaseEndsMs: number): void {
    this.#leases.set(delivery.id, leaseEndsMs)
    const { payload, ...rest } = delivery
    this.#queue({ delivery: rest, payload, payloadBytes })
  }

  /** Something of this hook is due in the store. */
  wake(hookId: number): void {
    this.#lanes.wait(hookId)
    this.#claimSoon()
  }

  /** What is at hand for this hook and has not begun goes back to the store. */
  giveBackQueued(hookId: number): void {
    for (const job of this.#lanes.takeQueued(hookId)) this.#giveBack(job)
  }

  /** Leases of ours that end before this time, or beyond any that is given now: the clock was turned back. */
  leasesToRenew(beforeMs: number, beyondMs: number): number[] {
    return [...this.#leases].filter(([, endsMs]) => endsMs < beforeMs || endsMs > beyondMs).map(([id]) => id)
  }

  /** Whether it is leased to us, and neither attempted and settled nor given up. */
  holds(deliveryId: number): boolean {
    return this.#leases.has(deliveryId)
  }

  renewed(ids: readonly number[], endsMs: number): void {
    for (const id of ids) if (this.#leases.has(id)) this.#leases.set(id, endsMs)
  }

  /**
   * Starts nothing more, waits for what is under way until the deadline, then cuts it short:
   * what was cut short is due again at once and has burnt no attempt.
   */
  async stop(deadlineMs: number): Promise<void> {
    const quiet = new Promise<void>(resolve => {
      this.#idle = resolve
    })
    for (const job of this.#lanes.takeQueued()) this.#giveBack(job)
    this.#tellIdle()
    const over = new AbortController()
    await Promise.race([quiet, pause(deadlineMs, over.signal)])
    this.#stop.abort()
    // What was cut short still has to be settled; a store that does not answer is not waited for.
    await Promise.race([quiet, pause(deadlineMs, over.signal)])
    over.abort()
    this.#settler.giveUp()
    // A store that answers nothing at all is not waited for either.
    const last = new AbortController()
    await Promise.race([this.#settler.drain(), pause(LAST_COMMIT_MS, last.signal)])
    last.abort()
  }

  get #stopping(): boolean {
    return this.#idle !== undefined
  }

  #claimSoon(): void {
    if (this.#claiming || this.#stopping || this.#leases.size >= LEASES_MAX) return
    this.#claiming = this.#claim().finally(() => {
      this.#claiming = undefined
      this.#tellIdle()
    })
  }

  async #claim(): Promise<void> {
    // Hooks that woke in the same tick are served by one claim.
    await Promise.resolve()
    while (!this.#stopping && this.#leases.size < LEASES_MAX) {
      const wants = this.#lanes.wants(HOOKS_PER_CLAIM_MAX)
      if (wants.length === 0) return
      try {
        const found = await this.#claimFor(wants)
        for (const { hookId, max } of wants) if ((found.get(hookId) ?? 0) < max) this.#lanes.rest(hookId)
      } catch (error) {
        this.#options.log.error({ err: error }, 'deliveries could not be claimed; trying again')
        await pause(CLAIM_RETRY_MS, this.#stop.signal)
      }
    }
  }

  /** Takes in what was claimed, and gives how many that was for each hook. */
  async #claimFor(wants: readonly { hookId: number; max: number }[]): Promise<Map<number, number>> {
    const { store, clock, owner } = this.#options
    const nowMs = clock.nowMs()
    const lease = { owner, nowMs, untilMs: nowMs + LEASE_MS }
    const claimed = await store.claim(await this.#withOrder(wants), lease)

    const found = new Map<number, number>()
    for (const { id, hookId } of claimed) {
      found.set(hookId, (found.get(hookId) ?? 0) + 1)
      this.#leases.set(id, lease.untilMs)
    }
    for (const job of await this.#takeIn(claimed)) {
      this.#queue(job)
    }
    return found
  }

  #queue(job: Job): void {
    if (this.#stopping || !this.#lanes.push(job.delivery.hookId, job)) this.#giveBack(job)
  }

  /** What each lane may claim, now that its hook's policy is known. */
  async #withOrder(wants: readonly { hookId: number; max: number }[]): Promise<Want[]> {
    return Promise.all(
      wants.map(async ({ hookId, max }) => {
        const hook = await this.#options.hooks.find(hookId)
        if (hook) this.#lanes.setPolicy(hookId, hook.policy)
        return { hookId, max, inOrder: hook !== undefined && hook.policy.order !== 'none' }
      }),
    )
  }

  /** Gives each a place, and reads at once the payloads for whose bytes there is room. */
  async #takeIn(claimed: readonly Claimed[]): Promise<Job[]> {
    const fitting = claimed.filter(({ hookId, payloadBytes }) => this.#lanes.admit(hookId, payloadBytes))
    const payloads = await this.#loadAll(fitting)
    return claimed.map(({ payloadBytes, ...delivery }) => ({
      delivery,
      payload: payloads.get(delivery.id),
      payloadBytes,
    }))
  }

  async #loadAll(fitting: readonly Claimed[]): Promise<Map<number, Uint8Array | null>> {
    try {
      const payloads = await this.#options.store.readPayloads(fitting.map(({ eventId }) => eventId))
      return new Map(fitting.map(({ id }, index) => [id, payloads[index] ?? null]))
    } catch {
      // What cannot be read now is read again at its turn.
      for (const { hookId, payloadBytes } of fitting) this.#lanes.giveBytes(hookId, payloadBytes)
      return new Map()
    }
  }

  async #load(eventId: number): Promise<Uint8Array | null> {
    const [payload = null] = await this.#options.store.readPayloads([eventId])
    return payload
  }

  // The life of one attempt, from its turn to its settlement.
  async #attend(job: Job): Promise<void> {
    const { delivery, payloadBytes } = job
    const { hookId } = delivery
    let bytes = job.payload === undefined ? 0 : payloadBytes
    const startedMs = performance.now()
    try {
      if (job.payload === undefined) {
        await this.#lanes.takeBytes(hookId, payloadBytes)
        bytes = payloadBytes
      }
      const payload = job.payload === undefined ? await this.#load(delivery.eventId) : job.payload
      await this.#attempt({ ...delivery, payload })
    } catch (error) {
      // The store, or a bug of ours: the lease lapses, and the delivery is made later.
      this.#options.log.error(
        { err: error, guid: delivery.guid, hook: hookId },
        'an attempt could not be made',
      )
      this.#forgetLease(delivery.id)
    } finally {
      this.#lanes.finish(hookId, performance.now() - startedMs < QUICK_MS)
      this.#lanes.leave(hookId, bytes)
      this.#claimSoon()
    }
  }

  async #attempt(delivery: ReadyDelivery): Promise<void> {
    const { hooks, sender, userAgent, clock } = this.#options
    const hook = await hooks.find(delivery.hookId)
    const isInstalled = delivery.installationId === null || (await this.#isInstalled(delivery))
    const refusal = isInstalled ? this.#refusalOf(delivery, hook) : CANCELLED
    if (refusal || !hook) {
      this.#settle(delivery, refusal ?? CANCELLED, null)
      return
    }
    const way = hook.forwarder ? this.#options.forwarders.lineOf(hook.id) : sender
    if (!way) {
      this.#missForwarder(delivery)
      return
    }
    const startedAt = new Date(clock.nowMs())
    const attempted = await attempt(delivery, hook, way, {
      userAgent,
      startedAt,
      signal: this.#stop.signal,
    })
    this.#conclude(delivery, hook, attempted, startedAt)
    this.#watch(hook, attempted.outcome)
  }

  #gateOf(hookId: number): Gate {
    return this.#options.forwarders.isAway(hookId) ? 'open' : this.#options.breakers.gateOf(hookId)
  }

  // Nobody is connected: it waits in its place in the line, and the hook's gate is shut from here on.
  #missForwarder(delivery: ReadyDelivery): void {
    this.#options.forwarders.miss(delivery.hookId)
    this.giveBackQueued(delivery.hookId)
    this.#settle(delivery, { kind: 'again', atMs: this.#options.clock.nowMs() }, null)
  }

  /** Why nothing is sent at all. */
  #refusalOf(delivery: ReadyDelivery, hook: Hook | undefined): Settlable | undefined {
    if (!hook) return { kind: 'cancelled' }
    if (hook.deletedAt && delivery.event !== 'meta') return { kind: 'cancelled' }
    if (!hook.active && !ABOUT_THE_HOOK.has(delivery.event)) return { kind: 'held', reason: 'inactive' }
    // Retention has dropped the bytes: there is nothing to send.
    if (!delivery.payload) return { kind: 'exhausted', reason: 'payload_dropped' }
    return undefined
  }

  // An App that was uninstalled or suspended meanwhile is told that, and nothing more.
  async #isInstalled({
    installationId,
    accountId,
    repositoryId,
    event,
  }: Omit<ReadyDelivery, 'payload'>): Promise<boolean> {
    if (ABOUT_THE_INSTALLATION.has(event)) return true
    const found = await this.#options.installations.covering(accountId, repositoryId)
    return found.some(({ id }) => id === installationId)
  }

  /** Tells the breaker; when that opens, what has not begun goes back to the store. */
  #watch(hook: Hook, outcome: Outcome): void {
    // Whoever mends the program on their laptop wants the next delivery now.
    if (hook.forwarder) return
    const change = this.#options.breakers.record(hook.accountId, hook.id, outcome)
    if (change === 'closed') this.wake(hook.id)
    if (this.#options.breakers.gateOf(hook.id) !== 'open') return
    this.giveBackQueued(hook.id)
  }

  #conclude(delivery: ReadyDelivery, hook: Hook, { request, outcome }: Attempted, startedAt: Date): void {
    const { clock, log, metrics } = this.#options
    const attempts = delivery.attempts + 1
    const chance = { nowMs: clock.nowMs(), random: clock.random() }
    const verdict = judge(attempts, outcome, chance, hook.policy.retryDelaysMs)
    const { text, code } = statusOf(outcome)

    metrics.attempts.inc({ outcome: outcome.kind === 'answered' && code > 299 ? 'rejected' : outcome.kind })
    metrics.attemptSeconds.observe(outcome.tookMs / 1000)
    if (this.#tracing) traceAttempt(delivery, attempts, outcome, startedAt)
    log.debug({ guid: delivery.guid, hook: delivery.hookId, attempt: attempts, status: text }, verdict.kind)

    if (outcome.kind === 'aborted') {
      this.#settle(delivery, verdict, null)
      return
    }
    const isGone = verdict.kind === 'exhausted' && verdict.reason === 'gone'
    const settled = isGone ? () => void deactivateWhenGone(this.#options, hook) : undefined
    this.#settle(
      { ...delivery, attempts },
      verdict,
      {
        accountId: delivery.accountId,
        id: this.#options.store.ids.next(),
        deliveryId: delivery.id,
        eventId: delivery.eventId,
        hookId: delivery.hookId,
        guid: delivery.guid,
        event: delivery.event,
        action: delivery.action,
        repositoryId: delivery.repositoryId,
        installationId: delivery.installationId,
        redelivery: delivery.redelivery || attempts > 1,
        startedAt,
        tookMs: outcome.tookMs,
        status: text,
        statusCode: code,
        request,
        response: responseOf(outcome),
      },
      settled,
    )
  }

  /** Not begun, and not to be begun by us any more. */
  #giveBack({ delivery, payload, payloadBytes }: Job): void {
    this.#lanes.leave(delivery.hookId, payload === undefined ? 0 : payloadBytes)
    this.#settle(delivery, { kind: 'again', atMs: this.#options.clock.nowMs() }, null)
  }

  #settle(
    delivery: Omit<ReadyDelivery, 'payload'>,
    verdict: Settlable,
    attempt: Attempt | null,
    settled?: () => void,
  ): void {
    const { clock, metrics } = this.#options
    const nowMs = clock.nowMs()
    const again = verdict.kind === 'again'
    const settlement: Settlement = {
      accountId: delivery.accountId,
      id: delivery.id,
      state: again ? 'pending' : verdict.kind,
      attempts: delivery.attempts,
      dueAtMs: again ? verdict.atMs : nowMs,
      settledAtMs: again ? null : nowMs,
      reason: 'reason' in verdict ? verdict.reason : null,
    }
    const done = () => {
      metrics.due.remove()
      if (verdict.kind === 'held') metrics.held.inc()
      if (again) metrics.due.add(verdict.atMs)
      this.#forgetLease(delivery.id)
      // The next in its line may have become the head, or itself have become due again.
      if (delivery.inOrder && (!again || verdict.atMs <= nowMs)) this.wake(delivery.hookId)
      settled?.()
      if (this.#tracing) traceSettlement(delivery, settlement, nowMs, clock.nowMs())
      this.#claimSoon()
    }
    this.#settler.add({ settlement, attempt, done })
  }

  #forgetLease(deliveryId: number): void {
    this.#leases.delete(deliveryId)
    this.#tellIdle()
  }

  #tellIdle(): void {
    if (this.#leases.size === 0 && !this.#claiming) this.#idle?.()
  }
}

type Settlable =
  | Verdict
  | { readonly kind: 'held'; readonly reason: 'inactive' }
  | { readonly kind: 'exhausted'; readonly reason: 'payload_dropped' }
  | { readonly kind: 'cancelled' }

function traceAttempt(
  { guid, hookId }: ReadyDelivery,
  attempts: number,
  outcome: Outcome,
  startedAt: Date,
): void {
  const startedAtMs = startedAt.getTime()
  const { text, code } = statusOf(outcome)
  recordSpan({
    name: 'hookline.attempt',
    guid,
    startedAtMs,
    endedAtMs: startedAtMs + outcome.tookMs,
    attributes: {
      'hookline.guid': guid,
      'hookline.hook': hookId,
      'hookline.attempt': attempts,
      'hookline.outcome': outcome.kind,
      ...(outcome.kind === 'answered' && { 'http.response.status_code': code }),
    },
    ...(succeeded(outcome) ? {} : { error: text }),
  })
}

function traceSettlement(
  { guid, hookId }: Pick<ReadyDelivery, 'guid' | 'hookId'>,
  { state }: Settlement,
  startedAtMs: number,
  endedAtMs: number,
): void {
  const attributes = { 'hookline.guid': guid, 'hookline.hook': hookId, 'hookline.state': state }
  recordSpan({ name: 'hookline.settle', guid, startedAtMs, endedAtMs, attributes })
}

function responseOf(outcome: Outcome): Attempt['response'] {
  return outcome.kind === 'answered' ? { headers: outcome.headers, body: outcome.body } : null
}
