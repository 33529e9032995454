// A team's own names of events, each with the schema of its payloads.
import type { ColumnTypes } from './migrate.ts'

export function eventTypes({ int }: ColumnTypes): string[] {
  return [
    `CREATE TABLE event_types (
       account_id ${int} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE, name TEXT NOT NULL,
       description TEXT, actions TEXT, schema TEXT, created_at ${int} NOT NULL, updated_at ${int} NOT NULL,
       PRIMARY KEY (account_id, name))`,
  ]
}
