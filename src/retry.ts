// What follows from an outcome: nothing more, another attempt at a time, or giving up. Pure: time
// and chance are handed in.
import { type Outcome, succeeded } from './delivery.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

// About 75.6 h in all, so that an endpoint which breaks on Friday evening can be mended on Monday.
// The first two are short: most failures are a restart.
export const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND,
  30 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
]

// Spreads the herd when a popular endpoint comes back.
const JITTER = 0.2

// A destination that is drowning, or slow, is left alone for a minute at the least.
const OVERLOADED_DELAY_MIN_MS = 60 * SECOND

/** A Retry-After above this is not obeyed further: a receiver cannot park us for ever. */
const RETRY_AFTER_MAX_MS = 24 * HOUR

/** The receiver says that it is gone for good: final, whatever the schedule has left. */
const GONE = 410

/** Time and chance, handed in. `random` is at least 0 and below 1. */
export type Chance = { readonly nowMs: number; readonly random: number }

export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'again'; readonly atMs: number }
  | { readonly kind: 'exhausted'; readonly reason: 'gone' | 'no_retry_left' }

/** `attempts` counts the one that gave this outcome. An aborted attempt is due again at once. */
export function judge(
  attempts: number,
  outcome: Outcome,
  { nowMs, random }: Chance,
  delaysMs: readonly number[] = RETRY_DELAYS_MS,
): Verdict {
  if (succeeded(outcome)) return { kind: 'delivered' }
  if (outcome.kind === 'aborted') return { kind: 'again', atMs: nowMs }
  if (outcome.kind === 'answered' && outcome.status === GONE) return { kind: 'exhausted', reason: 'gone' }

  const scheduledMs = delaysMs[attempts - 1]
  if (scheduledMs === undefined) return { kind: 'exhausted', reason: 'no_retry_left' }

  const askedMs = Math.min(retryAfterMs(outcome, nowMs), RETRY_AFTER_MAX_MS)
  const floorMs = Math.max(askedMs, isOverloaded(outcome) ? OVERLOADED_DELAY_MIN_MS : 0)
  // Below a floor that the receiver asked for, jitter may only add.
  const delayMs =
    floorMs >= scheduledMs
      ? floorMs * (1 + JITTER * random)
      : Math.max(floorMs, scheduledMs * (1 + JITTER * (2 * random - 1)))
  return { kind: 'again', atMs: Math.round(nowMs + delayMs) }
}

/**
 * The longest that a delivery waits after so many attempts, where its receiver asked for nothing. One
 * that was not attempted yet never waits.
 */
export function longestDelayMs(attempts: number, delaysMs: readonly number[] = RETRY_DELAYS_MS): number {
  if (attempts === 0) return 0
  return Math.max(delaysMs[attempts - 1] ?? 0, OVERLOADED_DELAY_MIN_MS) * (1 + JITTER)
}

function isOverloaded(outcome: Outcome): boolean {
  if (outcome.kind === 'timed_out') return true
  return outcome.kind === 'answered' && (outcome.status === 429 || outcome.status === 503)
}

/** RFC 9110, 10.2.3: a number of seconds or an HTTP date. 0 when absent or unreadable. */
function retryAfterMs(outcome: Outcome, nowMs: number): number {
  if (outcome.kind !== 'answered') return 0
  const value = outcome.headers.find(([name]) => name.toLowerCase() === 'retry-after')?.[1].trim()
  if (!value) return 0
  if (/^\d+$/.test(value)) return Number(value) * SECOND
  const atMs = Date.parse(value)
  return Number.isNaN(atMs) ? 0 : Math.max(0, atMs - nowMs)
}
