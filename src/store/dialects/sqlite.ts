// The embedded store: one writing thread and one reading thread on a WAL database, held by one
// process. Units of work queue up for the writer; those that wait while a commit is under way
// share the next one, since a durable commit costs the same for one row and for a thousand.

import { performance } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type Dialect as KyselyDialect,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { pause } from '../../base/pause.ts'
import { AppError } from '../../errors.ts'
import { PLAIN_BODY } from '../compression.ts'
import type { Database, Db } from '../schema.ts'
import type { BatchStatement, Claimed, Dialect, Insert, Lease, Row, Tx, Value, Want } from './dialect.ts'
import type { Step } from './packet.ts'
import { SqliteChannel, SqliteError, type UnitAnswer } from './sqlite-channel.ts'

// Units that may share one commit: enough to make the commit's cost vanish, few enough that the
// first of them does not wait long for the last.
const UNITS_PER_COMMIT_MAX = 100

// Batches that may share one commit. Each is bounded by whoever makes it.
const BATCHES_PER_COMMIT_MAX = 20

// A commit costs about 0.2 ms of processor time and a wait for the disk, whatever is in it. Where the event
// loop has little to spare they start this far apart, so that each holds more: 8,000 deliveries a second
// instead of 4,000. Elsewhere each starts when the one before has ended: at half of that load a delivery is
// on its way in 2 to 4 ms instead of 4 to 6.
const BUSY_PERIOD_MS = 2
const BUSY_UTILIZATION = 0.65
const LOOK_MS = 25

type Batch = {
  readonly steps: readonly Step[]
  readonly resolve: (rows: unknown[]) => void
  readonly reject: (error: unknown) => void
}

