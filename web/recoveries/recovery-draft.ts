// What has been entered for a recovery, and what the API is asked of it.
import { REASONS, type RecoveryStatus } from './recovery.ts'

/** As it was typed. Empty is anything. */
export type RecoveryDraft = {
  readonly scope: 'this' | 'all'
  readonly status: RecoveryStatus
  readonly reason: string
  readonly event: string
  readonly action: string
  readonly repository: string
  /** In the reader's own time. */
  readonly from: string
  readonly to: string
  readonly rate: string
}

export const NEW_DRAFT: RecoveryDraft = {
  scope: 'this',
  status: 'exhausted',
  reason: '',
  event: '',
  action: '',
  repository: '',
  from: '',
  to: '',
  rate: '',
}

const RATE_MAX = 10_000

/** Which events; not how fast. */
export function criteriaOf(draft: RecoveryDraft, hookId: string): object {
  const { scope, status, reason, event, action, repository, from, to } = draft
  const reasons = REASONS[status] ?? []
  return {
    status,
    // An App has one hook, which has no number.
    ...(scope === 'this' && hookId !== '' && { hook_id: Number(hookId) }),
    ...(reasons.includes(reason) && { reason }),
    ...(event.trim() && { event: event.trim() }),
    ...(action.trim() && { action: action.trim() }),
    ...(repository.trim() && { repository: repository.trim() }),
    ...(from && { from: timeOf(from) }),
    ...(to && { to: timeOf(to) }),
  }
}

/** Null for as fast as goes, undefined for what is no rate. */
export function rateOf(text: string): number | null | undefined {
  if (text.trim() === '') return null
  const rate = Number(text)
  return Number.isInteger(rate) && rate >= 1 && rate <= RATE_MAX ? rate : undefined
}

// What is no time is for the API to refuse.
function timeOf(local: string): string {
  const time = new Date(local)
  return Number.isNaN(time.getTime()) ? local : time.toISOString()
}
