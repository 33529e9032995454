// A key that a client gives to a request, so that sending it again does it once. The key, what was
// done and the answer are one transaction.
import type { HookTarget } from '../hook.ts'
import type { Db, Tx } from './store.ts'

/** Afterwards the same key begins anew. */
export const KEY_LIFE_MS = 24 * 60 * 60 * 1000

export type KeyUse = {
  readonly accountId: number
  readonly target: HookTarget
  readonly key: string
  /** Of the request's body. */
  readonly fingerprint: string
  readonly nowMs: number
}

/** What the key was used for before. */
export type EarlierUse = { readonly fingerprint: string; readonly answer: string }

/**
 * Undefined when the key is the caller's, who then has to call `rememberAnswer` in the same
 * transaction. Whoever comes with the same key meanwhile waits for that transaction to end.
 */
export async function claimKey(tx: Tx, use: KeyUse): Promise<EarlierUse | undefined> {
  const target = nameOf(use.target)
  await tx
    .deleteFrom('idempotency_keys')
    .where('target', '=', target)
    .where('key', '=', use.key)
    .where('created_at', '<=', use.nowMs - KEY_LIFE_MS)
    .execute()
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('idempotency_keys')
    .values({
      account_id: use.accountId,
      target,
      key: use.key,
      fingerprint: use.fingerprint,
      answer: '',
      created_at: use.nowMs,
    })
    .onConflict(conflict => conflict.columns(['target', 'key']).doNothing())
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows === 1n) return undefined

  return tx
    .selectFrom('idempotency_keys')
    .select(['fingerprint', 'answer'])
    .where('target', '=', target)
    .where('key', '=', use.key)
    .executeTakeFirstOrThrow()
}

/** Without claiming it. Whoever is using it just now is not waited for. */
export async function findKeyUse(db: Db, { target, key, nowMs }: KeyUse): Promise<EarlierUse | undefined> {
  return db
    .selectFrom('idempotency_keys')
    .select(['fingerprint', 'answer'])
    .where('target', '=', nameOf(target))
    .where('key', '=', key)
    .where('created_at', '>', nowMs - KEY_LIFE_MS)
    .executeTakeFirst()
}

export async function rememberAnswer(
  tx: Tx,
  { target, key }: Pick<KeyUse, 'target' | 'key'>,
  answer: string,
): Promise<void> {
  await tx
    .updateTable('idempotency_keys')
    .set({ answer })
    .where('target', '=', nameOf(target))
    .where('key', '=', key)
    .execute()
}

function nameOf({ kind, id }: HookTarget): string {
  return `${kind}:${id}`
}
