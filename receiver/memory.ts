// What the receiver remembers, in one SQLite file: deliveries by their GUID, repositories by their
// id, and each issue once by its id. A delivery is first stored with its payload and worked on
// after; its payload is dropped in the transaction that counts what it says, so a crash between
// the two loses nothing and counts nothing twice.
import { EventEmitter } from 'node:events'
import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { Day } from './calendar.ts'
import { type Issue, parseObject, type Repository, readIssue, readRepository, readText } from './payload.ts'

export type Arrival = { readonly guid: string; readonly event: string; readonly payload: string }

const GUIDS_KEPT_MS = 90 * 24 * 60 * 60 * 1000
const PRUNE_EVERY_MS = 60 * 60 * 1000
const PRUNE_BATCH = 1000
/** Requests wait while deliveries are worked on, so that is done in short stretches. */
const WORK_STRETCH_MS = 20
const WORK_AGAIN_AFTER_MS = 1000
const REPOSITORIES_MAX = 500

// An issue that was deleted or transferred counts no more: the REST API does not list it there any
// longer, so a backfill would not count it either, and its new home sends an `opened` of its own.
// Its row stays as `gone`, because an `opened` may arrive after the `deleted`.
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY, guid TEXT NOT NULL UNIQUE, event TEXT NOT NULL, action TEXT, repository TEXT,
    received_at INTEGER NOT NULL, payload TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS delivery_unworked ON delivery (id) WHERE payload IS NOT NULL;
  CREATE TABLE IF NOT EXISTS repository (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, updated_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS issue (
    id INTEGER PRIMARY KEY, repository_id INTEGER NOT NULL, created_at INTEGER NOT NULL, gone INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS issue_counted ON issue (created_at, repository_id) WHERE gone = 0;
`
const STORE = 'INSERT OR IGNORE INTO delivery (guid, event, received_at, payload) VALUES (?, ?, ?, ?)'
const UNWORKED = 'SELECT id, event, payload FROM delivery WHERE payload IS NOT NULL ORDER BY id LIMIT 1'
const WORKED = 'UPDATE delivery SET action = ?, repository = ?, payload = NULL WHERE id = ?'
// An old delivery may tell of a name that has been given up since.
const NAME = `INSERT INTO repository VALUES (?, ?, ?) ON CONFLICT DO UPDATE
  SET name = excluded.name, updated_at = excluded.updated_at WHERE excluded.updated_at >= updated_at`
const COUNT = 'INSERT OR IGNORE INTO issue VALUES (?, ?, ?, 0)'
const UNCOUNT = 'INSERT INTO issue VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET gone = 1'
const OPENED = `SELECT name, sum(opened) AS opened FROM (
    SELECT repository_id AS id, count(*) AS opened FROM issue
    WHERE gone = 0 AND created_at >= ? AND created_at < ? GROUP BY repository_id
  ) JOIN repository USING (id) GROUP BY name`
const LATEST = `
  SELECT guid, event, action, repository,
    strftime('%Y-%m-%dT%H:%M:%fZ', received_at / 1000.0, 'unixepoch') AS received_at
  FROM delivery ORDER BY id DESC LIMIT 20`
const PRUNE = `DELETE FROM delivery WHERE received_at < ? AND payload IS NULL
  AND id IN (SELECT id FROM delivery ORDER BY id LIMIT ${PRUNE_BATCH})`

/** Says `changed` when there is something new to show. */
export class Memory extends EventEmitter<{ changed: [] }> {
  readonly #db: DatabaseSync
  readonly #log: (line: string) => void
  readonly #statements = new Map<string, StatementSync>()
  readonly #pruning: NodeJS.Timeout
  #waiting: (Arrival & PromiseWithResolvers<boolean>)[] = []
  #working: NodeJS.Timeout | undefined

  constructor(file: string, log: (line: string) => void) {
    super()
    this.#log = log
    mkdirSync(dirname(resolve(file)), { recursive: true })
    this.#db = new DatabaseSync(file, { timeout: 5000 })
    this.#db.exec(SCHEMA)
    this.#pruning = setInterval(() => this.#prune(), PRUNE_EVERY_MS).unref()
    this.#prune()
    this.#workAfter(0)
  }

  /** Resolves once the delivery is on disk: true when it is new, false when its GUID is known. */
  accept(arrival: Arrival): Promise<boolean> {
    const waiting = { ...arrival, ...Promise.withResolvers<boolean>() }
    // Whatever arrives in one turn of the event loop shares a commit, and so its wait for the disk.
    if (this.#waiting.push(waiting) === 1) setImmediate(() => this.#storeWaiting())
    return waiting.promise
  }

  /** Each issue counts once, however often and by whichever way it comes. */
  count(repository: Repository, issues: readonly Issue[]): void {
    this.#transaction(() => {
      this.#run(NAME, repository.id, repository.name, repository.updatedAtMs)
      for (const issue of issues) this.#run(COUNT, issue.id, repository.id, issue.createdAtMs)
    })
    this.emit('changed')
  }

  /** The most popular repository first. One that was heard of and got no issue has zeros. */
  popularity(days: readonly Day[]) {
    const quiet = days.map(({ date }) => ({ date, opened: 0 }))
    const names = this.#statement('SELECT DISTINCT name FROM repository').all()
    const daysOf = new Map(names.map(({ name }) => [String(name), [...quiet]]))
    for (const [n, { date, fromMs, toMs }] of days.entries()) {
      for (const { name, opened } of this.#statement(OPENED).all(fromMs, toMs)) {
        daysOf.get(String(name))?.splice(n, 1, { date, opened: Number(opened) })
      }
    }
    return [...daysOf]
      .map(([repository, days]) => ({
        repository,
        total: days.reduce((sum, day) => sum + day.opened, 0),
        days,
      }))
      .sort((a, b) => b.total - a.total || (a.repository < b.repository ? -1 : 1))
      .slice(0, REPOSITORIES_MAX)
  }

  /** The latest deliveries, newest first. */
  latest() {
    return this.#statement(LATEST).all()
  }

  /** What was accepted is stored; what was not worked on yet is found at the next start. */
  close(): void {
    if (!this.#db.isOpen) return
    this.#storeWaiting()
    clearInterval(this.#pruning)
    clearTimeout(this.#working)
    this.#db.close()
  }

  #storeWaiting(): void {
    const waiting = this.#waiting
    this.#waiting = []
    if (waiting.length === 0) return
    try {
      const stored = this.#transaction(() =>
        waiting.map(({ guid, event, payload }) => this.#run(STORE, guid, event, Date.now(), payload)),
      )
      for (const [n, { resolve }] of waiting.entries()) resolve(stored[n] === 1)
      this.#workAfter(0)
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }

  #workAfter(ms: number): void {
    clearTimeout(this.#working)
    this.#working = setTimeout(() => this.#work(), ms)
  }

  #work(): void {
    try {
      const until = performance.now() + WORK_STRETCH_MS
      let more = true
      this.#transaction(() => {
        while (more && performance.now() < until) more = this.#workOne()
      })
      if (more) this.#workAfter(0)
      this.emit('changed')
    } catch (error) {
      this.#log(`Deliveries are stored but could not be counted yet: ${error}`)
      this.#workAfter(WORK_AGAIN_AFTER_MS)
    }
  }

  #workOne(): boolean {
    const row = this.#statement(UNWORKED).get()
    if (row === undefined) return false
    const { action, repository, issue } = parseObject(String(row.payload)) ?? {}
    const home = readRepository(repository)
    if (home !== null) this.#learn(home, row.event === 'issues' ? readIssue(issue) : null, action)
    this.#run(WORKED, readText(action), home?.name ?? null, row.id ?? null)
    return true
  }

  #learn({ id, name, updatedAtMs }: Repository, issue: Issue | null, action: unknown): void {
    this.#run(NAME, id, name, updatedAtMs)
    if (issue === null) return
    if (action === 'opened') this.#run(COUNT, issue.id, id, issue.createdAtMs)
    if (action === 'deleted' || action === 'transferred') this.#run(UNCOUNT, issue.id, id, issue.createdAtMs)
  }

  #prune(): void {
    if (!this.#db.isOpen) return
    if (this.#run(PRUNE, Date.now() - GUIDS_KEPT_MS) === PRUNE_BATCH) setImmediate(() => this.#prune())
  }

  #transaction<Result>(work: () => Result): Result {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  #statement(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#db.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  #run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes)
  }
}
