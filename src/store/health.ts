// What a hook's health is judged by: its latest attempts, how much waits, and its breaker. Every
// question reads a bounded piece of an index, however much there is.
import { sql } from 'kysely'
import { lowestIdAt } from '../base/id.ts'
import type { AttemptSample } from '../health.ts'
import type { OpenBreaker } from '../standing.ts'
import type { QueueState } from './delivery-list.ts'
import type { Db } from './schema.ts'

/** The latest attempts since that time, and before the other one if there is one: at most `limit`, newest first. */
export async function sampleAttempts(
  db: Db,
  hookId: number,
  {
    sinceMs,
    untilMs,
    limit,
  }: { readonly sinceMs: number; readonly untilMs?: number; readonly limit: number },
): Promise<AttemptSample[]> {
  return db
    .selectFrom('attempts')
    .select(['id', 'status_code as statusCode', 'took_ms as tookMs'])
    .where('hook_id', '=', hookId)
    .where('id', '>=', lowestIdAt(sinceMs))
    .$if(untilMs !== undefined, query => query.where('id', '<', lowestIdAt(untilMs ?? 0)))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** Counts no further than `limit`: that many, then, or more. */
export async function countQueued(
  db: Db,
  hookId: number,
  state: QueueState,
  { limit, dueByMs }: { readonly limit: number; readonly dueByMs?: number },
): Promise<number> {
  const { count } = await db
    .selectFrom(eb =>
      eb
        .selectFrom('deliveries')
        .select('id')
        .where('hook_id', '=', hookId)
        .where('state', '=', sql.lit(state))
        .$if(dueByMs !== undefined, query => query.where('due_at', '<=', dueByMs ?? 0))
        .limit(limit)
        .as('some'),
    )
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** When the first of what is pending is, or was, due after that time. */
export async function findNextDue(db: Db, hookId: number, afterMs: number): Promise<Date | null> {
  const row = await db
    .selectFrom('deliveries')
    .select('due_at')
    .where('hook_id', '=', hookId)
    .where('state', '=', sql.lit('pending'))
    .where('due_at', '>', afterMs)
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst()
  return row ? new Date(row.due_at) : null
}

/** Of these hooks, those whose breaker is not closed. */
export async function openBreakersOf(
  db: Db,
  hookIds: readonly number[],
): Promise<ReadonlyMap<number, OpenBreaker>> {
  if (hookIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('breakers')
    .select(['hook_id', 'opened_at', 'probe_at', 'probes'])
    .select(eb =>
      eb
        .selectFrom('hook_changes')
        .select('reason')
        .whereRef('hook_changes.hook_id', '=', 'breakers.hook_id')
        .where('change', '=', 'opened')
        .orderBy('id', 'desc')
        .limit(1)
        .as('reason'),
    )
    .where('hook_id', 'in', hookIds)
    .execute()
  return new Map(
    rows.map(row => [
      row.hook_id,
      {
        openedAt: new Date(row.opened_at),
        probeAt: new Date(row.probe_at),
        failedProbes: row.probes,
        reason: row.reason,
      },
    ]),
  )
}

export async function findOpenBreaker(db: Db, hookId: number): Promise<OpenBreaker | null> {
  return (await openBreakersOf(db, [hookId])).get(hookId) ?? null
}
