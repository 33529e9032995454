// Recovery jobs in JSON, beside GitHub's redelivery of one delivery at a time.
import type { Account } from '../account.ts'
import type { RecoveryCriteria, RecoveryJob, RecoveryPart, RecoveryProgress } from '../recovery.ts'
import { type HookPlace, placeUrl } from './hook.ts'
import { type Links, timestamp } from './links.ts'
import { simpleUserJson } from './user.ts'

export function recoveryJson(
  job: RecoveryJob,
  progress: RecoveryProgress,
  creator: Account | null,
  place: HookPlace,
  links: Links,
) {
  return {
    id: job.id,
    url: recoveryUrl(job.id, place, links),
    state: job.state,
    criteria: criteriaJson(job.criteria),
    rate: job.rate,
    total: progress.total,
    done: progress.done,
    skipped: progress.skipped,
    creator: creator && simpleUserJson(creator, links),
    created_at: timestamp(job.createdAt),
    updated_at: timestamp(job.updatedAt),
  }
}

/** What a dry run found. */
export function recoveryCountJson(
  criteria: RecoveryCriteria,
  { total, complete }: { readonly total: number; readonly complete: boolean },
) {
  return { dry_run: true, criteria: criteriaJson(criteria), total, complete }
}

/** A job's share for one hook, and why it stands still. */
export function recoveryPartJson({ hookId, total, done, skipped, ended }: RecoveryPart, wait: string | null) {
  return { hook_id: hookId, total, done, skipped, ended, waits_for: wait }
}

export function recoveryUrl(id: number, place: HookPlace, links: Links): string {
  return `${placeUrl(place, links)}/recoveries/${id}`
}

function criteriaJson(criteria: RecoveryCriteria) {
  return {
    hook_id: criteria.hookId,
    event: criteria.event,
    action: criteria.action,
    repository_id: criteria.repositoryId,
    status: criteria.status,
    reason: criteria.reason,
    // As they were given: a job keeps to the millisecond.
    from: criteria.from?.toISOString() ?? null,
    to: criteria.to?.toISOString() ?? null,
  }
}
