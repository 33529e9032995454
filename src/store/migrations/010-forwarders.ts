// Hooks whose deliveries go to a program that is connected here: whose they are, and when that was there last.
import type { ColumnTypes } from './migrate.ts'

export function forwarders({ int }: ColumnTypes): string[] {
  return [
    // Null for every other hook.
    `ALTER TABLE hooks ADD COLUMN forwarder_user_id ${int}`,
    // By which it comes back; null for one that cannot.
    `ALTER TABLE hooks ADD COLUMN forwarder_name TEXT`,
    `ALTER TABLE hooks ADD COLUMN forwarder_seen_at ${int}`,
    `CREATE INDEX hooks_of_forwarders ON hooks (forwarder_seen_at)
     WHERE forwarder_user_id IS NOT NULL AND deleted_at IS NULL`,
  ]
}
