// The attempts of one event at one hook. The log has no index for that, which every attempt would pay
// for. They are looked for where they can be: failures among the hook's failures since the event, a
// success at the time when its delivery was settled. All of it is bounded.
import { sql } from 'kysely'
import { lowestIdAt } from '../base/id.ts'
import type { AttemptSummary } from '../delivery.ts'
import type { QueuedDelivery } from '../standing.ts'
import { listAttempts } from './attempts.ts'
import type { Db } from './schema.ts'

// Rows looked at in each search, about 2 µs each.
const LOOKED_AT_MAX = 2000

// Deliveries whose end is looked for, and attempts that are given: of the latest.
const ENDS_MAX = 20
const ATTEMPTS_MAX = 100

// An attempt and its delivery's end are told one right after the other; identifiers may run ahead of
// the clock in a burst.
const SETTLED_BEFORE_MS = 50
const SETTLED_AHEAD_MS = 2000

/** Oldest first; perhaps not all that `deliveries`, which are newest first, count. */
export async function listAttemptsOf(
  db: Db,
  hookId: number,
  eventId: number,
  deliveries: readonly QueuedDelivery[],
): Promise<AttemptSummary[]> {
  const made = deliveries.reduce((sum, { attempts }) => sum + attempts, 0)
  if (made === 0) return []
  const ids = new Set([
    ...(await failuresSince(db, hookId, eventId)),
    ...(await endsOf(db, hookId, eventId, deliveries)),
  ])
  // Redirects are failures that are not among the log's failures.
  if (ids.size < made) for (const id of await firstSince(db, hookId, eventId)) ids.add(id)
  const oldestFirst = [...ids].sort((one, other) => one - other).slice(-ATTEMPTS_MAX)
  const found = oldestFirst.map(fromId => listAttempts(db, hookId, { fromId, limit: 1 }))
  return (await Promise.all(found)).flat()
}

async function failuresSince(db: Db, hookId: number, eventId: number): Promise<number[]> {
  return idsOf(
    await db
      .selectFrom(eb =>
        eb
          .selectFrom('attempts')
          .select(['id', 'event_id'])
          .where('hook_id', '=', hookId)
          // A literal: only then is the index of failures used.
          .where('status_code', '>=', sql.lit(400))
          .where('id', '>', eventId)
          .orderBy('id')
          .limit(LOOKED_AT_MAX)
          .as('failure'),
      )
      .select('id')
      .where('event_id', '=', eventId)
      .execute(),
  )
}

async function firstSince(db: Db, hookId: number, eventId: number): Promise<number[]> {
  return between(db, hookId, eventId, eventId, Number.MAX_SAFE_INTEGER)
}

async function endsOf(
  db: Db,
  hookId: number,
  eventId: number,
  deliveries: readonly QueuedDelivery[],
): Promise<number[]> {
  const settled = deliveries.slice(0, ENDS_MAX).flatMap(({ settledAt }) => settledAt ?? [])
  const found = await Promise.all(
    settled.map(at =>
      between(
        db,
        hookId,
        eventId,
        lowestIdAt(at.getTime() - SETTLED_BEFORE_MS),
        lowestIdAt(at.getTime() + SETTLED_AHEAD_MS),
      ),
    ),
  )
  return found.flat()
}

async function between(
  db: Db,
  hookId: number,
  eventId: number,
  afterId: number,
  beforeId: number,
): Promise<number[]> {
  return idsOf(
    await db
      .selectFrom(eb =>
        eb
          .selectFrom('attempts')
          .select(['id', 'event_id'])
          .where('hook_id', '=', hookId)
          .where('id', '>', afterId)
          .where('id', '<', beforeId)
          .orderBy('id')
          .limit(LOOKED_AT_MAX)
          .as('some'),
      )
      .select('id')
      .where('event_id', '=', eventId)
      .execute(),
  )
}

function idsOf(rows: readonly { readonly id: number }[]): number[] {
  return rows.map(({ id }) => id)
}
