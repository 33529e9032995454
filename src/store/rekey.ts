// Changes the key that secrets are sealed with, while no server has the store. It may be killed at
// any instant: the file has both keys from before the first secret is sealed anew until after the
// last, so that everything can be opened all the while, and the next run goes on from there.
import type { Clock } from '../base/clock.ts'
import { AppError } from '../errors.ts'
import { findKeys, writeKeys } from './key-file.ts'
import { type Db, openStore, requireStore, type Store, type Tx } from './store.ts'
import { newVaultKey, type Sealed, Vault, type VaultKeys } from './vault.ts'

// A transaction of a few milliseconds, and as much as fits into a message without a thought.
const BATCH_MAX = 500

export type Rekeyed = {
  readonly keyId: string
  /** Sealed anew by this run. */
  readonly secrets: number
}

/** Throws `misconfigured` when there is no store, a server has it, or a secret cannot be opened. */
export async function rekey(folder: string, clock: Clock): Promise<Rekeyed> {
  requireStore(folder)
  const store = await openStore(folder, clock)
  try {
    const keys = await beginRekey(folder)
    const [current] = keys
    const secrets = await resealAll(store, keys)
    if (await findSealedOtherwise(store.read, current.id)) throw new Error('the old key is still in use')
    await writeKeys(folder, [current])
    return { keyId: current.id, secrets }
  } finally {
    await store.close()
  }
}

/** The new key first. Two keys are there already when an earlier run did not come to its end. */
async function beginRekey(folder: string): Promise<VaultKeys> {
  const keys = await findKeys(folder)
  if (!keys) throw new Error('the store has no keys')
  if (keys.length > 1) return keys
  const both: VaultKeys = [newVaultKey(keys), ...keys]
  await writeKeys(folder, both)
  return both
}

async function resealAll(store: Store, keys: VaultKeys): Promise<number> {
  const vault = new Vault(keys)
  let secrets = 0
  let afterId = 0
  for (;;) {
    const batch = await store.write(tx => resealBatch(tx, vault, keys[0].id, afterId))
    if (batch.lastId === undefined) return secrets
    afterId = batch.lastId
    secrets += batch.secrets
  }
}

/** Also those of deleted hooks, and those before a rotation. */
async function resealBatch(
  tx: Tx,
  vault: Vault,
  keyId: string,
  afterId: number,
): Promise<{ readonly lastId: number | undefined; readonly secrets: number }> {
  const rows = await sealedOtherwise(tx, keyId)
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(BATCH_MAX)
    .execute()
  let secrets = 0
  const reseal = (hookId: number, bytes: Uint8Array | null, sealedBy: string | null): Sealed | undefined => {
    if (!bytes || !sealedBy || sealedBy === keyId) return undefined
    secrets++
    return resealed(vault, hookId, { bytes, keyId: sealedBy })
  }
  const updates = rows.map(row => {
    const own = reseal(row.id, row.secret, row.secret_key_id)
    const previous = reseal(row.id, row.previous_secret, row.previous_secret_key_id)
    return tx
      .updateTable('hooks')
      .set({
        ...(own && { secret: own.bytes, secret_key_id: own.keyId }),
        ...(previous && { previous_secret: previous.bytes, previous_secret_key_id: previous.keyId }),
      })
      .where('id', '=', row.id)
  })
  // Asked for together, they share one message.
  await Promise.all(updates.map(update => update.execute()))
  return { lastId: rows.at(-1)?.id, secrets }
}

function resealed(vault: Vault, hookId: number, sealed: Sealed): Sealed {
  try {
    return vault.seal(vault.open(sealed))
  } catch (cause) {
    throw new AppError(
      'misconfigured',
      `The secret of hook ${hookId} could not be sealed anew, so every key stays in secret.key. ${(cause as Error).message}`,
      { cause },
    )
  }
}

function sealedOtherwise(db: Db, keyId: string) {
  return db
    .selectFrom('hooks')
    .select(['id', 'secret', 'secret_key_id', 'previous_secret', 'previous_secret_key_id'])
    .where(({ or, eb }) => or([eb('secret_key_id', '!=', keyId), eb('previous_secret_key_id', '!=', keyId)]))
}

async function findSealedOtherwise(db: Db, keyId: string): Promise<{ readonly id: number } | undefined> {
  return sealedOtherwise(db, keyId).limit(1).executeTakeFirst()
}
