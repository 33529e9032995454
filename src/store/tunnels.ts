// Names of tunnels. One belongs to the user who had it first, until they give it back or have not used it for long.
import type { Selectable } from 'kysely'
import type { Db, TunnelNameTable } from './schema.ts'

export type TunnelName = {
  readonly name: string
  readonly userId: number
  readonly createdAt: Date
  readonly lastUsedAt: Date
}

// A quarter: long enough for a holiday and a project that rests.
const UNUSED_MAX_MS = 90 * 24 * 60 * 60 * 1000

const NAMES_PER_USER_MAX = 100

export type Claim = 'claimed' | 'taken' | 'too_many'

/** `claimed` also when it was the user's before: it counts as used now. */
export async function claimTunnelName(tx: Db, name: string, userId: number, nowMs: number): Promise<Claim> {
  const known = await tx.selectFrom('tunnel_names').selectAll().where('name', '=', name).executeTakeFirst()
  if (known && known.user_id !== userId && known.last_used_at > nowMs - UNUSED_MAX_MS) return 'taken'
  if (known?.user_id === userId) {
    await tx.updateTable('tunnel_names').set({ last_used_at: nowMs }).where('name', '=', name).execute()
    return 'claimed'
  }
  // What nobody uses any more goes first.
  await tx
    .deleteFrom('tunnel_names')
    .where(({ eb, or }) =>
      or([
        eb('name', '=', name),
        eb.and([eb('user_id', '=', userId), eb('last_used_at', '<', nowMs - UNUSED_MAX_MS)]),
      ]),
    )
    .execute()
  if ((await listTunnelNames(tx, userId)).length >= NAMES_PER_USER_MAX) return 'too_many'
  await tx
    .insertInto('tunnel_names')
    .values({ name, user_id: userId, created_at: nowMs, last_used_at: nowMs })
    .execute()
  return 'claimed'
}

/** All of them, by name: there are a hundred at most. */
export async function listTunnelNames(db: Db, userId: number): Promise<TunnelName[]> {
  const rows = await db
    .selectFrom('tunnel_names')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('name')
    .limit(NAMES_PER_USER_MAX)
    .execute()
  return rows.map(tunnelNameOf)
}

/** False when the user has none of that name. */
export async function releaseTunnelName(tx: Db, name: string, userId: number): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('tunnel_names')
    .where('name', '=', name)
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

function tunnelNameOf(row: Selectable<TunnelNameTable>): TunnelName {
  return {
    name: row.name,
    userId: row.user_id,
    createdAt: new Date(row.created_at),
    lastUsedAt: new Date(row.last_used_at),
  }
}
