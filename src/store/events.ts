// Events that were accepted, read for their own sake rather than for a delivery's.
import { sql } from 'kysely'
import { findPayload } from './queue.ts'
import type { Db } from './schema.ts'

/** The exact bytes of a repository's latest push; null when there is none, or it is no longer kept. */
export async function findLatestPush(db: Db, repositoryId: number): Promise<Uint8Array | null> {
  const event = await db
    .selectFrom('events')
    .select('id')
    .where('repository_id', '=', repositoryId)
    // A literal: only then is the index of pushes used.
    .where('name', '=', sql.lit('push'))
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return event ? findPayload(db, event.id) : null
}
