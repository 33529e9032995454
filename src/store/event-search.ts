// Finding one event, by its identifier or by its GUID. GUIDs have no index, which every accepted event
// would pay for: one of version 1 tells when it was made, and identifiers grow with time.
import type { Selectable } from 'kysely'
import { lowestIdAt } from '../base/id.ts'
import { uuidTimeMs } from '../base/uuid-time.ts'
import type { Event } from '../event.ts'
import type { Db, EventTable } from './schema.ts'

export type StoredEvent = Event & { readonly payloadBytes: number }

// An identifier may run ahead of the clock in a burst. Looked for close by first: two seconds of a
// busy server are 40,000 events.
const SLACKS_MS = [50, 2000]

export async function findStoredEvent(db: Db, id: number): Promise<StoredEvent | undefined> {
  const row = await db.selectFrom('events').selectAll().where('id', '=', id).executeTakeFirst()
  return row && eventFrom(row)
}

/** Not found as well when the clock was turned by more than two seconds as it was accepted. */
export async function findEventByGuid(db: Db, guid: string): Promise<StoredEvent | undefined> {
  const timeMs = uuidTimeMs(guid)
  if (timeMs === undefined) return undefined
  for (const slackMs of SLACKS_MS) {
    const row = await db
      .selectFrom('events')
      .selectAll()
      .where('id', '>=', lowestIdAt(timeMs - slackMs))
      .where('id', '<', lowestIdAt(timeMs + slackMs))
      .where('guid', '=', guid.toLowerCase())
      .limit(1)
      .executeTakeFirst()
    if (row) return eventFrom(row)
  }
  return undefined
}

function eventFrom(row: Selectable<EventTable>): StoredEvent {
  return {
    accountId: row.account_id,
    id: row.id,
    guid: row.guid,
    name: row.name,
    action: row.action,
    repositoryId: row.repository_id,
    organizationId: row.organization_id,
    senderId: row.sender_id,
    payloadBytes: row.payload_bytes,
    createdAt: new Date(row.created_at),
  }
}
