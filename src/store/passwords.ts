// The password of a user who has one: its hash, and since when.
import type { Db } from './schema.ts'

export type KeptPassword = { readonly hash: string; readonly changedAt: Date }

export async function findPassword(db: Db, userId: number): Promise<KeptPassword | undefined> {
  const row = await db.selectFrom('passwords').selectAll().where('user_id', '=', userId).executeTakeFirst()
  return row && { hash: row.hash, changedAt: new Date(row.changed_at) }
}

export async function setPassword(tx: Db, userId: number, hash: string, nowMs: number): Promise<void> {
  await tx
    .insertInto('passwords')
    .values({ user_id: userId, hash, changed_at: nowMs })
    .onConflict(conflict => conflict.column('user_id').doUpdateSet({ hash, changed_at: nowMs }))
    .execute()
}

export async function removePassword(tx: Db, userId: number): Promise<void> {
  await tx.deleteFrom('passwords').where('user_id', '=', userId).execute()
}