type Unit = {
  readonly work: (tx: Tx) => Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** `file` is created when missing. Throws `misconfigured` when another process holds it. */
export function openSqlite(file: string): SqliteDialect {
  const lock = holdLock(`${file}.lock`)
  return new SqliteDialect(file, lock)
}

export class SqliteDialect implements Dialect {
  readonly read: Db
  readonly #tx: Tx
  readonly #writer: SqliteChannel
  readonly #lock: DatabaseSync
  readonly #file: string
  #reader: SqliteChannel | undefined
  readonly #units: Unit[] = []
  readonly #batches: Batch[] = []
  #draining: Promise<void> | undefined
  #committedAtMs = Number.NEGATIVE_INFINITY
  #utilization = performance.eventLoopUtilization()
  #lookedAtMs = performance.now()
  #isBusy = false
  #closing: Promise<void> | undefined

  constructor(file: string, lock: DatabaseSync) {
    this.#file = file
    this.#lock = lock
    this.#writer = new SqliteChannel({ file, readOnly: false })
    this.#tx = transactionOn(this.#writer)
    // On first use: a read-only connection needs the file that the writer makes.
    this.read = kyselyOn(() => this.#readChannel())
  }

  /** For migrations alone: Kysely's own transactions, straight on the writing thread. */
  get migrationDb(): Db {
    return kyselyOn(() => this.#writer)
  }

  write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.#closing)
      return Promise.reject(new AppError('unavailable', 'The store is closing.', { retryAfterSeconds: 5 }))
    return new Promise<T>((resolve, reject) => {
      this.#units.push({ work, resolve: resolve as (value: unknown) => void, reject })
      this.#draining ??= this.#drain()
    })
  }

  async batch(statements: readonly BatchStatement[]): Promise<void> {
    await this.#enqueue(statements.map(stepOf).filter(({ rows }) => rows.length > 0))
  }

  async claim(wants: readonly Want[], lease: Lease): Promise<Claimed[]> {
    const rowOf = ({ hookId, max }: Want): Row => [lease.untilMs, lease.owner, hookId, lease.nowMs, max]
    const free = wants.filter(({ inOrder }) => !inOrder).map(rowOf)
    const ordered = wants.filter(({ inOrder }) => inOrder).map(rowOf)
    const claimed = await this.#enqueue([
      { sql: CLAIM, rows: free },
      { sql: CLAIM_BESIDE_LINES, rows: ordered },
      { sql: CLAIM_HEADS, rows: ordered },
    ])
    // An UPDATE returns its rows in no order; identifiers grow with time.
    return (claimed as ClaimedRow[]).map(claimedFrom).sort((one, other) => one.id - other.id)
  }

  readPayloads(eventIds: readonly number[]): Promise<(Uint8Array | null)[]> {
    return this.#readChannel().bytes(READ_PAYLOAD, eventIds)
  }

  async releaseOrphans(nowMs: number): Promise<number> {
    const { changes } = await this.#writer.one(
      `UPDATE deliveries SET state = 'pending', due_at = ?, lease_owner = NULL WHERE state = 'leased'`,
      [nowMs],
    )
    return changes
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #readChannel(): SqliteChannel {
    this.#reader ??= new SqliteChannel({ file: this.#file, readOnly: true })
    return this.#reader
  }

  #enqueue(steps: readonly Step[]): Promise<unknown[]> {
    if (this.#closing)
      return Promise.reject(new AppError('unavailable', 'The store is closing.', { retryAfterSeconds: 5 }))
    return new Promise((resolve, reject) => {
      this.#batches.push({ steps, resolve, reject })
      this.#draining ??= this.#drain()
    })
  }

  async #close(): Promise<void> {
    await this.#draining
    await this.#reader?.close()
    await this.#writer.close()
    this.#lock.close()
  }

  async #drain(): Promise<void> {
    // Units that are asked for in the same tick share the first commit, too.
    await Promise.resolve()
    while (this.#units.length > 0 || this.#batches.length > 0) {
      await this.#paceCommits()
      if (this.#batches.length > 0) await this.#commitBatches(this.#batches.splice(0, BATCHES_PER_COMMIT_MAX))
      if (this.#units.length > 0) await this.#commit(this.#units.splice(0, UNITS_PER_COMMIT_MAX))
    }
    this.#draining = undefined
  }

  // At least a turn of the event loop: who waited for the commit before then joins this one.
  async #paceCommits(): Promise<void> {
    const nowMs = performance.now()
    if (nowMs - this.#lookedAtMs >= LOOK_MS) this.#look(nowMs)
    const waitMs = this.#isBusy ? BUSY_PERIOD_MS - (nowMs - this.#committedAtMs) : 0
    await (waitMs >= 0.5 ? pause(waitMs) : nextTurn())
    this.#committedAtMs = performance.now()
  }

  #look(nowMs: number): void {
    const before = this.#utilization
    this.#utilization = performance.eventLoopUtilization()
    this.#isBusy = performance.eventLoopUtilization(this.#utilization, before).utilization > BUSY_UTILIZATION
    this.#lookedAtMs = nowMs
  }

  async #commitBatches(batches: readonly Batch[]): Promise<void> {
    let answers: UnitAnswer[]
    try {
      answers = await this.#writer.transaction(batches.map(({ steps }) => steps))
    } catch (error) {
      const failure = unavailable(error)
      for (const { reject } of batches) reject(failure)
      return
    }
    batches.forEach(({ resolve, reject, steps }, index) => {
      const answer = answers[index]
      if (answer?.ok) resolve(answer.rows)
      else if (answer) reject(new SqliteError(answer.failure, steps.map(({ sql }) => sql).join('; ')))
    })
  }

  async #commit(units: readonly Unit[]): Promise<void> {
    const done: { unit: Unit; value: unknown }[] = []
    try {
      // Awaited: were a savepoint opened without it, its release would commit behind our back.
      await this.#writer.one('BEGIN IMMEDIATE')
      for (const unit of units) {
        const result = await this.#run(unit)
        if (result) done.push({ unit, value: result.value })
      }
      await this.#writer.one('COMMIT')
    } catch (error) {
      // SQLite may have ended the transaction by itself (disk full): then this fails, and may.
      await this.#writer.one('ROLLBACK').catch(() => {})
      const failure = unavailable(error)
      for (const unit of units) unit.reject(failure)
      return
    }
    for (const { unit, value } of done) unit.resolve(value)
  }

  // One unit within the shared transaction. A unit that throws is taken back alone. Throws when
  // the transaction itself is gone, and with it every unit of the group.
  async #run(unit: Unit): Promise<{ value: unknown } | undefined> {
    await this.#writer.one('SAVEPOINT unit', [], true)
    try {
      const value = await unit.work(this.#tx)
      await this.#writer.one('RELEASE unit', [], true)
      return { value }
    } catch (error) {
      try {
        await this.#writer.one('ROLLBACK TO unit', [], true)
        await this.#writer.one('RELEASE unit', [], true)
      } catch {
        // The first error says why: the disk is full, not that a savepoint is missing.
        throw error
      }
      unit.reject(error)
      return undefined
    }
  }
}

