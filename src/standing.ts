// How an event stands with a hook: its latest delivery, or the skip that was made instead, or nothing;
// and that in words, for whoever asks why a receiver did not get it. Pure: it is told what is known.

import type { DeliveryState } from './delivery.ts'
import { ABOUT_THE_HOOK, ABOUT_THE_INSTALLATION, type Event, PAYLOAD_BYTES_MAX } from './event.ts'
import { type Hook, subscribes } from './hook.ts'

/** The queue's row, as it is shown. */
export type QueuedDelivery = {
  readonly id: number
  readonly hookId: number
  readonly eventId: number
  readonly state: DeliveryState
  /** Why it is held or exhausted, in a word. */
  readonly reason: string | null
  readonly redelivery: boolean
  readonly attempts: number
  /** When pending: not before this time. */
  readonly dueAt: Date
  readonly createdAt: Date
  readonly settledAt: Date | null
}

export type Skip = {
  readonly hookId: number
  readonly eventId: number
  readonly reason: string
  /** Which filter, and why, when that was the reason. */
  readonly detail: string | null
  readonly createdAt: Date
}

/** As much of it as tells how it stands. */
type ShownDelivery = Pick<QueuedDelivery, 'state' | 'reason' | 'attempts' | 'dueAt'>

/** Why a hook's breaker is open, since when, and when it tries again. */
export type OpenBreaker = {
  readonly openedAt: Date
  readonly probeAt: Date
  readonly failedProbes: number
  readonly reason: string | null
}

export type Standing =
  | { readonly kind: 'delivery'; readonly delivery: QueuedDelivery }
  | { readonly kind: 'skip'; readonly skip: Skip }
  | { readonly kind: 'none' }

/** As it is shown: what waits behind an open breaker is held, and what is leased is under way. */
export type ShownState =
  | 'delivered'
  | 'pending'
  | 'under_way'
  | 'held'
  | 'exhausted'
  | 'cancelled'
  | 'skipped'
  | 'not_subscribed'

export type Shown = {
  readonly state: ShownState
  readonly reason: string | null
  readonly detail: string | null
  /** Null when there is to be none, or its time is not known. */
  readonly nextAttemptAt: Date | null
}

/** All that is known of one event and one hook. */
export type Facts = {
  readonly hook: Hook
  readonly event: Event & { readonly payloadBytes: number }
  readonly standing: Standing
  readonly breaker: OpenBreaker | null
  readonly now: Date
}

export function isAboutOneHook(event: string): boolean {
  return ABOUT_THE_HOOK.has(event) || ABOUT_THE_INSTALLATION.has(event)
}

export function showDelivery(delivery: ShownDelivery, breaker: OpenBreaker | null): Shown {
  const { state, reason } = delivery
  const shown = { reason, detail: null, nextAttemptAt: null }
  switch (state) {
    case 'leased':
      return { ...shown, state: 'under_way' }
    case 'pending':
      if (breaker) return { ...shown, state: 'held', reason: 'breaker', nextAttemptAt: breaker.probeAt }
      return { ...shown, state, reason: waitOf(delivery), nextAttemptAt: delivery.dueAt }
    case 'held':
      return { ...shown, state, reason: reason ?? 'inactive' }
    case 'exhausted':
      return { ...shown, state, reason: reason ?? 'no_retry_left' }
    case 'delivered':
    case 'cancelled':
      return { ...shown, state }
  }
}

export function showSkip({ reason, detail }: Skip): Shown {
  return { state: 'skipped', reason, detail, nextAttemptAt: null }
}

export function show({ hook, event, standing, breaker }: Facts): Shown {
  switch (standing.kind) {
    case 'delivery':
      return showDelivery(standing.delivery, breaker)
    case 'skip':
      return showSkip(standing.skip)
    case 'none':
      return { state: 'not_subscribed', reason: absenceOf(hook, event), detail: null, nextAttemptAt: null }
  }
}

/** Why the hook did not get the event, or that it did, in a sentence or two. */
export function explain(facts: Facts): string {
  const { standing } = facts
  switch (standing.kind) {
    case 'delivery':
      return explainDelivery(standing.delivery, facts)
    case 'skip':
      return explainSkip(standing.skip, facts)
    case 'none':
      return explainAbsence(facts)
  }
}

function waitOf({ attempts }: ShownDelivery): string {
  return attempts > 0 ? 'retry' : 'turn'
}

// A hook's past subscriptions are not kept: only of what it asks now can anything be said.
function absenceOf(hook: Hook, event: Event): string {
  if (isAboutOneHook(event.name)) return 'about_another_hook'
  if (hook.createdAt > event.createdAt) return 'created_later'
  return subscribes(hook, event.name) ? 'subscribed_later' : 'not_subscribed'
}

