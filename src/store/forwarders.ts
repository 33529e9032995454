// Hooks of forwarders, by what other hooks are never asked for: whose they are and when somebody was there.
import { sql } from 'kysely'
import { NAMED_KEPT_MS, UNNAMED_KEPT_MS } from '../forwarder.ts'
import type { Hook, HookTarget } from '../hook.ts'
import { hookFrom } from './hooks.ts'
import type { Db, Tx } from './store.ts'
import type { Vault } from './vault.ts'

/** As much of it as a ceiling needs to know. */
export type ForwarderHook = {
  readonly id: number
  readonly target: HookTarget
  readonly userId: number
  readonly name: string | null
}

/** The one that this user has made there under this name. */
export async function findForwarderHook(
  db: Db,
  vault: Vault,
  { target, userId, name }: { readonly target: HookTarget; readonly userId: number; readonly name: string },
): Promise<Hook | undefined> {
  const row = await forwarderHooks(db)
    .selectAll()
    .where('target_kind', '=', target.kind)
    .where('target_id', '=', target.id)
    .where('forwarder_user_id', '=', userId)
    .where('forwarder_name', '=', name)
    .executeTakeFirst()
  return row && hookFrom(row, vault)
}

/** Everybody's there, whoever was away longest first. */
export async function listForwarderHooks(db: Db, target: HookTarget): Promise<ForwarderHook[]> {
  const rows = await forwarderHooks(db)
    .select(COLUMNS)
    .where('target_kind', '=', target.kind)
    .where('target_id', '=', target.id)
    .orderBy('forwarder_seen_at')
    .orderBy('id')
    .execute()
  return rows.map(forwarderFrom)
}

/** Somebody is connected to these. */
export async function markForwardersSeen(tx: Tx, hookIds: readonly number[], nowMs: number): Promise<void> {
  if (hookIds.length === 0) return
  await tx.updateTable('hooks').set({ forwarder_seen_at: nowMs }).where('id', 'in', hookIds).execute()
}

/** Where nobody was for longer than such a hook is kept. Bounded. */
export async function listForsakenHooks(db: Db, nowMs: number, limit: number): Promise<ForwarderHook[]> {
  const rows = await forwarderHooks(db)
    .select(COLUMNS)
    .where('forwarder_seen_at', '<', nowMs - UNNAMED_KEPT_MS)
    .where(({ or, eb }) =>
      or([eb('forwarder_name', 'is', null), eb('forwarder_seen_at', '<', nowMs - NAMED_KEPT_MS)]),
    )
    .limit(limit)
    .execute()
  return rows.map(forwarderFrom)
}

/** Which of these hooks are deleted. */
export async function listDeletedHooks(db: Db, hookIds: readonly number[]): Promise<number[]> {
  if (hookIds.length === 0) return []
  const rows = await db
    .selectFrom('hooks')
    .select('id')
    .where('id', 'in', hookIds)
    .where('deleted_at', 'is not', null)
    .execute()
  return rows.map(({ id }) => id)
}

/** The newest of a hook's waiting deliveries that are more than may wait; undefined when none is. */
export async function findSurplus(db: Db, hookId: number, max: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('deliveries')
    .select('id')
    .where('hook_id', '=', hookId)
    .where('state', '=', sql.lit('pending'))
    .orderBy('id', 'desc')
    .limit(1)
    .offset(max)
    .executeTakeFirst()
  return row?.id
}

/** Gives up what waits for a hook, from the oldest up to this one. Bounded; gives the number. */
export async function giveUpSurplus(
  tx: Tx,
  hookId: number,
  { upToId, nowMs, limit }: { readonly upToId: number; readonly nowMs: number; readonly limit: number },
): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('deliveries')
    .set({ state: 'exhausted', reason: 'too_many', settled_at: nowMs, lease_owner: null })
    .where('id', 'in', query =>
      query
        .selectFrom('deliveries')
        .select('id')
        .where('hook_id', '=', hookId)
        .where('state', '=', sql.lit('pending'))
        .where('id', '<=', upToId)
        .orderBy('id')
        .limit(limit),
    )
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

const COLUMNS = ['id', 'target_kind', 'target_id', 'forwarder_user_id', 'forwarder_name'] as const

function forwarderHooks(db: Db) {
  return db.selectFrom('hooks').where('forwarder_user_id', 'is not', null).where('deleted_at', 'is', null)
}

function forwarderFrom(row: {
  readonly id: number
  readonly target_kind: HookTarget['kind']
  readonly target_id: number
  readonly forwarder_user_id: number | null
  readonly forwarder_name: string | null
}): ForwarderHook {
  return {
    id: row.id,
    target: { kind: row.target_kind, id: row.target_id },
    userId: row.forwarder_user_id ?? 0,
    name: row.forwarder_name,
  }
}