// An exclusive transaction on a file of its own lasts exactly as long as this process, whatever
// ends it: the system takes the lock back even after kill -9.
function holdLock(file: string): DatabaseSync {
  const lock = new DatabaseSync(file)
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    throw new AppError(
      'misconfigured',
      `Another Hookline is running on ${file.replace(/\.lock$/, '')}. Stop it, or choose another folder with --data.`,
      { cause: error },
    )
  }
}

function unavailable(cause: unknown): AppError {
  return new AppError('unavailable', 'The store could not commit.', { cause, retryAfterSeconds: 5 })
}

function transactionOn(channel: SqliteChannel): Tx {
  const insert = async (statement: Insert) => {
    if (statement.rows.length === 0) return
    const { sql, rows } = stepOf(statement)
    await channel.many({ sql, rows: rows.map(row => row.map(ownBuffer)) })
  }
  return Object.assign(
    kyselyOn(() => channel, true),
    { insert },
  )
}

// A view would carry all of the larger buffer that it looks into to the thread.
function ownBuffer(value: Value): Value {
  if (!(value instanceof Uint8Array) || value.byteLength === value.buffer.byteLength) return value
  return new Uint8Array(value)
}

function stepOf(statement: BatchStatement): Step {
  switch (statement.kind) {
    case 'insert':
      return { sql: insertSql(statement), rows: statement.rows }
    case 'settle': {
      const { owner, settlements } = statement
      const rows = settlements.map(
        (s): Row => [s.state, s.attempts, s.dueAtMs, s.settledAtMs, s.reason, s.id, owner],
      )
      return { sql: SETTLE, rows }
    }
    case 'renew': {
      const { owner, deliveryIds, untilMs } = statement
      return { sql: RENEW, rows: deliveryIds.map((id): Row => [untilMs, id, owner]) }
    }
  }
}

// The lists of columns are constants of the queue's.
const INSERTS = new WeakMap<readonly string[], string>()