function explainDelivery(delivery: QueuedDelivery, facts: Facts): string {
  const { hook, breaker } = facts
  const { attempts, reason, settledAt } = delivery
  switch (delivery.state) {
    case 'delivered':
      return `It was delivered${settledAt ? ` on ${settledAt.toISOString()}` : ''}, with its ${ordinal(attempts)} attempt.`
    case 'leased':
      return 'It is being attempted, or about to be, right now.'
    case 'cancelled':
      return reason === 'redelivered'
        ? 'It was given up, and a redelivery took its place.'
        : 'The hook was deleted before it could be delivered.'
    case 'held':
      return explainHeld(hook, reason)
    case 'exhausted':
      return explainExhausted(delivery)
    case 'pending':
      return breaker ? explainBreaker(breaker) : explainPending(delivery, facts)
  }
}

function explainPending({ attempts, dueAt }: QueuedDelivery, { hook, now }: Facts): string {
  const at = dueAt.toISOString()
  const failed = attempts === 1 ? 'Its first attempt failed' : `Its ${attempts} attempts failed`
  const waits = attempts > 0 ? `${failed}; the next is due on ${at}.` : `It waits until ${at}.`
  if (!hook.active) return `${waits} The hook is inactive: when its time comes, it is held.`
  if (dueAt > now) return waits
  return (
    `It has been due since ${at} and waits for its turn: the hook's concurrency, rate limit or order lets no more through, ` +
    'or there is more to do than can be done at once.'
  )
}

function explainHeld(hook: Hook, reason: string | null): string {
  if (reason !== null && reason !== 'inactive') return `It is kept, and not attempted: ${reason}.`
  return hook.active
    ? 'The hook was inactive when its turn came: it is kept until it is released.'
    : 'The hook is inactive: it is kept until the hook is activated.'
}

function explainBreaker({ openedAt, probeAt, reason }: OpenBreaker): string {
  return (
    `The hook's breaker has been open since ${openedAt.toISOString()}${reason === null ? '' : ` (${reason.replace(/\.$/, '')})`}: ` +
    `it is kept and burns no attempts. The next probe is due on ${probeAt.toISOString()}.`
  )
}

function explainExhausted({ attempts, reason }: QueuedDelivery): string {
  const tried = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`
  switch (reason) {
    case 'gone':
      return `It was given up after ${tried}: the receiver answered 410 Gone, which is final.`
    case 'payload_dropped':
      return `It was given up after ${tried}: its payload is no longer kept.`
    case 'too_old':
      return `It was given up after ${tried}: its hook was inactive, its breaker open, or its forwarder away, for longer than a delivery is kept.`
    case 'too_many':
      return `It was given up after ${tried}: more waited for its forwarder, which was not connected, than is kept.`
    case null:
    case 'no_retry_left':
      return `It was given up: ${attempts === 1 ? 'its only attempt' : `all of its ${tried}`} failed, and no retry is left.`
    default:
      return `It was given up after ${tried}: ${reason}.`
  }
}

function explainSkip({ reason, detail }: Skip, { event }: Facts): string {
  switch (reason) {
    case 'inactive':
      return 'The hook asked for it and was inactive when it happened.'
    case 'filtered':
      return `The hook's filters did not let it through${detail === null ? '' : ` (${detail})`}.`
    case 'payload_too_large':
      return `Its payload of ${event.payloadBytes} bytes is above the ${PAYLOAD_BYTES_MAX} that are delivered.`
    default:
      return `It was skipped: ${reason}${detail === null ? '' : ` (${detail})`}.`
  }
}

function explainAbsence({ hook, event }: Facts): string {
  const happened = event.createdAt.toISOString()
  switch (absenceOf(hook, event)) {
    case 'about_another_hook':
      return `A \`${event.name}\` is sent to the hook that it is about, and to no other.`
    case 'created_later':
      return `The hook was created on ${hook.createdAt.toISOString()}, after the event had happened on ${happened}.`
    case 'subscribed_later':
      return (
        `The hook asks for \`${event.name}\` now, and did not when the event happened on ${happened}, or the event was sent to ` +
        `one hook alone. What a hook asked for in the past is not kept; this one was last changed on ${hook.updatedAt.toISOString()}.`
      )
    default:
      return (
        `The hook does not ask for \`${event.name}\`, but for ${hook.events.map(name => `\`${name}\``).join(', ')}. ` +
        'What a hook asked for in the past is not kept.'
      )
  }
}

function ordinal(count: number): string {
  const ending = ['th', 'st', 'nd', 'rd'][count % 100 > 10 && count % 100 < 14 ? 0 : count % 10] ?? 'th'
  return `${count}${ending}`
}
