// Redelivering in bulk: everything that matches, by a job that can be paused and outlasts a restart.
// This holds what a job is and which events it picks; it reads and sends nothing.
import type { DeliveryState } from './delivery.ts'
import { type Hook, type HookTarget, subscribes } from './hook.ts'
import { isAboutOneHook } from './standing.ts'

/**
 * By how an event stands with a hook now, its latest delivery alone counting:
 *
 * failed     the last attempt failed: given up, or waiting for its retry, which is brought forward
 * exhausted  given up
 * skipped    asked for, and skipped with a reason
 * missed     nothing was made of it, and the hook asks for such events now
 * any        delivered, failed or skipped
 */
export const RECOVERY_STATUSES = ['failed', 'exhausted', 'skipped', 'missed', 'any'] as const

export type RecoveryStatus = (typeof RECOVERY_STATUSES)[number]

/** Null where anything will do. */
export type RecoveryCriteria = {
  readonly hookId: number | null
  readonly event: string | null
  readonly action: string | null
  readonly repositoryId: number | null
  readonly status: RecoveryStatus
  /** The word with which it was given up or skipped. */
  readonly reason: string | null
  /** Of the event, not of its attempts. */
  readonly from: Date | null
  /** Excluded; never later than the job itself. */
  readonly to: Date | null
}

export type RecoveryState = 'running' | 'paused' | 'cancelled' | 'done'

export type RecoveryJob = {
  readonly accountId: number
  readonly id: number
  readonly target: HookTarget
  readonly criteria: RecoveryCriteria
  /** Redeliveries a second; null for as fast as goes. */
  readonly rate: number | null
  readonly state: RecoveryState
  /** What was made from this identifier on is no business of the job's. */
  readonly endId: number
  readonly createdById: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** How far a job has come, for one hook or in all. */
export type RecoveryProgress = {
  /** What matched when it was counted; null until then. */
  readonly total: number | null
  readonly done: number
  /** Matched, and could not be sent: the payload is no longer kept, or never was. */
  readonly skipped: number
}

/** A job's share for one hook: a dead receiver holds up its own and no other. */
export type RecoveryPart = RecoveryProgress & {
  readonly jobId: number
  readonly hookId: number
  /** The last that was looked at. */
  readonly position: number
  readonly ended: boolean
}

/** An event that a job looks at, and how it stands with the hook. */
export type RecoveryCandidate = {
  readonly eventId: number
  readonly event: string
  readonly action: string | null
  readonly repositoryId: number | null
  /** Of the latest delivery; null when nothing was made of the event. */
  readonly state: DeliveryState | 'skipped' | null
  readonly attempts: number
  readonly reason: string | null
}

/** `redeliver` makes a new delivery; what waits for its retry is brought forward instead. */
export type Remedy = 'redeliver' | 'bring_forward'

/** What the job is to do about it; undefined when it does not match, or is on its way already. */
export function remedyFor(
  candidate: RecoveryCandidate,
  criteria: RecoveryCriteria,
  hook: Hook,
): Remedy | undefined {
  const { event, action, repositoryId, reason } = criteria
  if (event !== null && candidate.event !== event) return undefined
  if (action !== null && candidate.action !== action) return undefined
  if (repositoryId !== null && candidate.repositoryId !== repositoryId) return undefined
  if (reason !== null && candidate.reason !== reason) return undefined
  return remedyOf(candidate, criteria.status, hook)
}

function remedyOf(
  { state, attempts, event }: RecoveryCandidate,
  status: RecoveryStatus,
  hook: Hook,
): Remedy | undefined {
  switch (state) {
    case 'delivered':
      return status === 'any' ? 'redeliver' : undefined
    case 'exhausted':
      return status === 'exhausted' || status === 'failed' || status === 'any' ? 'redeliver' : undefined
    case 'pending':
      return attempts > 0 && (status === 'failed' || status === 'any') ? 'bring_forward' : undefined
    case 'skipped':
      return status === 'skipped' || status === 'any' ? 'redeliver' : undefined
    case null:
      return status === 'missed' && subscribes(hook, event) && !isAboutOneHook(event)
        ? 'redeliver'
        : undefined
    // Under way, kept until it is released, or without a hook.
    case 'leased':
    case 'held':
    case 'cancelled':
      return undefined
  }
}
