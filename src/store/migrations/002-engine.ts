// What the engine keeps about a hook: policy, filters, a second secret while one replaces the other,
// its breaker, and what changed and why; the jobs that redeliver in bulk; stars; and by which token a
// session was opened.
import type { ColumnTypes } from './migrate.ts'

export function engine({ id, bytes, int }: ColumnTypes): string[] {
  return [
    // JSON; null means the defaults, and no filter.
    `ALTER TABLE hooks ADD COLUMN policy TEXT`,
    `ALTER TABLE hooks ADD COLUMN filters TEXT`,
    // Whether the Standard Webhooks headers are sent beside GitHub's.
    `ALTER TABLE hooks ADD COLUMN standard_webhooks ${int} NOT NULL DEFAULT 0`,
    // The secret before this one, until its time is over.
    `ALTER TABLE hooks ADD COLUMN previous_secret ${bytes}`,
    `ALTER TABLE hooks ADD COLUMN previous_secret_key_id TEXT`,
    `ALTER TABLE hooks ADD COLUMN previous_secret_until ${int}`,

    // Which deliveries of a hook stand in one line: null for a hook without an order.
    `ALTER TABLE deliveries ADD COLUMN order_key TEXT`,
    // Why it is held or exhausted, in a word.
    `ALTER TABLE deliveries ADD COLUMN reason TEXT`,
    `CREATE INDEX deliveries_in_order ON deliveries (hook_id, order_key, id)
     WHERE order_key IS NOT NULL AND state IN ('pending', 'leased', 'held')`,
    // What is held is let go of, or given up, by its age.
    `CREATE INDEX deliveries_held_by_age ON deliveries (due_at) WHERE state = 'held'`,

    // Which filter kept an event away from a hook.
    `ALTER TABLE skips ADD COLUMN detail TEXT`,

    `CREATE INDEX events_by_repository ON events (repository_id, id)`,
    `CREATE INDEX events_by_organization ON events (organization_id, id) WHERE organization_id IS NOT NULL`,

    // How the bytes are stored: null as they are, else the name of a compression.
    `ALTER TABLE payloads ADD COLUMN encoding TEXT`,

    `CREATE TABLE breakers (
       account_id ${int} NOT NULL, hook_id ${int} PRIMARY KEY, state TEXT NOT NULL,
       opened_at ${int} NOT NULL, probe_at ${int} NOT NULL, probes ${int} NOT NULL)`,
    `CREATE TABLE hook_changes (
       account_id ${int} NOT NULL, id ${id}, hook_id ${int} NOT NULL, at ${int} NOT NULL,
       change TEXT NOT NULL, reason TEXT NOT NULL)`,
    `CREATE INDEX hook_changes_by_hook ON hook_changes (hook_id, id)`,

    `CREATE TABLE recovery_jobs (
       account_id ${int} NOT NULL, id ${id}, target_kind TEXT NOT NULL, target_id ${int} NOT NULL,
       criteria TEXT NOT NULL, rate ${int}, state TEXT NOT NULL, end_id ${int} NOT NULL,
       created_by ${int} NOT NULL, created_at ${int} NOT NULL, updated_at ${int} NOT NULL)`,
    `CREATE INDEX recovery_jobs_by_target ON recovery_jobs (target_kind, target_id, id)`,
    `CREATE INDEX recovery_jobs_unfinished ON recovery_jobs (id) WHERE state IN ('running', 'paused')`,
    // A job's share for one hook: a dead receiver holds up its own and no other.
    `CREATE TABLE recovery_parts (
       account_id ${int} NOT NULL, job_id ${int} NOT NULL, hook_id ${int} NOT NULL, total ${int},
       done ${int} NOT NULL, skipped ${int} NOT NULL, position ${int} NOT NULL, ended ${int} NOT NULL,
       PRIMARY KEY (job_id, hook_id))`,

    `CREATE TABLE stars (
       user_id ${int} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
       repository_id ${int} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
       created_at ${int} NOT NULL, PRIMARY KEY (user_id, repository_id))`,
    `CREATE INDEX stars_by_repository ON stars (repository_id, created_at, user_id)`,
    // The token that a person signed in with: the session ends when that is revoked.
    `ALTER TABLE sessions ADD COLUMN token_id ${int} REFERENCES tokens (id) ON DELETE CASCADE`,
    `CREATE INDEX sessions_by_token ON sessions (token_id)`,
  ]
}
