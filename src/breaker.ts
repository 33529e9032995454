// A breaker for each hook: after too many failures it opens, and nothing is sent but a probe now and
// then, until one gets through. What waits meanwhile is kept, and burns no attempts. Pure: it is told
// what happened and when.
import { type Outcome, succeeded } from './delivery.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS

// Opens at seven failures in ten, once there are ten to judge by.
const WINDOW_MS = 5 * MINUTE_MS
const ATTEMPTS_MIN = 10
const FAILURE_SHARE = 0.7
/** Nobody listens there: no need to wait for a share. */
const CONNECT_ERRORS_MAX = 10

const PROBE_FIRST_MS = 30 * SECOND_MS
const PROBE_MAX_MS = 15 * MINUTE_MS

// The window is kept as ten slices of half a minute, so that a busy hook costs no more than a quiet one.
const SLICES = 10
const SLICE_MS = WINDOW_MS / SLICES

type Slice = { readonly index: number; readonly attempts: number; readonly failures: number }

export type Breaker =
  | { readonly kind: 'closed'; readonly slices: readonly Slice[]; readonly connectErrors: number }
  /** Nothing is sent before `probeAtMs`; then one delivery is, as a probe. */
  | {
      readonly kind: 'open'
      readonly openedAtMs: number
      readonly probeAtMs: number
      readonly failedProbes: number
    }

/** A change of state, with its reason in words for the hook's owner. */
export type BreakerChange = { readonly change: 'opened' | 'closed'; readonly reason: string }

export const CLOSED: Breaker = { kind: 'closed', slices: [], connectErrors: 0 }

/** What one more outcome makes of the breaker. An attempt that we cut short ourselves tells nothing. */
export function record(
  breaker: Breaker,
  outcome: Outcome,
  nowMs: number,
): { readonly breaker: Breaker; readonly change?: BreakerChange } {
  if (outcome.kind === 'aborted') return { breaker }
  return breaker.kind === 'open' ? probed(breaker, outcome, nowMs) : watched(breaker, outcome, nowMs)
}

/** Whether a delivery may be attempted now; when open, only as a probe and one at a time. */
export function permits(breaker: Breaker, nowMs: number): boolean {
  if (breaker.kind === 'closed' || nowMs >= breaker.probeAtMs) return true
  // A clock that was turned back must not put the probe off for as long.
  return breaker.probeAtMs - nowMs > waitMs(breaker.failedProbes)
}

function waitMs(failedProbes: number): number {
  return Math.min(PROBE_MAX_MS, PROBE_FIRST_MS * 2 ** failedProbes)
}

function probed(
  breaker: Extract<Breaker, { kind: 'open' }>,
  outcome: Outcome,
  nowMs: number,
): { readonly breaker: Breaker; readonly change?: BreakerChange } {
  if (succeeded(outcome))
    return { breaker: CLOSED, change: { change: 'closed', reason: 'A probe was answered with 2xx.' } }
  // Of attempts that were under way when it opened, only those after the probe's time count.
  if (!permits(breaker, nowMs)) return { breaker }
  const failedProbes = breaker.failedProbes + 1
  return { breaker: { ...breaker, failedProbes, probeAtMs: nowMs + waitMs(failedProbes) } }
}

function watched(
  breaker: Extract<Breaker, { kind: 'closed' }>,
  outcome: Outcome,
  nowMs: number,
): { readonly breaker: Breaker; readonly change?: BreakerChange } {
  const failed = !succeeded(outcome)
  const slices = withAttempt(breaker.slices, failed, Math.floor(nowMs / SLICE_MS))
  const connectErrors = outcome.kind === 'unreachable' ? breaker.connectErrors + 1 : 0
  const reason = failed ? reasonToOpen(slices, connectErrors) : undefined
  if (!reason) return { breaker: { kind: 'closed', slices, connectErrors } }
  return {
    breaker: { kind: 'open', openedAtMs: nowMs, probeAtMs: nowMs + PROBE_FIRST_MS, failedProbes: 0 },
    change: { change: 'opened', reason },
  }
}

function reasonToOpen(slices: readonly Slice[], connectErrors: number): string | undefined {
  if (connectErrors >= CONNECT_ERRORS_MAX) return `${connectErrors} attempts in a row could not connect.`
  const attempts = slices.reduce((sum, slice) => sum + slice.attempts, 0)
  const failures = slices.reduce((sum, slice) => sum + slice.failures, 0)
  if (attempts < ATTEMPTS_MIN || failures / attempts < FAILURE_SHARE) return undefined
  return `${failures} of ${attempts} attempts failed within 5 minutes.`
}

function withAttempt(slices: readonly Slice[], failed: boolean, index: number): readonly Slice[] {
  const failures = failed ? 1 : 0
  // None of those to come either, which a clock has left that was turned back.
  const recent = slices.filter(slice => slice.index > index - SLICES && slice.index <= index)
  const last = recent.at(-1)
  if (last?.index !== index) return [...recent, { index, attempts: 1, failures }]
  return [...recent.slice(0, -1), { index, attempts: last.attempts + 1, failures: last.failures + failures }]
}
