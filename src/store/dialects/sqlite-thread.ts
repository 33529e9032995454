// The thread that owns one SQLite connection. A durable commit blocks for 0.2 ms at the median and
// 3 to 5 ms at worst, which the event loop that serves and delivers must not feel. It knows SQL, rows
// and how bytes are compressed, nothing else of Hookline.
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { compress, decompress } from '../compression.ts'
import { type Step, unpack } from './packet.ts'
import type {
  ThreadAnswer,
  ThreadFailure,
  ThreadOptions,
  ThreadRequest,
  UnitAnswer,
} from './sqlite-channel.ts'

// Statements are few (the store writes them by hand or through Kysely), but a list of conditions
// can make many of the same: the oldest is dropped.
const STATEMENTS_MAX = 500

const { file, readOnly } = workerData as ThreadOptions
const database = new DatabaseSync(file, { readOnly, timeout: 5000 })
const statements = new Map<string, StatementSync>()

// WAL with FULL: a commit is on the disk before it is answered, and readers never wait.
if (!readOnly) {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  // A quiet database would otherwise keep its largest WAL for ever.
  database.exec('PRAGMA journal_size_limit = 134217728')
  // Every 16 MB instead of 4: pages of the indexes that change with each delivery are then copied back
  // once instead of four times. The commit that copies holds up everyone behind it: 20 to 30 ms for 16 MB,
  // and 50 to 80 for 64, which brought no more deliveries a second.
  database.exec('PRAGMA wal_autocheckpoint = 4096')
}
// 4 MB of pages, and reads straight from the page cache of the system, which has the others.
database.exec('PRAGMA cache_size = -4000; PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY')

// Here rather than where the bytes are asked for: 8 MB take some 5 ms, and keep nobody but this thread.
database.function('compressed', bytes => compress(bytes as Uint8Array))
database.function('decompressed', (bytes, encoding) => decompress(bytes as Uint8Array, String(encoding)))

parentPort?.on('message', (requests: ThreadRequest[] | 'close') => {
  if (requests === 'close') {
    database.close()
    parentPort?.close()
    return
  }
  const answers = requests.map(answer)
  parentPort?.postMessage(answers, handedOver(requests, answers))
})

function answer(request: ThreadRequest): ThreadAnswer {
  try {
    if (request.kind === 'transaction')
      return { ok: true, rows: transact(unpack(request.packet)), changes: 0 }
    if (request.kind === 'bytes') return { ok: true, rows: findBytes(request.sql, request.keys), changes: 0 }
    if (request.kind === 'many') {
      refuseOutside()
      return { ok: true, rows: runMany(request.step), changes: 0 }
    }
    if (request.guarded) refuseOutside()
    const statement = prepare(request.sql)
    const values = request.values as SQLInputValue[]
    if (statement.columns().length > 0) return { ok: true, rows: statement.all(...values), changes: 0 }
    return { ok: true, rows: [], changes: Number(statement.run(...values).changes) }
  } catch (error) {
    return { ok: false, failure: failureOf(error) }
  }
}

function refuseOutside(): void {
  if (!database.isTransaction) throw new Error('the transaction has ended')
}

function transact(units: readonly (readonly Step[])[]): UnitAnswer[] {
  prepare('BEGIN IMMEDIATE').run()
  try {
    const answers = units.map(runUnit)
    prepare('COMMIT').run()
    return answers
  } catch (error) {
    // SQLite may have ended it by itself (disk full).
    if (database.isTransaction) prepare('ROLLBACK').run()
    throw error
  }
}

function runUnit(steps: readonly Step[]): UnitAnswer {
  prepare('SAVEPOINT unit').run()
  try {
    const rows = steps.flatMap(runMany)
    prepare('RELEASE unit').run()
    return { ok: true, rows }
  } catch (error) {
    // Without a transaction all units are lost, not this one alone.
    if (!database.isTransaction) throw error
    prepare('ROLLBACK TO unit').run()
    prepare('RELEASE unit').run()
    return { ok: false, failure: failureOf(error) }
  }
}

function runMany({ sql, rows }: Step): unknown[] {
  const statement = prepare(sql)
  const found: unknown[] = []
  const returnsRows = statement.columns().length > 0
  for (const row of rows) {
    if (returnsRows) found.push(...statement.all(...(row as SQLInputValue[])))
    else statement.run(...(row as SQLInputValue[]))
  }
  return found
}

function findBytes(sql: string, keys: readonly number[]): (Uint8Array | null)[] {
  const statement = prepare(sql)
  return keys.map(key => {
    const [bytes = null] = Object.values(statement.get(key) ?? {})
    return bytes as Uint8Array | null
  })
}

function handedOver(requests: readonly ThreadRequest[], answers: readonly ThreadAnswer[]): ArrayBuffer[] {
  return answers.flatMap((answer, index) => {
    if (!answer.ok || requests[index]?.kind !== 'bytes') return []
    return (answer.rows as (Uint8Array<ArrayBuffer> | null)[]).flatMap(bytes => (bytes ? [bytes.buffer] : []))
  })
}

function prepare(sql: string): StatementSync {
  const known = statements.get(sql)
  if (known) return known
  if (statements.size >= STATEMENTS_MAX) {
    const oldest = statements.keys().next().value
    if (oldest !== undefined) statements.delete(oldest)
  }
  const statement = database.prepare(sql)
  statements.set(sql, statement)
  return statement
}

function failureOf(error: unknown): ThreadFailure {
  const { message, errcode } = error as { message: string; errcode?: number }
  return { message, errcode: errcode ?? null }
}
