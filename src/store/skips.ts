// Skips, read: hooks that asked for an event and did not get it. They are written where events are
// accepted (queue.ts).
import type { Selectable } from 'kysely'
import type { Skip } from '../standing.ts'
import { LISTED_EVENT, type ListedEvent, listedEventFrom } from './delivery-list.ts'
import type { Db, SkipTable } from './schema.ts'

export type ListedSkip = { readonly skip: Skip; readonly event: ListedEvent }

// One for each hook of a target and of its organization: hooks are bounded by 20 an event name.
const SKIPS_OF_EVENT_MAX = 5000

/** Of the latest events first. `after` is the last event that was listed. */
export async function listSkips(
  db: Db,
  hookId: number,
  { after, limit }: { readonly after?: number | undefined; readonly limit: number },
): Promise<ListedSkip[]> {
  const rows = await db
    .selectFrom('skips')
    .innerJoin('events', 'events.id', 'skips.event_id')
    .select(SKIP)
    .select(LISTED_EVENT)
    .where('skips.hook_id', '=', hookId)
    .$if(after !== undefined, query => query.where('skips.event_id', '<', after ?? 0))
    .orderBy('skips.event_id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(row => ({ skip: skipFrom(row), event: listedEventFrom(row) }))
}

export async function findSkip(db: Db, hookId: number, eventId: number): Promise<Skip | undefined> {
  const row = await db
    .selectFrom('skips')
    .select(SKIP)
    .where('event_id', '=', eventId)
    .where('hook_id', '=', hookId)
    .executeTakeFirst()
  return row && skipFrom(row)
}

/** By hook. */
export async function skipsOf(db: Db, eventId: number): Promise<ReadonlyMap<number, Skip>> {
  const rows = await db
    .selectFrom('skips')
    .select(SKIP)
    .where('event_id', '=', eventId)
    .limit(SKIPS_OF_EVENT_MAX)
    .execute()
  return new Map(rows.map(row => [row.hook_id, skipFrom(row)]))
}

const SKIP = [
  'skips.event_id as event_id',
  'skips.hook_id as hook_id',
  'skips.reason as reason',
  'skips.detail as detail',
  'skips.created_at as created_at',
] as const

function skipFrom(row: Omit<Selectable<SkipTable>, 'account_id'>): Skip {
  return {
    hookId: row.hook_id,
    eventId: row.event_id,
    reason: row.reason,
    detail: row.detail,
    createdAt: new Date(row.created_at),
  }
}
