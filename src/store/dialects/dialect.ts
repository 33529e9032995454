// The one seam with two implementations. Everything else about the store is written once, in
// Kysely; a dialect holds what SQLite and Postgres disagree on: opening, transactions that share a
// commit, writing many rows, and claiming.
import type { ReadyDelivery } from '../../delivery.ts'
import type { Database, Db } from '../schema.ts'

/** Numbers are whole and below 2^53. */
export type Value = string | number | Uint8Array | null

/** A row in the order of the columns that go with it. */
export type Row = readonly Value[]

/** At most `max` deliveries of this hook. */
export type Want = {
  readonly hookId: number
  readonly max: number
  /** Only what is at the head of its line, for deliveries that stand in one. */
  readonly inOrder: boolean
}

export type Lease = { readonly owner: string; readonly nowMs: number; readonly untilMs: number }

/** What was claimed: all of it but its payload's bytes. */
export type Claimed = Omit<ReadyDelivery, 'payload'> & { readonly payloadBytes: number }

/** The new state of a delivery. Applied only while `owner` still holds the lease. */
export type Settlement = {
  readonly accountId: number
  readonly id: number
  readonly state: 'pending' | 'held' | 'delivered' | 'exhausted' | 'cancelled'
  readonly attempts: number
  readonly dueAtMs: number
  readonly settledAtMs: number | null
  /** Why it is held or exhausted, in a word. */
  readonly reason: string | null
}

/** Rows for a table, in the order of the columns that are named. */
export type Insert = {
  readonly kind: 'insert'
  readonly table: keyof Database
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
  /** A row that is there already is left as it is. */
  readonly orIgnore?: boolean
}

/** Ends leases. A delivery whose lease has gone to another owner is left alone. */
export type Settle = {
  readonly kind: 'settle'
  readonly owner: string
  readonly settlements: readonly Settlement[]
}

/** Moves the ends of the leases that `owner` still holds. */
export type Renew = {
  readonly kind: 'renew'
  readonly owner: string
  readonly deliveryIds: readonly number[]
  readonly untilMs: number
}

/** The hot statements, as data: prepared once, and written in as few messages as can be. */
export type BatchStatement = Insert | Settle | Renew

/** The transaction of one unit of work. It must wait for nothing but the database. */
export interface Tx extends Db {
  insert(insert: Insert): Promise<void>
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

  /** All statements or none, durable when it resolves. May share its commit with other batches. */
  batch(statements: readonly BatchStatement[]): Promise<void>

  /**
   * Leases what is due to `lease.owner`, oldest due first within a hook. No delivery is ever given
   * to two owners at once.
   */
  claim(wants: readonly Want[], lease: Lease): Promise<Claimed[]>

  /** The bytes of each event's payload; null where they are no longer kept. */
  readPayloads(eventIds: readonly number[]): Promise<(Uint8Array | null)[]>

  /** Lets go of leases that nobody can hold any more. Only an embedded store knows that at start. */
  releaseOrphans(nowMs: number): Promise<number>

  /** Waits for the units under way, then closes. Further calls reject. Idempotent. */
  close(): Promise<void>
}
