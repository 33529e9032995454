// Accepting: an event becomes durable together with one delivery for each hook that asked for it,
// or a skip with its reason. Events that arrive while a commit is under way share the next one.
// What the worker has room for is leased to it from the start and begins right after the commit.
import { LRUCache } from 'lru-cache'
import { v1 as uuid } from 'uuid'
import type { Clock } from '../base/clock.ts'
import { timeOfId } from '../base/id.ts'
import type { ReadyDelivery } from '../delivery.ts'
import { AppError } from '../errors.ts'
import {
  ABOUT_THE_INSTALLATION,
  type Event,
  type EventDraft,
  PAYLOAD_BYTES_MAX,
  targetsOf,
} from '../event.ts'
import type { Filters } from '../filter.ts'
import { type CompiledFilters, compileFilters, firstRefusal } from '../github/filter-match.ts'
import { type Hook, type HookTarget, subscribes } from '../hook.ts'
import { orderKeyOf } from '../policy.ts'
import {
  acceptStatements,
  type DeliveryPlan,
  type EventPlan,
  insertPlans,
  type LeaseTerms,
  type SkipPlan,
} from '../store/queue.ts'
import type { Store, Tx } from '../store/store.ts'
import type { HookCache } from './hook-cache.ts'
import type { InstallationCache } from './installation-cache.ts'
import type { EngineMetrics } from './metrics.ts'
import { PayloadContent } from './payload-content.ts'
import { isTracing, recordSpan } from './trace.ts'
import { LEASE_MS, type Placeable, type Worker } from './worker.ts'

// Events that may share one commit. With 7 KB each that is 3.5 MB to the database's thread.
const EVENTS_PER_COMMIT_MAX = 500

// Bytes that may share one commit, so that large payloads do not hold up the small.
const BYTES_PER_COMMIT_MAX = 32 * 1024 * 1024

// Filters that are kept compiled: some kilobytes each.
const COMPILED_MAX = 1000

// Payloads that wait for their commit: what is beyond is refused, and can be tried again.
const WAITING_BYTES_MAX = 128 * 1024 * 1024

export type Accepted = { readonly id: number; readonly guid: string; readonly deliveries: number }

/** Says that something happened, within a unit of work that makes it happen. */
export type Tell = (draft: EventDraft) => void

type Waiting = {
  readonly draft: EventDraft
  readonly resolve: (accepted: Accepted) => void
  readonly reject: (error: unknown) => void
}

type PublisherOptions = {
  readonly store: Store
  readonly hooks: HookCache
  readonly installations: InstallationCache
  readonly worker: Worker
  readonly metrics: EngineMetrics
  readonly clock: Clock
  readonly owner: string
}

export class Publisher {
  readonly #options: PublisherOptions
  #waiting: Waiting[] = []
  readonly #tracing = isTracing()
  #waitingBytes = 0
  #flushing: Promise<void> | undefined

  constructor(options: PublisherOptions) {
    this.#options = options
  }

  /** Resolves in the order of the drafts once all are durable. Rejects with `unavailable` if they cannot be. */
  async publish(drafts: readonly EventDraft[]): Promise<Accepted[]> {
    const bytes = drafts.reduce((sum, { payload }) => sum + payload.byteLength, 0)
    if (this.#waitingBytes > 0 && this.#waitingBytes + bytes > WAITING_BYTES_MAX) {
      throw new AppError('unavailable', 'More is being published than can be stored.', {
        retryAfterSeconds: 1,
      })
    }
    this.#waitingBytes += bytes
    try {
      return await this.#publish(drafts)
    } finally {
      this.#waitingBytes -= bytes
    }
  }

  async #publish(drafts: readonly EventDraft[]): Promise<Accepted[]> {
    const accepted = drafts.map(
      draft => new Promise<Accepted>((resolve, reject) => this.#waiting.push({ draft, resolve, reject })),
    )
    this.#flushing ??= this.#flush()
    return Promise.all(accepted)
  }

  /**
   * One unit of work, and the events that it tells of: one transaction. `accepted` writes what was
   * told so far and says what it was given.
   */
  async commit<T>(work: (tx: Tx, tell: Tell, accepted: () => Promise<Accepted[]>) => Promise<T>): Promise<T> {
    const { store } = this.#options
    const plans: EventPlan[] = []
    try {
      const value = await store.write(async tx => {
        const drafts: EventDraft[] = []
        const accept = async () => {
          const fresh = await this.#plan(drafts.splice(0))
          plans.push(...fresh)
          await this.#insert(tx, fresh)
          return fresh.map(acceptedFrom)
        }
        const value = await work(tx, draft => drafts.push(draft), accept)
        await accept()
        return value
      })
      this.#begin(plans)
      return value
    } catch (error) {
      this.#unreserve(plans)
      throw error
    }
  }

