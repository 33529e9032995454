// The passwords of those who have one, apart from the accounts, which are read with everything.
import type { ColumnTypes } from './migrate.ts'

export function passwords({ int }: ColumnTypes): string[] {
  return [
    `CREATE TABLE passwords (
       user_id ${int} PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
       hash TEXT NOT NULL, changed_at ${int} NOT NULL)`,
    // A user's sessions are ended together.
    `CREATE INDEX sessions_by_user ON sessions (user_id)`,
  ]
}
