// The secrets before a rotation, forgotten once they sign no more. Whoever signs looks at the time
// itself (rotation.ts): this only keeps what is over from lying about.
import type { Tx } from './store.ts'

/** Bounded; gives the number. Reads through the hooks, which are few: not for every minute. */
export async function dropPreviousSecrets(tx: Tx, nowMs: number, limit: number): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('hooks')
    .set({ previous_secret: null, previous_secret_key_id: null, previous_secret_until: null })
    .where('id', 'in', query =>
      query.selectFrom('hooks').select('id').where('previous_secret_until', '<=', nowMs).limit(limit),
    )
    .executeTakeFirst()
  return Number(numUpdatedRows)
}
