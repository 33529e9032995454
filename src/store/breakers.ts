// Breakers that are not closed, so that they outlast a restart, and the record of what changed about
// a hook without its owner's doing.
import type { Breaker } from '../breaker.ts'
import type { Db, Tx } from './store.ts'

type OpenBreaker = Extract<Breaker, { kind: 'open' }>

export type HookChange = {
  readonly accountId: number
  readonly hookId: number
  readonly atMs: number
  readonly change: 'opened' | 'closed' | 'deactivated'
  readonly reason: string
}

/** Bounded by the number of hooks that fail. */
export async function listOpenBreakers(db: Db): Promise<Map<number, OpenBreaker>> {
  const rows = await db.selectFrom('breakers').selectAll().execute()
  return new Map(
    rows.map(row => [
      row.hook_id,
      { kind: 'open', openedAtMs: row.opened_at, probeAtMs: row.probe_at, failedProbes: row.probes },
    ]),
  )
}

export async function saveBreaker(
  tx: Tx,
  accountId: number,
  hookId: number,
  breaker: Breaker,
): Promise<void> {
  if (breaker.kind === 'closed') {
    await tx.deleteFrom('breakers').where('hook_id', '=', hookId).execute()
    return
  }
  const state = {
    opened_at: breaker.openedAtMs,
    probe_at: breaker.probeAtMs,
    probes: breaker.failedProbes,
  }
  await tx
    .insertInto('breakers')
    .values({ account_id: accountId, hook_id: hookId, state: 'open', ...state })
    .onConflict(conflict => conflict.column('hook_id').doUpdateSet(state))
    .execute()
}

export async function recordHookChange(
  tx: Tx,
  { accountId, hookId, atMs, change, reason }: HookChange,
): Promise<void> {
  await tx
    .insertInto('hook_changes')
    .values({ account_id: accountId, hook_id: hookId, at: atMs, change, reason })
    .execute()
}

/** Gives whether it was active until now. */
export async function deactivateHook(tx: Tx, hookId: number, atMs: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('hooks')
    .set({ active: 0, updated_at: atMs })
    .where('id', '=', hookId)
    .where('active', '=', 1)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
