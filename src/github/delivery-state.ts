// What becomes of an event for a hook, in JSON. GitHub has no such thing: its "deliveries" are our
// attempts, and keep that name here.
import type { AttemptSummary, DeliveryState } from '../delivery.ts'
import {
  explain,
  type Facts,
  type OpenBreaker,
  type QueuedDelivery,
  type Skip,
  show,
  showDelivery,
  showSkip,
} from '../standing.ts'
import { deliveryItemJson } from './delivery.ts'
import { timestamp } from './links.ts'

/** What lists need to know of an event. */
type EventWords = {
  readonly id: number
  readonly guid: string
  readonly name: string
  readonly action: string | null
  readonly repositoryId: number | null
  readonly createdAt: Date
}

/** An item of a hook's list of what it did not get. */
export function queuedJson(
  { delivery, event }: { readonly delivery: QueuedDelivery; readonly event: EventWords },
  breaker: OpenBreaker | null,
) {
  const shown = showDelivery(delivery, breaker)
  return { ...eventJson(event), ...shownJson(shown), ...deliveryFields(delivery) }
}

export function skippedJson({ skip, event }: { readonly skip: Skip; readonly event: EventWords }) {
  return { ...eventJson(event), ...shownJson(showSkip(skip)), ...NO_DELIVERY }
}

/** What an attempt has made of its delivery. */
type Settled = {
  readonly state: DeliveryState
  readonly reason: string | null
  readonly attempts: number
  readonly dueAtMs: number
}

/** How an event stands with its hook once an attempt is over. An open breaker is not looked at. */
export function settledJson({ eventId, guid }: Pick<AttemptSummary, 'eventId' | 'guid'>, settled: Settled) {
  const shown = showDelivery({ ...settled, dueAt: new Date(settled.dueAtMs) }, null)
  return { event_id: eventId, guid, ...shownJson(shown), attempts: settled.attempts }
}

/** How one event stands with one hook, in the list of an event's hooks. */
export function standingJson(facts: Facts) {
  return {
    hook_id: facts.hook.id,
    ...shownJson(show(facts)),
    ...(facts.standing.kind === 'delivery' ? deliveryFields(facts.standing.delivery) : NO_DELIVERY),
  }
}

/** The same in a sentence, with the attempts that were found. */
export function explanationJson(facts: Facts, attemptCount: number, attempts: readonly AttemptSummary[]) {
  return {
    ...standingJson(facts),
    ...eventJson(facts.event),
    explanation: explain(facts),
    // Of all deliveries and redeliveries of the event to this hook.
    attempts: attemptCount,
    deliveries: attempts.map(deliveryItemJson),
  }
}

function eventJson(event: EventWords) {
  return {
    event_id: event.id,
    guid: event.guid,
    event: event.name,
    action: event.action,
    repository_id: event.repositoryId,
    happened_at: timestamp(event.createdAt),
  }
}

function shownJson({ state, reason, detail, nextAttemptAt }: ReturnType<typeof show>) {
  return { state, reason, detail, next_attempt_at: nextAttemptAt && timestamp(nextAttemptAt) }
}

function deliveryFields(delivery: QueuedDelivery) {
  return {
    attempts: delivery.attempts,
    redelivery: delivery.redelivery,
    created_at: timestamp(delivery.createdAt),
    settled_at: delivery.settledAt && timestamp(delivery.settledAt),
  }
}

const NO_DELIVERY = { attempts: 0, redelivery: false, created_at: null, settled_at: null }
