// The one seam with two implementations. Everything else about the store is written once, in
// Kysely; a dialect holds what SQLite and Postgres disagree on: opening, transactions that share a
// commit, writing many rows, and claiming.
import type { Database, Db } from '../schema.ts'

type Value = string | number | bigint | Uint8Array | null

/** A row in the order of the columns that go with it. */
export type Row = readonly Value[]

/** At most `max` deliveries of this hook. */
export type Want = { readonly hookId: number; readonly max: number }

export type Lease = { readonly owner: string; readonly nowMs: number; readonly untilMs: number }

/** A claimed row: all of the event but its bytes. */
export type ClaimedRow = {
  account_id: number
  id: number
  hook_id: number
  event_id: number
  redelivery: number
  attempts: number
  guid: string
  name: string
  action: string | null
  repository_id: number | null
  payload_bytes: number
}

/** The new state of a delivery. Applied only while `owner` still holds the lease. */
export type Settlement = {
  readonly accountId: number
  readonly id: number
  readonly state: 'pending' | 'held' | 'delivered' | 'exhausted' | 'cancelled'
  readonly attempts: number
  readonly dueAtMs: number
  readonly settledAtMs: number | null
}

/** The transaction of one unit of work. It must wait for nothing but the database. */
export interface Tx extends Db {
  /** Inserts all rows or none, in order. */
  insertMany(table: keyof Database, columns: readonly string[], rows: readonly Row[]): Promise<void>

  /**
   * Leases what is due to `lease.owner`, oldest due first within a hook. No delivery is ever given
   * to two owners at once.
   */
  claim(wants: readonly Want[], lease: Lease): Promise<ClaimedRow[]>

  /** Ends leases. A delivery whose lease has gone to another owner is left alone. */
  settleMany(owner: string, settlements: readonly Settlement[]): Promise<void>

  /** Moves the ends of the leases that `owner` still holds. */
  renewMany(owner: string, deliveryIds: readonly number[], untilMs: number): Promise<void>
}

export interface Dialect {
  /** Sees what is committed. Never waits for a writer. */
  readonly read: Db

  /**
   * Runs one unit of work in a transaction and resolves once it is durable. Units that wait
   * together may share a commit; each is still atomic by itself, and a unit that throws takes only
   * itself back. Rejects with `unavailable` when the commit fails: then nothing of it is stored.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>

  /** Lets go of leases that nobody can hold any more. Only an embedded store knows that at start. */
  releaseOrphans(nowMs: number): Promise<number>

  /** Waits for the units under way, then closes. Further calls reject. Idempotent. */
  close(): Promise<void>
}
