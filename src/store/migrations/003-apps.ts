// GitHub Apps: what they are, their public keys, where they are installed, and the tokens by which they
// act there. A delivery to an App says for which installation it is.
import type { ColumnTypes } from './migrate.ts'

export function apps({ id, int }: ColumnTypes): string[] {
  return [
    `CREATE TABLE apps (
       id ${id}, owner_id ${int} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
       bot_id ${int} NOT NULL REFERENCES accounts (id), slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
       client_id TEXT NOT NULL UNIQUE, description TEXT, external_url TEXT NOT NULL,
       permissions TEXT NOT NULL, created_at ${int} NOT NULL, updated_at ${int} NOT NULL)`,
    `CREATE INDEX apps_by_owner ON apps (owner_id, id)`,
    `CREATE INDEX apps_by_bot ON apps (bot_id)`,
    `CREATE TABLE app_keys (
       id ${id}, app_id ${int} NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
       fingerprint TEXT NOT NULL, public_key TEXT NOT NULL, created_at ${int} NOT NULL)`,
    `CREATE INDEX app_keys_by_app ON app_keys (app_id, id)`,
    `CREATE TABLE installations (
       id ${id}, app_id ${int} NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
       account_id ${int} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
       all_repositories ${int} NOT NULL, permissions TEXT NOT NULL,
       created_at ${int} NOT NULL, updated_at ${int} NOT NULL, suspended_at ${int},
       suspended_by_id ${int} REFERENCES accounts (id) ON DELETE SET NULL, UNIQUE (app_id, account_id))`,
    `CREATE INDEX installations_by_account ON installations (account_id)`,
    `CREATE INDEX installations_by_suspender ON installations (suspended_by_id) WHERE suspended_by_id IS NOT NULL`,
    `CREATE TABLE installation_repositories (
       installation_id ${int} NOT NULL REFERENCES installations (id) ON DELETE CASCADE,
       repository_id ${int} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
       PRIMARY KEY (installation_id, repository_id))`,
    `CREATE INDEX installation_repositories_by_repository ON installation_repositories (repository_id)`,
    `CREATE TABLE installation_tokens (
       hash TEXT NOT NULL PRIMARY KEY,
       installation_id ${int} NOT NULL REFERENCES installations (id) ON DELETE CASCADE,
       permissions TEXT NOT NULL, repository_ids TEXT, created_at ${int} NOT NULL, expires_at ${int} NOT NULL)`,
    `CREATE INDEX installation_tokens_by_installation ON installation_tokens (installation_id)`,
    `CREATE INDEX installation_tokens_by_end ON installation_tokens (expires_at)`,

    // Null for every hook that is no App's.
    `ALTER TABLE deliveries ADD COLUMN installation_id ${int}`,
    `ALTER TABLE attempts ADD COLUMN installation_id ${int}`,
  ]
}