  async #flush(): Promise<void> {
    // Events that are published in the same tick share the first commit.
    await Promise.resolve()
    while (this.#waiting.length > 0) await this.#acceptBatch(this.#nextBatch())
    this.#flushing = undefined
  }

  #nextBatch(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const { draft } of this.#waiting) {
      bytes += draft.payload.byteLength
      if (count > 0 && (bytes > BYTES_PER_COMMIT_MAX || count >= EVENTS_PER_COMMIT_MAX)) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #acceptBatch(batch: readonly Waiting[]): Promise<void> {
    let plans: EventPlan[] = []
    try {
      plans = await this.#plan(batch.map(({ draft }) => draft))
      await this.#options.store.batch(acceptStatements(plans, this.#lease()))
    } catch (error) {
      this.#unreserve(plans)
      for (const { reject } of batch) reject(error)
      return
    }
    this.#options.metrics.batchRows.observe({ batch: 'accept' }, batch.length)
    this.#begin(plans)
    batch.forEach(({ resolve }, index) => {
      const plan = plans[index]
      if (plan) resolve(acceptedFrom(plan))
    })
  }

  async #plan(drafts: readonly EventDraft[]): Promise<EventPlan[]> {
    const { hooks } = this.#options
    const subscribed: (readonly Subscriber[])[] = []
    for (const draft of drafts) {
      const found: Subscriber[] = []
      const places = this.#placesOf(draft)
      for (const { target, installationId } of 'then' in places ? await places : places) {
        const known = hooks.ofTarget(target)
        for (const hook of 'then' in known ? await known : known) {
          if (draft.onlyInstallation || subscribes(hook, draft.name)) found.push({ hook, installationId })
        }
      }
      subscribed.push(found)
    }
    // No waiting from here on: a place that is reserved is used or given back.
    return drafts.map((draft, index) => this.#planOne(draft, subscribed[index] ?? []))
  }

  /** Whose hooks may hear of it. Not a promise when it is at hand, which is nearly always. */
  #placesOf(draft: EventDraft): readonly Place[] | Promise<readonly Place[]> {
    const { onlyHookId, onlyInstallation, accountId, repositoryId, organizationId } = draft
    if (onlyHookId !== undefined) return []
    if (onlyInstallation) return [placeOf(onlyInstallation)]
    const places: Place[] = targetsOf(draft).map(target => ({ target, installationId: null }))
    // Apps hear of repositories and organizations alone; of what becomes of their installations nobody but
    // we can tell them.
    if (repositoryId === null && organizationId === null) return places
    if (ABOUT_THE_INSTALLATION.has(draft.name)) return places
    const known = this.#options.installations.covering(accountId, repositoryId)
    if ('then' in known) return known.then(found => [...places, ...found.map(placeOf)])
    return known.length === 0 ? places : [...places, ...known.map(placeOf)]
  }

  #planOne(draft: EventDraft, subscribed: readonly Subscriber[]): EventPlan {
    const { store, clock } = this.#options
    const { onlyHookId, onlyInstallation, payload, ...told } = draft
    const id = store.ids.next()
    const event: Event = {
      ...told,
      id,
      // Of the identifier's time, by which it is found, also when the clock was turned back.
      guid: uuid({ msecs: timeOfId(id) }),
      createdAt: new Date(clock.nowMs()),
    }
    const tooLarge = payload.byteLength > PAYLOAD_BYTES_MAX
    const content = new PayloadContent(payload)
    const deliveries: DeliveryPlan[] = []
    const skips: SkipPlan[] = []
    for (const { hook, installationId } of subscribed) {
      const skip = tooLarge ? TOO_LARGE : skipOf(hook, event, content)
      if (skip) skips.push({ hookId: hook.id, ...skip })
      else
        deliveries.push(
          this.planDelivery(hook, payload.byteLength, {
            orderKey: keyOf(hook, event, content),
            installationId,
          }),
        )
    }
    // About the hook itself, and so in front of any line and outside of its policy.
    if (onlyHookId !== undefined && !tooLarge) {
      deliveries.push(this.planDelivery({ id: onlyHookId }, payload.byteLength))
    }
    return {
      event,
      payload: tooLarge ? null : payload,
      payloadBytes: payload.byteLength,
      deliveries,
      skips,
    }
  }

  /** Reserves a place if there is one: then the delivery must begin, or be given back. */
  planDelivery(
    hook: Placeable,
    payloadBytes: number,
    { redelivery = false, orderKey = null, installationId = null }: DeliveryTerms = {},
  ): DeliveryPlan {
    const { store, worker } = this.#options
    const leased = worker.tryReserve(hook, payloadBytes)
    return { id: store.ids.next(), hookId: hook.id, redelivery, orderKey, installationId, leased }
  }

  async #insert(tx: Tx, plans: readonly EventPlan[]): Promise<void> {
    if (plans.length > 0) await insertPlans(tx, plans, this.#lease())
  }

  #lease(): LeaseTerms {
    const nowMs = this.#options.clock.nowMs()
    return { owner: this.#options.owner, nowMs, untilMs: nowMs + LEASE_MS }
  }

  #begin(plans: readonly EventPlan[]): void {
    const { metrics, clock } = this.#options
    metrics.accepted.inc(plans.length)
    if (this.#tracing) for (const plan of plans) traceAcceptance(plan, clock.nowMs())
    for (const { event, payload, payloadBytes, deliveries, skips } of plans) {
      for (const { reason } of skips) metrics.skipped.inc({ reason })
      for (const delivery of deliveries) this.beginDelivery(event, payload, payloadBytes, delivery)
    }
  }

  /** What is leased begins; what was left in the store wakes its hook. */
  beginDelivery(
    event: Pick<Event, 'accountId' | 'id' | 'guid' | 'name' | 'action' | 'repositoryId'>,
    payload: Uint8Array | null,
    payloadBytes: number,
    { id, hookId, redelivery, orderKey, installationId, leased }: DeliveryPlan,
  ): void {
    const { worker, clock, metrics } = this.#options
    const nowMs = clock.nowMs()
    metrics.due.add(nowMs)
    if (!leased) {
      worker.wake(hookId)
      return
    }
    const ready: ReadyDelivery = {
      accountId: event.accountId,
      id,
      hookId,
      eventId: event.id,
      guid: event.guid,
      attempts: 0,
      redelivery,
      inOrder: orderKey !== null,
      installationId,
      event: event.name,
      action: event.action,
      repositoryId: event.repositoryId,
      payload,
    }
    worker.begin(ready, payloadBytes, nowMs + LEASE_MS)
  }

  #unreserve(plans: readonly EventPlan[]): void {
    for (const { deliveries, payloadBytes } of plans) {
      for (const { hookId, leased } of deliveries) {
        if (leased) this.#options.worker.unreserve(hookId, payloadBytes)
      }
    }
  }
}