function insertSql({ table, columns, orIgnore }: Insert): string {
  const known = INSERTS.get(columns)
  if (known) return known
  const made = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})${orIgnore ? ' ON CONFLICT DO NOTHING' : ''}`
  INSERTS.set(columns, made)
  return made
}

// Literals, not parameters, for the state: only then does SQLite use the partial indexes.
// RETURNING sees the updated table alone, hence the event by a subquery.
const CLAIM = claimOf(`
  SELECT id FROM deliveries WHERE hook_id = ?3 AND state = 'pending' AND due_at <= ?4
  ORDER BY due_at LIMIT ?5`)

// Redeliveries by hand, and what was accepted before the hook had an order.
const CLAIM_BESIDE_LINES = claimOf(`
  SELECT id FROM deliveries WHERE hook_id = ?3 AND state = 'pending' AND due_at <= ?4 AND order_key IS NULL
  ORDER BY due_at LIMIT ?5`)

// One seek for each line that has anything in it, however long it is. A head that waits for its
// retry, is under way, or is held, holds back its line.
const CLAIM_HEADS = claimOf(`
  WITH RECURSIVE line (order_key) AS (
    SELECT min(order_key) FROM deliveries
    WHERE hook_id = ?3 AND order_key IS NOT NULL AND state IN ('pending', 'leased', 'held')
    UNION ALL
    SELECT (SELECT min(order_key) FROM deliveries
            WHERE hook_id = ?3 AND order_key > line.order_key AND state IN ('pending', 'leased', 'held'))
    FROM line WHERE line.order_key IS NOT NULL)
  SELECT head.id FROM line CROSS JOIN deliveries AS head
  WHERE head.id = (SELECT min(id) FROM deliveries
                   WHERE hook_id = ?3 AND order_key = line.order_key AND state IN ('pending', 'leased', 'held'))
    AND head.state = 'pending' AND head.due_at <= ?4
  LIMIT ?5`)

function claimOf(ids: string): string {
  return `
  UPDATE deliveries SET state = 'leased', due_at = ?1, lease_owner = ?2
  WHERE id IN (${ids})
  RETURNING account_id, id, hook_id, event_id, redelivery, attempts, order_key, installation_id,
            (SELECT json_object('guid', guid, 'event', name, 'action', action, 'repositoryId', repository_id,
                                'payloadBytes', payload_bytes) FROM events WHERE id = event_id) AS event`
}

const SETTLE = `
  UPDATE deliveries SET state = ?, attempts = ?, due_at = ?, settled_at = ?, reason = ?, lease_owner = NULL
  WHERE id = ? AND state = 'leased' AND lease_owner = ?`

const READ_PAYLOAD = `SELECT ${PLAIN_BODY} FROM payloads WHERE event_id = ?`

const RENEW = `UPDATE deliveries SET due_at = ? WHERE id = ? AND state = 'leased' AND lease_owner = ?`

/** By name, for whoever wants to know how SQLite goes about them. */
export const HOT_STATEMENTS = { CLAIM, CLAIM_BESIDE_LINES, CLAIM_HEADS, SETTLE, RENEW, READ_PAYLOAD } as const

type ClaimedRow = {
  account_id: number
  id: number
  hook_id: number
  event_id: number
  redelivery: number
  attempts: number
  order_key: string | null
  installation_id: number | null
  /** The event as JSON; null when it is gone. */
  event: string | null
}

type ClaimedEvent = Pick<Claimed, 'guid' | 'event' | 'action' | 'repositoryId' | 'payloadBytes'>

// A delivery without its event has no payload either, and is given up for that.
const LOST_EVENT: ClaimedEvent = { guid: '', event: '', action: null, repositoryId: null, payloadBytes: 0 }

function claimedFrom(row: ClaimedRow): Claimed {
  return {
    accountId: row.account_id,
    id: row.id,
    hookId: row.hook_id,
    eventId: row.event_id,
    redelivery: row.redelivery === 1,
    attempts: row.attempts,
    inOrder: row.order_key !== null,
    installationId: row.installation_id,
    ...(row.event === null ? LOST_EVENT : (JSON.parse(row.event) as ClaimedEvent)),
  }
}

/** `guarded`: of a transaction that somebody else begins and ends. */
function kyselyOn(channel: () => SqliteChannel, guarded = false): Db {
  const dialect: KyselyDialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new ChannelDriver(channel, guarded),
    createIntrospector: db => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
  return new Kysely<Database>({ dialect })
}

class ChannelDriver implements Driver {
  readonly #connection: ChannelConnection

  constructor(channel: () => SqliteChannel, guarded: boolean) {
    this.#connection = new ChannelConnection(channel, guarded)
  }

  async init(): Promise<void> {}
  async destroy(): Promise<void> {}
  async releaseConnection(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('BEGIN IMMEDIATE'))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('COMMIT'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('ROLLBACK'))
  }
}

class ChannelConnection implements DatabaseConnection {
  readonly #channel: () => SqliteChannel
  readonly #guarded: boolean

  constructor(channel: () => SqliteChannel, guarded: boolean) {
    this.#channel = channel
    this.#guarded = guarded
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, changes } = await this.#channel().one(query.sql, query.parameters as Row, this.#guarded)
    return { rows: rows as R[], numAffectedRows: BigInt(changes) }
  }

  // biome-ignore lint/correctness/useYield: the contract asks for a generator; nothing streams here.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('the embedded store does not stream: page instead')
  }
}
