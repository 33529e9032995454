// The names of tunnels, and whose they are.
import type { ColumnTypes } from './migrate.ts'

export function tunnels({ int }: ColumnTypes): string[] {
  return [
    `CREATE TABLE tunnel_names (
       name TEXT NOT NULL PRIMARY KEY, user_id ${int} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
       created_at ${int} NOT NULL, last_used_at ${int} NOT NULL)`,
    `CREATE INDEX tunnel_names_by_user ON tunnel_names (user_id, name)`,
  ]
}
