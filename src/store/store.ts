// Opens what is remembered. A folder gives the embedded store; its key for secrets lies beside it,
// readable by its owner alone.
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../base/clock.ts'
import { IdSource } from '../base/id.ts'
import { AppError } from '../errors.ts'
import type { Dialect } from './dialects/dialect.ts'
import { openSqlite } from './dialects/sqlite.ts'
import { ensureKeys } from './key-file.ts'
import { migrate } from './migrations/migrate.ts'
import type { Db } from './schema.ts'
import { Vault } from './vault.ts'

export type { Tx } from './dialects/dialect.ts'
export type { Db } from './schema.ts'

/** The dialect's promises, and what goes with them. */
export type Store = Pick<Dialect, 'read' | 'write' | 'batch' | 'claim' | 'readPayloads' | 'close'> & {
  readonly vault: Vault
  /** Identifiers of events, deliveries and attempts. */
  readonly ids: IdSource
}

/** `folder` is made when missing. Throws `misconfigured` with a sentence when it cannot be used. */
export async function openStore(folder: string, clock: Clock): Promise<Store> {
  await makeFolder(folder)
  const dialect = openSqlite(databaseIn(folder))
  try {
    await migrate(dialect.migrationDb, SQLITE_TYPES)
    const vault = new Vault(await ensureKeys(folder))
    await dialect.releaseOrphans(clock.nowMs())
    const ids = new IdSource(clock, { after: await highestId(dialect.read) })
    return {
      read: dialect.read,
      write: work => dialect.write(work),
      batch: statements => dialect.batch(statements),
      claim: (wants, lease) => dialect.claim(wants, lease),
      readPayloads: eventIds => dialect.readPayloads(eventIds),
      vault,
      ids,
      close: () => dialect.close(),
    }
  } catch (error) {
    await dialect.close()
    throw error
  }
}

/** The embedded store's database. */
export function databaseIn(folder: string): string {
  return join(folder, 'hookline.db')
}

/** Throws `misconfigured` where opening a store would make a new one. */
export function requireStore(folder: string): void {
  if (existsSync(databaseIn(folder))) return
  throw new AppError(
    'misconfigured',
    `There is no data of Hookline in ${folder}. Give the folder of the server with --data.`,
  )
}

const SQLITE_TYPES = { id: 'INTEGER PRIMARY KEY AUTOINCREMENT', bytes: 'BLOB', int: 'INTEGER' }

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // Throws when we may not write there, before SQLite says so in its own words.
    await writeFile(join(folder, '.writable'), '')
  } catch (error) {
    throw new AppError(
      'misconfigured',
      `The data folder ${folder} cannot be written to (${(error as NodeJS.ErrnoException).code}). ` +
        'Give this user the right to write there, or choose another folder with --data.',
      { cause: error },
    )
  }
}

async function highestId(db: Db): Promise<number> {
  const tables = ['events', 'deliveries', 'attempts'] as const
  const rows = await Promise.all(
    tables.map(table =>
      db
        .selectFrom(table)
        .select(({ fn }) => fn.max('id').as('id'))
        .executeTakeFirst(),
    ),
  )
  return Math.max(0, ...rows.map(row => row?.id ?? 0))
}