type DeliveryTerms = {
  readonly redelivery?: boolean
  readonly orderKey?: string | null
  readonly installationId?: number | null
}

/** `installationId` of an App, which hears of the event by it. */
type Place = { readonly target: HookTarget; readonly installationId: number | null }

type Subscriber = { readonly hook: Hook; readonly installationId: number | null }

function placeOf({ id, integrationId }: { readonly id: number; readonly integrationId: number }): Place {
  return { target: { kind: 'app', id: integrationId }, installationId: id }
}

const TOO_LARGE: Omit<SkipPlan, 'hookId'> = { reason: 'payload_too_large', detail: null }

function skipOf(hook: Hook, event: Event, content: PayloadContent): Omit<SkipPlan, 'hookId'> | undefined {
  if (!hook.active) return { reason: 'inactive', detail: null }
  if (!hook.filters) return undefined
  const refusal = firstRefusal(compiledOf(hook.filters), {
    event: event.name,
    action: event.action,
    // Parsed when a filter looks into it: by actions alone none does.
    get payload() {
      return content.value
    },
  })
  return refusal ? { reason: 'filtered', detail: `${refusal.filter}: ${refusal.detail}` } : undefined
}

// By the filters themselves, which are made anew with each change of their hook.
const compiled = new LRUCache<Filters, CompiledFilters>({ max: COMPILED_MAX })

function compiledOf(filters: Filters): CompiledFilters {
  const known = compiled.get(filters) ?? compileFilters(filters)
  compiled.set(filters, known)
  return known
}

function keyOf({ policy }: Hook, { repositoryId }: Event, content: PayloadContent): string | null {
  const issueNumber = policy.order === 'issue' ? content.issueNumber : null
  return orderKeyOf(policy.order, { repositoryId, issueNumber })
}

function traceAcceptance({ event, deliveries }: EventPlan, endedAtMs: number): void {
  const { guid, name, createdAt } = event
  recordSpan({
    name: 'hookline.accept',
    guid,
    startedAtMs: createdAt.getTime(),
    endedAtMs,
    attributes: { 'hookline.guid': guid, 'hookline.event': name, 'hookline.deliveries': deliveries.length },
  })
}

function acceptedFrom({ event, deliveries }: EventPlan): Accepted {
  return { id: event.id, guid: event.guid, deliveries: deliveries.length }
}
