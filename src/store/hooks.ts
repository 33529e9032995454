// Hooks as they are remembered. Secrets are sealed on the way in and opened on the way out, here
// and nowhere else. Rules (what may be subscribed, how many, duplicates) belong to the callers.
import type { Selectable } from 'kysely'
import type { Hook, HookTarget } from '../hook.ts'
import type { Secret } from '../secret.ts'
import { offsetOf, type Page } from './page.ts'
import type { HookTable } from './schema.ts'
import type { Db, Tx } from './store.ts'
import type { Vault } from './vault.ts'

/** A hook that has no identifier yet. */
export type NewHook = Omit<Hook, 'id' | 'deletedAt'>

/** What the rules about a target's other hooks need to know. Opens no secret. */
export type Subscription = { readonly id: number; readonly url: string; readonly events: readonly string[] }

export async function createHook(tx: Tx, vault: Vault, draft: NewHook): Promise<Hook> {
  const { id } = await tx
    .insertInto('hooks')
    .values({
      account_id: draft.accountId,
      target_kind: draft.target.kind,
      target_id: draft.target.id,
      created_at: draft.createdAt.getTime(),
      ...changeable(draft, vault),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { ...draft, id, deletedAt: null }
}

/** Writes the hook as it is given: all but its identifier, its target and its age. */
export async function updateHook(tx: Tx, vault: Vault, hook: Hook): Promise<void> {
  await tx.updateTable('hooks').set(changeable(hook, vault)).where('id', '=', hook.id).execute()
}

/**
 * The row stays, so that what was on its way still knows where from, and the `meta` event that tells
 * of the deletion can be sent. Nothing but `findHookById` finds it any more.
 */
export async function deleteHook(tx: Tx, id: number, at: Date): Promise<void> {
  await tx.updateTable('hooks').set({ deleted_at: at.getTime() }).where('id', '=', id).execute()
}

/** A hook of another target is not found. */
export async function findHook(
  db: Db,
  vault: Vault,
  target: HookTarget,
  id: number,
): Promise<Hook | undefined> {
  const row = await ofTarget(db, target).selectAll().where('id', '=', id).executeTakeFirst()
  return row && hookFrom(row, vault)
}

/** Also a deleted one. */
export async function findHookById(db: Db, vault: Vault, id: number): Promise<Hook | undefined> {
  const row = await db.selectFrom('hooks').selectAll().where('id', '=', id).executeTakeFirst()
  return row && hookFrom(row, vault)
}

/** Oldest first, as GitHub lists them. */
export async function listHooks(db: Db, vault: Vault, target: HookTarget, page: Page): Promise<Hook[]> {
  const rows = await ofTarget(db, target)
    .selectAll()
    .orderBy('id')
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  return rows.map(row => hookFrom(row, vault))
}

export async function countHooks(db: Db, target: HookTarget): Promise<number> {
  const row = await ofTarget(db, target)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/** Not paged: 20 hooks for each event bound a target to about 1,500. */
export async function listAllHooks(db: Db, vault: Vault, target: HookTarget): Promise<Hook[]> {
  const rows = await ofTarget(db, target).selectAll().orderBy('id').execute()
  return rows.map(row => hookFrom(row, vault))
}

export async function listSubscriptions(db: Db, target: HookTarget): Promise<Subscription[]> {
  const rows = await ofTarget(db, target).select(['id', 'url', 'events']).orderBy('id').execute()
  return rows.map(({ id, url, events }) => ({ id, url, events: JSON.parse(events) }))
}

function ofTarget(db: Db, { kind, id }: HookTarget) {
  return db
    .selectFrom('hooks')
    .where('target_kind', '=', kind)
    .where('target_id', '=', id)
    .where('deleted_at', 'is', null)
}

function changeable({ active, events, config, updatedAt }: NewHook, vault: Vault) {
  return {
    active: Number(active),
    events: JSON.stringify(events),
    url: config.url,
    content_type: config.contentType,
    insecure_ssl: Number(config.insecureSsl),
    updated_at: updatedAt.getTime(),
    ...sealed(config.secret, vault),
  }
}

function sealed(secret: Secret | null, vault: Vault) {
  if (!secret) return { secret: null, secret_key_id: null }
  const { bytes, keyId } = vault.seal(secret)
  return { secret: bytes, secret_key_id: keyId }
}

function hookFrom(row: Selectable<HookTable>, vault: Vault): Hook {
  const { secret, secret_key_id: keyId } = row
  return {
    accountId: row.account_id,
    id: row.id,
    target: { kind: row.target_kind, id: row.target_id },
    active: row.active === 1,
    events: JSON.parse(row.events),
    config: {
      url: row.url,
      contentType: row.content_type,
      secret: secret && keyId ? vault.open({ bytes: secret, keyId }) : null,
      insecureSsl: row.insecure_ssl === 1,
    },
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    deletedAt: row.deleted_at === null ? null : new Date(row.deleted_at),
  }
}
