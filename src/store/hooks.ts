// Hooks as they are remembered. Secrets are sealed on the way in and opened on the way out, here
// and nowhere else. Rules (what may be subscribed, how many, duplicates) belong to the callers.
import type { Selectable } from 'kysely'
import { DEFAULT_CHOICES, type Hook, type HookChoices, type HookTarget } from '../hook.ts'
import { DEFAULT_POLICY, type Policy } from '../policy.ts'
import { Secret } from '../secret.ts'
import { offsetOf, type Page } from './page.ts'
import type { HookTable } from './schema.ts'
import type { Db, Tx } from './store.ts'
import type { Sealed, Vault } from './vault.ts'

/** A hook that has no identifier yet. What it does not choose is as the defaults have it. */
export type NewHook = Omit<Hook, 'id' | 'deletedAt' | keyof HookChoices> & Partial<HookChoices>

/** What the rules about a target's other hooks need to know. Opens no secret. */
export type Subscription = { readonly id: number; readonly url: string; readonly events: readonly string[] }

export async function createHook(tx: Tx, vault: Vault, chosen: NewHook): Promise<Hook> {
  const draft = { ...DEFAULT_CHOICES, ...chosen }
  const { id } = await tx
    .insertInto('hooks')
    .values({
      account_id: draft.accountId,
      target_kind: draft.target.kind,
      target_id: draft.target.id,
      created_at: draft.createdAt.getTime(),
      ...changeable(draft, vault),
      forwarder_user_id: draft.forwarder?.userId ?? null,
      forwarder_name: draft.forwarder?.name ?? null,
      forwarder_seen_at: draft.forwarder && draft.createdAt.getTime(),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { ...draft, id, deletedAt: null }
}

/** Writes the hook as it is given: all but its identifier, its target, its age and whose forwarder it has. */
export async function updateHook(tx: Tx, vault: Vault, hook: Hook): Promise<void> {
  await tx.updateTable('hooks').set(changeable(hook, vault)).where('id', '=', hook.id).execute()
}

/**
 * The row stays, so that what was on its way still knows where from, and the `meta` event that tells
 * of the deletion can be sent. Nothing but `findHookById` finds it any more.
 */
export async function deleteHook(tx: Tx, id: number, at: Date): Promise<void> {
  await tx.updateTable('hooks').set({ deleted_at: at.getTime() }).where('id', '=', id).execute()
  await tx.deleteFrom('breakers').where('hook_id', '=', id).execute()
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

/** The one hook of an App. */
export async function findHookOf(db: Db, vault: Vault, target: HookTarget): Promise<Hook | undefined> {
  const row = await ofTarget(db, target).selectAll().executeTakeFirst()
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

/** Forwarders stand in nobody's way: their hooks have a ceiling of their own. */
export async function listSubscriptions(db: Db, target: HookTarget): Promise<Subscription[]> {
  const rows = await ofTarget(db, target)
    .select(['id', 'url', 'events'])
    .where('forwarder_user_id', 'is', null)
    .orderBy('id')
    .execute()
  return rows.map(({ id, url, events }) => ({ id, url, events: JSON.parse(events) }))
}

function ofTarget(db: Db, { kind, id }: HookTarget) {
  return db
    .selectFrom('hooks')
    .where('target_kind', '=', kind)
    .where('target_id', '=', id)
    .where('deleted_at', 'is', null)
}

function changeable(hook: Omit<Hook, 'id' | 'deletedAt'>, vault: Vault) {
  const { active, events, config, updatedAt, policy, filters, standardWebhooks, previousSecret } = hook
  return {
    active: Number(active),
    events: JSON.stringify(events),
    url: config.url,
    content_type: config.contentType,
    insecure_ssl: Number(config.insecureSsl),
    updated_at: updatedAt.getTime(),
    ...sealed(config.secret, vault),
    policy: policyText(policy),
    filters: filters && JSON.stringify(filters),
    standard_webhooks: Number(standardWebhooks),
    ...sealedPrevious(previousSecret, vault),
  }
}

function sealed(secret: Secret | null, vault: Vault) {
  if (!secret) return { secret: null, secret_key_id: null }
  const { bytes, keyId } = vault.seal(secret)
  return { secret: bytes, secret_key_id: keyId }
}

function sealedPrevious(previous: Hook['previousSecret'], vault: Vault) {
  const { secret, secret_key_id } = sealed(previous?.secret ?? null, vault)
  return {
    previous_secret: secret,
    previous_secret_key_id: secret_key_id,
    previous_secret_until: previous?.until.getTime() ?? null,
  }
}

// Only what differs, so that a hook which never chose follows the defaults of a later version.
function policyText(policy: Policy): string | null {
  const chosen = Object.entries(policy).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(DEFAULT_POLICY[key as keyof Policy]),
  )
  return chosen.length === 0 ? null : JSON.stringify(Object.fromEntries(chosen))
}

// A secret that cannot be opened must not keep its hook from being listed, changed or deleted, nor the
// other hooks of its target from being read.
function whenAsked(vault: Vault, sealed: Sealed): Secret {
  return new Secret(() => vault.open(sealed).reveal())
}

export function hookFrom(row: Selectable<HookTable>, vault: Vault): Hook {
  const {
    secret,
    secret_key_id: keyId,
    previous_secret: previous,
    previous_secret_key_id: previousKeyId,
  } = row
  return {
    accountId: row.account_id,
    id: row.id,
    target: { kind: row.target_kind, id: row.target_id },
    active: row.active === 1,
    events: JSON.parse(row.events),
    config: {
      url: row.url,
      contentType: row.content_type,
      secret: secret && keyId ? whenAsked(vault, { bytes: secret, keyId }) : null,
      insecureSsl: row.insecure_ssl === 1,
    },
    policy: row.policy === null ? DEFAULT_POLICY : { ...DEFAULT_POLICY, ...JSON.parse(row.policy) },
    filters: row.filters === null ? null : JSON.parse(row.filters),
    standardWebhooks: row.standard_webhooks === 1,
    previousSecret:
      previous && previousKeyId
        ? {
            secret: whenAsked(vault, { bytes: previous, keyId: previousKeyId }),
            until: new Date(row.previous_secret_until ?? 0),
          }
        : null,
    forwarder:
      row.forwarder_user_id === null ? null : { userId: row.forwarder_user_id, name: row.forwarder_name },
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    deletedAt: row.deleted_at === null ? null : new Date(row.deleted_at),
  }
}
