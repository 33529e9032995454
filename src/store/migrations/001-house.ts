// The first tables: accounts, repositories, issues, hooks, and the life of a delivery. A migration
// that has landed is never changed; the next one goes into a file of its own.
import type { ColumnTypes } from './migrate.ts'

export function house({ id, bytes, int }: ColumnTypes): string[] {
  return [
    `CREATE TABLE accounts (
       id ${id}, type TEXT NOT NULL, login TEXT NOT NULL, login_key TEXT NOT NULL UNIQUE,
       name TEXT, email TEXT, description TEXT, site_admin ${int} NOT NULL DEFAULT 0,
       created_at ${int} NOT NULL, updated_at ${int} NOT NULL)`,
    `CREATE TABLE memberships (
       organization_id ${int} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
       user_id ${int} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
       role TEXT NOT NULL, created_at ${int} NOT NULL,
       PRIMARY KEY (organization_id, user_id))`,
    `CREATE INDEX memberships_by_user ON memberships (user_id)`,
    `CREATE TABLE tokens (
       id ${id}, user_id ${int} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
       hash TEXT NOT NULL UNIQUE, note TEXT NOT NULL, scopes TEXT NOT NULL,
       created_at ${int} NOT NULL, last_used_at ${int})`,
    `CREATE INDEX tokens_by_user ON tokens (user_id)`,
    `CREATE TABLE sign_in_links (
       hash TEXT NOT NULL PRIMARY KEY, user_id ${int} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
       created_at ${int} NOT NULL, expires_at ${int} NOT NULL)`,
    `CREATE TABLE sessions (
       hash TEXT NOT NULL PRIMARY KEY, user_id ${int} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
       created_at ${int} NOT NULL, expires_at ${int} NOT NULL)`,
    `CREATE TABLE repositories (
       account_id ${int} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE, id ${id},
       name TEXT NOT NULL, name_key TEXT NOT NULL, private ${int} NOT NULL, description TEXT, homepage TEXT,
       default_branch TEXT NOT NULL, has_issues ${int} NOT NULL, archived ${int} NOT NULL,
       open_issues ${int} NOT NULL, stars ${int} NOT NULL, topics TEXT NOT NULL, last_number ${int} NOT NULL,
       created_at ${int} NOT NULL, updated_at ${int} NOT NULL, pushed_at ${int} NOT NULL,
       UNIQUE (account_id, name_key))`,
    `CREATE TABLE labels (
       id ${id}, repository_id ${int} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
       name TEXT NOT NULL, name_key TEXT NOT NULL, color TEXT NOT NULL, description TEXT,
       is_default ${int} NOT NULL, UNIQUE (repository_id, name_key))`,
    `CREATE TABLE issues (
       id ${id}, repository_id ${int} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
       number ${int} NOT NULL, title TEXT NOT NULL, body TEXT,
       user_id ${int} NOT NULL REFERENCES accounts (id), state TEXT NOT NULL, state_reason TEXT,
       locked ${int} NOT NULL, comments ${int} NOT NULL, closed_at ${int},
       closed_by_id ${int} REFERENCES accounts (id), created_at ${int} NOT NULL, updated_at ${int} NOT NULL,
       UNIQUE (repository_id, number))`,
    `CREATE INDEX issues_by_creation ON issues (repository_id, state, created_at)`,
    `CREATE INDEX issues_by_update ON issues (repository_id, updated_at)`,
    `CREATE TABLE issue_labels (
       issue_id ${int} NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
       label_id ${int} NOT NULL REFERENCES labels (id) ON DELETE CASCADE,
       PRIMARY KEY (issue_id, label_id))`,
    `CREATE INDEX issue_labels_by_label ON issue_labels (label_id)`,
    `CREATE TABLE issue_assignees (
       issue_id ${int} NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
       user_id ${int} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
       PRIMARY KEY (issue_id, user_id))`,
    `CREATE TABLE comments (
       id ${id}, repository_id ${int} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
       issue_id ${int} NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
       user_id ${int} NOT NULL REFERENCES accounts (id), body TEXT NOT NULL,
       created_at ${int} NOT NULL, updated_at ${int} NOT NULL)`,
    `CREATE INDEX comments_by_issue ON comments (issue_id, id)`,
    `CREATE INDEX comments_by_repository ON comments (repository_id, id)`,
    `CREATE TABLE hooks (
       account_id ${int} NOT NULL, id ${id}, target_kind TEXT NOT NULL, target_id ${int} NOT NULL,
       active ${int} NOT NULL, events TEXT NOT NULL, url TEXT NOT NULL, content_type TEXT NOT NULL,
       secret ${bytes}, secret_key_id TEXT, insecure_ssl ${int} NOT NULL,
       created_at ${int} NOT NULL, updated_at ${int} NOT NULL, deleted_at ${int})`,
    `CREATE INDEX hooks_by_target ON hooks (target_kind, target_id) WHERE deleted_at IS NULL`,

    // The hot tables. No foreign keys: their rows outlive the hook that they tell of, until
    // retention drops them.
    `CREATE TABLE events (
       account_id ${int} NOT NULL, id ${int} PRIMARY KEY, guid TEXT NOT NULL, name TEXT NOT NULL, action TEXT,
       repository_id ${int}, organization_id ${int}, sender_id ${int}, payload_bytes ${int} NOT NULL,
       created_at ${int} NOT NULL)`,
    // A test of a hook sends the latest push: without this it would walk through every event.
    `CREATE INDEX events_pushes ON events (repository_id, id) WHERE name = 'push'`,
    `CREATE TABLE payloads (
       account_id ${int} NOT NULL, event_id ${int} PRIMARY KEY, body ${bytes} NOT NULL)`,
    `CREATE TABLE deliveries (
       account_id ${int} NOT NULL, id ${int} PRIMARY KEY, hook_id ${int} NOT NULL, event_id ${int} NOT NULL,
       redelivery ${int} NOT NULL, state TEXT NOT NULL, attempts ${int} NOT NULL, due_at ${int} NOT NULL,
       lease_owner TEXT, created_at ${int} NOT NULL, settled_at ${int})`,
    // What waits, by hook, so that one hook's backlog is never in front of another's. A delivery
    // that is leased from the start, the usual case, never enters it.
    `CREATE INDEX deliveries_pending ON deliveries (hook_id, due_at) WHERE state = 'pending'`,
    `CREATE INDEX deliveries_leased ON deliveries (due_at) WHERE state = 'leased'`,
    `CREATE INDEX deliveries_held ON deliveries (hook_id, id) WHERE state = 'held'`,
    `CREATE INDEX deliveries_exhausted ON deliveries (hook_id, id) WHERE state = 'exhausted'`,
    `CREATE INDEX deliveries_by_event ON deliveries (event_id)`,
    `CREATE TABLE attempts (
       account_id ${int} NOT NULL, id ${int} PRIMARY KEY, delivery_id ${int} NOT NULL, event_id ${int} NOT NULL,
       hook_id ${int} NOT NULL, guid TEXT NOT NULL, event TEXT NOT NULL, action TEXT, repository_id ${int},
       redelivery ${int} NOT NULL, started_at ${int} NOT NULL, took_ms ${int} NOT NULL,
       status TEXT NOT NULL, status_code ${int} NOT NULL, url TEXT NOT NULL, content_type TEXT NOT NULL,
       request_headers TEXT NOT NULL, response_headers TEXT, response_body ${bytes})`,
    `CREATE INDEX attempts_by_hook ON attempts (hook_id, id)`,
    // Failures are few and looked for: the list's filter must not read through a million successes.
    `CREATE INDEX attempts_failed ON attempts (hook_id, id) WHERE status_code >= 400`,
    `CREATE TABLE skips (
       account_id ${int} NOT NULL, event_id ${int} NOT NULL, hook_id ${int} NOT NULL, reason TEXT NOT NULL,
       created_at ${int} NOT NULL, PRIMARY KEY (event_id, hook_id))`,
    `CREATE INDEX skips_by_hook ON skips (hook_id, event_id)`,
    `CREATE TABLE idempotency_keys (
       account_id ${int} NOT NULL, target TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL,
       answer TEXT NOT NULL, created_at ${int} NOT NULL, PRIMARY KEY (target, key))`,
    `CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at)`,
  ]
}
