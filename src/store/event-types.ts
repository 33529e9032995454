// The names of events that accounts have registered, with their schemas.
import type { Selectable } from 'kysely'
import type { EventType } from '../event-type.ts'
import { offsetOf, type Page } from './page.ts'
import type { Db, EventTypeTable } from './schema.ts'
import type { Tx } from './store.ts'

/** By name. */
export async function listEventTypes(db: Db, accountId: number, page: Page): Promise<readonly EventType[]> {
  const rows = await db
    .selectFrom('event_types')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('name')
    .offset(offsetOf(page))
    .limit(page.perPage)
    .execute()
  return rows.map(eventTypeFrom)
}

export async function countEventTypes(db: Db, accountId: number): Promise<number> {
  const { count } = await db
    .selectFrom('event_types')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function listEventTypeNames(db: Db, accountId: number): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('event_types').select('name').where('account_id', '=', accountId).execute()
  return new Set(rows.map(({ name }) => name))
}

export async function findEventType(db: Db, accountId: number, name: string): Promise<EventType | undefined> {
  const row = await db
    .selectFrom('event_types')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('name', '=', name)
    .executeTakeFirst()
  return row && eventTypeFrom(row)
}

/** Makes it, or makes it anew; the time of its making stays. */
export async function putEventType(tx: Tx, type: EventType): Promise<void> {
  const { description, schema, updatedAt } = type
  const changed = {
    description,
    actions: type.actions && JSON.stringify(type.actions),
    schema,
    updated_at: updatedAt.getTime(),
  }
  await tx
    .insertInto('event_types')
    .values({
      account_id: type.accountId,
      name: type.name,
      created_at: type.createdAt.getTime(),
      ...changed,
    })
    .onConflict(conflict => conflict.columns(['account_id', 'name']).doUpdateSet(changed))
    .execute()
}

/** False when there was none. */
export async function deleteEventType(tx: Tx, accountId: number, name: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('event_types')
    .where('account_id', '=', accountId)
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

function eventTypeFrom(row: Selectable<EventTypeTable>): EventType {
  return {
    accountId: row.account_id,
    name: row.name,
    description: row.description,
    actions: row.actions === null ? null : JSON.parse(row.actions),
    schema: row.schema,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  }
}
