// Deliveries that are sent once more, or sooner than they would be: what else changes in the queue when
// somebody asks for that.
import { sql } from 'kysely'
import type { Tx } from './store.ts'

/** What is sent once more is not listed as given up any more: its redelivery stands for it. */
export async function supersedeExhausted(tx: Tx, hookId: number, eventId: number): Promise<void> {
  await tx
    .updateTable('deliveries')
    .set({ state: 'cancelled', reason: 'redelivered' })
    .where('event_id', '=', eventId)
    .where('hook_id', '=', hookId)
    .where('state', '=', 'exhausted')
    .execute()
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
