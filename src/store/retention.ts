// Forgets what is old, a bounded piece at a time: a page is looked for by reading, and then dropped in
// one short transaction. Identifiers grow with time, so a piece is a range of the key, and no index
// is kept for it. Nothing that still waits for its delivery is dropped, nor what that delivery needs.
import { type ExpressionBuilder, sql } from 'kysely'
import type { Database, Db } from './schema.ts'
import type { Tx } from './store.ts'

/** After the first identifier, up to the second and with it. */
export type IdRange = { readonly afterId: number; readonly lastId: number }

/** `beforeId` is the end of what is old enough. */
export type PageQuery = { readonly afterId: number; readonly beforeId: number; readonly limit: number }

/** What dropping a row costs beside the row itself: its bytes, or the rows that go with it. */
export type PageRow = { readonly id: number; readonly cost: number }

const UNSETTLED = [sql.lit('pending' as const), sql.lit('leased' as const), sql.lit('held' as const)]

/** Neither question for a length reads the bytes themselves. */
export async function pageOfPayloads(db: Db, { afterId, beforeId, limit }: PageQuery): Promise<PageRow[]> {
  return db
    .selectFrom('payloads')
    .select(['event_id as id', sql<number>`length(body)`.as('cost')])
    .where('event_id', '>', afterId)
    .where('event_id', '<', beforeId)
    .orderBy('event_id')
    .limit(limit)
    .execute()
}

export async function pageOfAttempts(db: Db, { afterId, beforeId, limit }: PageQuery): Promise<PageRow[]> {
  return db
    .selectFrom('attempts')
    .select(['id', sql<number>`coalesce(length(response_body), 0)`.as('cost')])
    .where('id', '>', afterId)
    .where('id', '<', beforeId)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** The cost is the number of its deliveries and skips. */
export async function pageOfEvents(db: Db, { afterId, beforeId, limit }: PageQuery): Promise<PageRow[]> {
  return db
    .selectFrom('events')
    .select([
      'id',
      sql<number>`(SELECT count(*) FROM deliveries WHERE event_id = events.id)
                  + (SELECT count(*) FROM skips WHERE event_id = events.id)`.as('cost'),
    ])
    .where('id', '>', afterId)
    .where('id', '<', beforeId)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** The payload of what is not settled stays. Gives the number. */
export async function dropPayloads(tx: Tx, { afterId, lastId }: IdRange): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('payloads')
    .where('event_id', '>', afterId)
    .where('event_id', '<=', lastId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('deliveries')
            .select('id')
            .whereRef('deliveries.event_id', '=', 'payloads.event_id')
            .where('state', 'in', UNSETTLED),
        ),
      ),
    )
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

export async function dropResponseBodies(tx: Tx, { afterId, lastId }: IdRange): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('attempts')
    .set({ response_body: null })
    .where('id', '>', afterId)
    .where('id', '<=', lastId)
    .where('response_body', 'is not', null)
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

export async function dropAttempts(tx: Tx, { afterId, lastId }: IdRange): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('attempts')
    .where('id', '>', afterId)
    .where('id', '<=', lastId)
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

/**
 * Drops events with their payloads, deliveries and skips, unless one of the deliveries is not
 * settled, or was settled since that time: then its attempts are listed still, and can be asked for
 * again. Gives the number of events.
 */
export async function dropEvents(tx: Tx, range: IdRange, settledBeforeMs: number): Promise<number> {
  const over = overEvents(tx, range, settledBeforeMs)
  await tx.deleteFrom('skips').where('event_id', 'in', over).execute()
  await tx.deleteFrom('payloads').where('event_id', 'in', over).execute()
  // Those that stay have a delivery that keeps them, which stays with them: asked once more below,
  // the question has the same answer.
  await tx.deleteFrom('deliveries').where('event_id', 'in', over).execute()
  const { numDeletedRows } = await tx.deleteFrom('events').where('id', 'in', over).executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

function overEvents(db: Db, { afterId, lastId }: IdRange, settledBeforeMs: number) {
  return db
    .selectFrom('events as old')
    .select('old.id')
    .where('old.id', '>', afterId)
    .where('old.id', '<=', lastId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('deliveries as kept')
            .select('kept.id')
            .whereRef('kept.event_id', '=', 'old.id')
            .where(({ or, eb }) =>
              or([eb('kept.state', 'in', UNSETTLED), eb('kept.settled_at', '>=', settledBeforeMs)]),
            ),
        ),
      ),
    )
}

/**
 * Drops deleted hooks, their secrets with them, once nothing waits for them any more. Reads through
 * the hooks, which are few. Bounded; gives the number.
 */
export async function dropDeletedHooks(tx: Tx, deletedBeforeMs: number, limit: number): Promise<number> {
  const rows = await tx
    .selectFrom('hooks')
    .select('id')
    .where('deleted_at', '<', deletedBeforeMs)
    // For each state its own index: by hook for what waits and what is held, and one look at all that is
    // under way.
    .where(({ not, exists, selectFrom }) => not(exists(queuedFor(selectFrom, 'pending'))))
    .where(({ not, exists, selectFrom }) => not(exists(queuedFor(selectFrom, 'held'))))
    .where('id', 'not in', ({ selectFrom }) =>
      selectFrom('deliveries')
        .select('hook_id')
        .where('state', '=', sql.lit('leased'))
        .where('due_at', '>', sql.lit(0)),
    )
    .limit(limit)
    .execute()
  for (const { id } of rows) {
    await tx.deleteFrom('hook_changes').where('hook_id', '=', id).execute()
    await tx.deleteFrom('breakers').where('hook_id', '=', id).execute()
    await tx.deleteFrom('hooks').where('id', '=', id).execute()
  }
  return rows.length
}

function queuedFor(
  selectFrom: ExpressionBuilder<Database, 'hooks'>['selectFrom'],
  state: 'pending' | 'held',
) {
  return selectFrom('deliveries')
    .select('deliveries.id')
    .whereRef('deliveries.hook_id', '=', 'hooks.id')
    .where('state', '=', sql.lit(state))
}

/** The oldest first, as long as they are old enough: their identifiers are counted up. Gives the number. */
export async function dropHookChanges(tx: Tx, beforeMs: number, limit: number): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('hook_changes')
    .where('at', '<', beforeMs)
    .where('id', 'in', ({ selectFrom }) =>
      selectFrom('hook_changes as oldest').select('oldest.id').orderBy('oldest.id').limit(limit),
    )
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

/** Sessions, sign-in links and Apps' tokens that open nothing any more. Bounded; gives the number. */
export async function dropExpired(tx: Tx, nowMs: number, limit: number): Promise<number> {
  let count = 0
  for (const table of ['sessions', 'sign_in_links', 'installation_tokens'] as const) {
    const { numDeletedRows } = await tx
      .deleteFrom(table)
      .where('hash', 'in', ({ selectFrom }) =>
        selectFrom(table).select('hash').where('expires_at', '<=', nowMs).limit(limit),
      )
      .executeTakeFirstOrThrow()
    count += Number(numDeletedRows)
  }
  return count
}
