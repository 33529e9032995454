// What happened lately in a repository, or in the repositories of an organization, as its list of events
// tells it. Both go by an index, newest first, and no further back than the list does.
import { lowestIdAt } from '../base/id.ts'
import type { Event } from '../event.ts'
import type { HookTarget } from '../hook.ts'
import type { Db } from './schema.ts'

export type ListedEvent = Pick<Event, 'id' | 'name' | 'senderId' | 'createdAt'> & {
  readonly repository: { readonly id: number; readonly name: string; readonly private: boolean }
  readonly payloadBytes: number
}

export type EventListing = {
  readonly sinceMs: number
  /** Only these names; null for all but `except`. */
  readonly names: readonly string[] | null
  readonly except: readonly string[]
  readonly publicOnly: boolean
  readonly limit: number
}

// The names that are wanted may be rare: then nothing but this ends the search.
const LOOKED_AT_MAX = 5_000

/** What belongs to no repository, or to one that is gone or has gone elsewhere, is not among them. */
export async function listEvents(
  db: Db,
  { kind, id }: HookTarget,
  { sinceMs, names, except, publicOnly, limit }: EventListing,
): Promise<readonly ListedEvent[]> {
  const rows = await db
    .selectFrom(query =>
      query
        .selectFrom('events')
        .select(['id', 'name', 'account_id', 'repository_id', 'sender_id', 'created_at', 'payload_bytes'])
        .where(kind === 'repository' ? 'repository_id' : 'organization_id', '=', id)
        .where('id', '>=', lowestIdAt(sinceMs))
        .orderBy('id', 'desc')
        .limit(LOOKED_AT_MAX)
        .as('latest'),
    )
    .innerJoin('repositories', 'repositories.id', 'latest.repository_id')
    .select(['latest.id', 'latest.name', 'sender_id', 'latest.created_at', 'payload_bytes'])
    .select(['repository_id', 'repositories.name as repository_name', 'private'])
    .whereRef('repositories.account_id', '=', 'latest.account_id')
    .where('latest.name', 'not in', except)
    .$if(names !== null, query => query.where('latest.name', 'in', names ?? []))
    .$if(publicOnly, query => query.where('private', '=', 0))
    .orderBy('latest.id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(row => ({
    id: row.id,
    name: row.name,
    senderId: row.sender_id,
    createdAt: new Date(row.created_at),
    repository: { id: row.repository_id ?? 0, name: row.repository_name, private: row.private === 1 },
    payloadBytes: row.payload_bytes,
  }))
}
