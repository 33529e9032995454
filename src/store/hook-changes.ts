// What changed about a hook without its owner's doing, read: its breaker opened or closed, or it was
// deactivated. It is written by those who change it (breakers.ts).
import type { Db } from './schema.ts'

export type ListedHookChange = { readonly at: Date; readonly change: string; readonly reason: string }

/** Newest first. */
export async function listHookChanges(db: Db, hookId: number, limit: number): Promise<ListedHookChange[]> {
  const rows = await db
    .selectFrom('hook_changes')
    .select(['at', 'change', 'reason'])
    .where('hook_id', '=', hookId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ at, ...told }) => ({ at: new Date(at), ...told }))
}
