// Brings a database to this program's version. Migrations are numbered and immutable; a database
// that a newer program has written is refused before anything is touched.
import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { AppError } from '../../errors.ts'
import type { Database } from '../schema.ts'
import { house } from './001-house.ts'
import { engine } from './002-engine.ts'
import { apps } from './003-apps.ts'
import { peopleAndMilestones } from './004-people-and-milestones.ts'
import { eventTypes } from './005-event-types.ts'
import { formerNames } from './007-former-names.ts'
import { passwords } from './008-passwords.ts'
import { tunnels } from './009-tunnels.ts'
import { forwarders } from './010-forwarders.ts'

/** How a dialect spells the types that differ. */
export type ColumnTypes = {
  /** A key that the database counts up, and never gives out twice. */
  readonly id: string
  readonly bytes: string
  /** 64 bits. */
  readonly int: string
}

const MIGRATIONS: Readonly<Record<string, (types: ColumnTypes) => string[]>> = {
  '001-house': house,
  '002-engine': engine,
  '003-apps': apps,
  '004-people-and-milestones': peopleAndMilestones,
  '005-event-types': eventTypes,
  '007-former-names': formerNames,
  '008-passwords': passwords,
  '009-tunnels': tunnels,
  '010-forwarders': forwarders,
}

/** Throws `misconfigured` when the database is newer than this program. */
export async function migrate(db: Kysely<Database>, types: ColumnTypes): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrationsFor(types) } })
  await refuseNewer(db)
  const { error } = await migrator.migrateToLatest()
  if (error) throw new Error('migrate the database', { cause: error })
}

function migrationsFor(types: ColumnTypes): Record<string, Migration> {
  const entries = Object.entries(MIGRATIONS).map(([name, statements]) => [
    name,
    {
      up: async (db: Kysely<unknown>) => {
        for (const statement of statements(types)) await sql.raw(statement).execute(db)
      },
    },
  ])
  return Object.fromEntries(entries)
}

async function refuseNewer(db: Kysely<Database>): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(table => table.name === 'kysely_migration')) return
  const done = await sql<{ name: string }>`SELECT name FROM kysely_migration ORDER BY name`.execute(db)
  const unknown = done.rows.filter(({ name }) => !Object.hasOwn(MIGRATIONS, name))
  if (unknown.length === 0) return
  throw new AppError(
    'misconfigured',
    `This data was written by a newer Hookline (it has the migration ${unknown[0]?.name}, which this version ` +
      'does not know). Start the newer version again, or choose another folder with --data.',
  )
}
