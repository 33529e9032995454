// The latest events that the hooks of a target could hear of, for whoever wants to look at some.
import type { Event } from '../event.ts'
import type { HookTarget } from '../hook.ts'
import { isCoveredBy } from './installations.ts'
import type { Db } from './schema.ts'

export type RecentEvent = Pick<Event, 'id' | 'guid' | 'name' | 'action' | 'createdAt'> & {
  readonly payloadBytes: number
}

// An event that is wanted may have happened never: then nothing but this ends the search.
const LOOKED_AT_MAX = 5_000

/** Newest first, by the index of its target; `wanted` picks by name. */
export async function listRecentEvents(
  db: Db,
  { kind, id }: HookTarget,
  wanted: {
    readonly names: readonly string[] | 'all'
    readonly except: readonly string[]
    readonly limit: number
  },
): Promise<RecentEvent[]> {
  const { names, except, limit } = wanted
  const rows = await db
    .selectFrom(query =>
      query
        .selectFrom('events')
        .select(['id', 'guid', 'name', 'action', 'created_at', 'payload_bytes'])
        .select(['account_id', 'repository_id', 'organization_id'])
        .$if(kind === 'repository', it => it.where('repository_id', '=', id))
        .$if(kind === 'organization', it => it.where('organization_id', '=', id))
        .orderBy('id', 'desc')
        .limit(LOOKED_AT_MAX)
        .as('latest'),
    )
    .selectAll()
    .$if(kind === 'app', it => it.where(isCoveredBy(id, 'latest')))
    .where('name', 'not in', except)
    .$if(names !== 'all', query => query.where('name', 'in', [...names]))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(row => ({
    id: row.id,
    guid: row.guid,
    name: row.name,
    action: row.action,
    createdAt: new Date(row.created_at),
    payloadBytes: row.payload_bytes,
  }))
}
