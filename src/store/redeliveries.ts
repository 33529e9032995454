// Deliveries that are sent once more, or sooner than they would be: what else changes in the queue when
// somebody asks for that.
import { sql } from 'kysely'
import type { DeliveryState } from '../delivery.ts'
import type { Db, Tx } from './store.ts'

/** What is sent once more is not listed as given up any more: its redelivery stands for it. */
export async function supersedeExhausted(tx: Tx, hookId: number, eventIds: readonly number[]): Promise<void> {
  const ids = await listIdsOf(tx, hookId, eventIds, 'exhausted')
  if (ids.length === 0) return
  await tx
    .updateTable('deliveries')
    .set({ state: 'cancelled', reason: 'redelivered' })
    .where('id', 'in', ids)
    .execute()
}

/** Makes due what of these events waits for its retry. */
export async function bringEventsForward(
  tx: Tx,
  hookId: number,
  eventIds: readonly number[],
  nowMs: number,
): Promise<void> {
  const ids = await listIdsOf(tx, hookId, eventIds, 'pending')
  if (ids.length === 0) return
  await tx.updateTable('deliveries').set({ due_at: nowMs }).where('id', 'in', ids).execute()
}

/** Makes due what waits for its retry. Bounded; gives the number. */
export async function bringAllForward(tx: Tx, hookId: number, nowMs: number, limit: number): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('deliveries')
    .set({ due_at: nowMs })
    .where('id', 'in', query =>
      query
        .selectFrom('deliveries')
        .select('id')
        .where('hook_id', '=', hookId)
        // A literal: only then is the partial index used.
        .where('state', '=', sql.lit('pending'))
        .where('due_at', '>', nowMs)
        .limit(limit),
    )
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

// The state is compared here. Asked for it, too, SQLite looks at its value and takes the index of all
// that the hook has in that state, of which there may be a million, instead of that of the events.
export async function listIdsOf(
  db: Db,
  hookId: number,
  eventIds: readonly number[],
  state: DeliveryState,
): Promise<number[]> {
  if (eventIds.length === 0) return []
  const rows = await db
    .selectFrom('deliveries')
    .select(['id', 'state'])
    .where('event_id', 'in', eventIds)
    .where('hook_id', '=', hookId)
    .execute()
  return rows.flatMap(row => (row.state === state ? [row.id] : []))
}
