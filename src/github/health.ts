// A hook's health in JSON. GitHub has no such thing: it shows the last response, and leaves the rest to
// who reads the log.
import type { AttemptHealth } from '../health.ts'
import type { OpenBreaker } from '../standing.ts'
import { timestamp } from './links.ts'

export type HealthWindow = AttemptHealth & {
  /** False when there were more attempts than were looked at. */
  readonly complete: boolean
}

export type QueueCounts = {
  readonly pending: number
  readonly held: number
  readonly exhausted: number
  /** Counted no further: a number as high as this means that many, or more. */
  readonly limit: number
}

export type Health = {
  readonly hookId: number
  readonly active: boolean
  readonly breaker: OpenBreaker | null
  readonly lastHour: HealthWindow
  readonly lastDay: HealthWindow
  readonly counts: QueueCounts
  readonly oldestDueAt: Date | null
  readonly nextAttemptAt: Date | null
  readonly changes: readonly { readonly at: Date; readonly change: string; readonly reason: string }[]
}

export function healthJson(health: Health) {
  return {
    hook_id: health.hookId,
    active: health.active,
    breaker: breakerJson(health.breaker),
    last_hour: windowJson(health.lastHour),
    last_day: windowJson(health.lastDay),
    counts: health.counts,
    oldest_due_at: health.oldestDueAt && timestamp(health.oldestDueAt),
    next_attempt_at: health.nextAttemptAt && timestamp(health.nextAttemptAt),
    changes: health.changes.map(({ at, change, reason }) => ({ at: timestamp(at), change, reason })),
  }
}

/** A piece of the time that a series is over. */
export type HealthBucket = HealthWindow & { readonly from: Date }

export type HealthSeries = {
  readonly hookId: number
  readonly window: string
  readonly bucketMs: number
  /** Of attempts looked at in each. */
  readonly limit: number
  /** Oldest first; the last is not over yet. */
  readonly buckets: readonly HealthBucket[]
}

export function healthSeriesJson({ hookId, window, bucketMs, limit, buckets }: HealthSeries) {
  return {
    hook_id: hookId,
    window,
    bucket_seconds: bucketMs / 1000,
    limit,
    buckets: buckets.map(bucket => ({ from: timestamp(bucket.from), ...windowJson(bucket) })),
  }
}

function breakerJson(breaker: OpenBreaker | null) {
  if (!breaker) return { state: 'closed', since: null, next_probe_at: null, failed_probes: 0, reason: null }
  return {
    state: 'open',
    since: timestamp(breaker.openedAt),
    next_probe_at: timestamp(breaker.probeAt),
    failed_probes: breaker.failedProbes,
    reason: breaker.reason,
  }
}

/** Durations in seconds, to the millisecond. */
function windowJson({ attempts, succeeded, successRate, p50Ms, p95Ms, complete }: HealthWindow) {
  const seconds = (ms: number | null) => (ms === null ? null : Math.round(ms) / 1000)
  return {
    attempts,
    succeeded,
    success_rate: successRate === null ? null : Math.round(successRate * 10_000) / 10_000,
    duration: { p50: seconds(p50Ms), p95: seconds(p95Ms) },
    complete,
  }
}
