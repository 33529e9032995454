// An account goes with all that it owns. What a user wrote in the repositories of others stays, by `ghost`,
// as on GitHub.
import type { Account } from '../account.ts'
import type { HookTarget } from '../hook.ts'
import { createAccount, findAccount } from './accounts.ts'
import type { Db } from './schema.ts'

export const GHOST_LOGIN = 'ghost'

/** Gives the targets whose hooks have gone with it. The rows of its hooks stay, as those of every deleted hook. */
export async function deleteAccount(tx: Db, account: Account, nowMs: number): Promise<HookTarget[]> {
  const targets = await deleteHooks(tx, account, nowMs)
  // First what hangs on its repositories, so that less is left for the ghost.
  await tx.deleteFrom('repositories').where('account_id', '=', account.id).execute()
  if (account.type === 'User') await leaveToGhost(tx, account.id, nowMs)
  await tx.deleteFrom('accounts').where('id', '=', account.id).execute()
  return targets
}

/** Organizations that nobody could administer without this user. */
export async function listSolelyOwned(db: Db, userId: number): Promise<Account['login'][]> {
  const rows = await db
    .selectFrom('memberships as mine')
    .innerJoin('accounts', 'accounts.id', 'mine.organization_id')
    .select('accounts.login')
    .where('mine.user_id', '=', userId)
    .where('mine.role', '=', 'admin')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('memberships as other')
            .select('other.user_id')
            .whereRef('other.organization_id', '=', 'mine.organization_id')
            .where('other.role', '=', 'admin')
            .where('other.user_id', '!=', userId),
        ),
      ),
    )
    .orderBy('accounts.login_key')
    .limit(SOLELY_OWNED_MAX)
    .execute()
  return rows.map(row => row.login)
}

// A ceiling for the names in one refusal.
const SOLELY_OWNED_MAX = 10

async function deleteHooks(tx: Db, { id }: Account, nowMs: number): Promise<HookTarget[]> {
  const repositories = tx.selectFrom('repositories').select('id').where('account_id', '=', id)
  const apps = tx.selectFrom('apps').select('id').where('owner_id', '=', id)
  const rows = await tx
    .updateTable('hooks')
    .set({ deleted_at: nowMs })
    .where('deleted_at', 'is', null)
    .where(({ eb, or, and }) =>
      or([
        and([eb('target_kind', '=', 'repository'), eb('target_id', 'in', repositories)]),
        and([eb('target_kind', '=', 'app'), eb('target_id', 'in', apps)]),
        and([eb('target_kind', '=', 'organization'), eb('target_id', '=', id)]),
      ]),
    )
    .returning(['target_kind as kind', 'target_id as id'])
    .execute()
  return rows
}

async function leaveToGhost(tx: Db, userId: number, nowMs: number): Promise<void> {
  const ghost =
    (await findAccount(tx, GHOST_LOGIN)) ??
    (await createAccount(tx, { type: 'User', login: GHOST_LOGIN, name: 'Deleted user' }, nowMs))
  await tx.updateTable('issues').set({ user_id: ghost.id }).where('user_id', '=', userId).execute()
  await tx.updateTable('issues').set({ closed_by_id: ghost.id }).where('closed_by_id', '=', userId).execute()
  await tx.updateTable('comments').set({ user_id: ghost.id }).where('user_id', '=', userId).execute()
  await tx.updateTable('milestones').set({ creator_id: ghost.id }).where('creator_id', '=', userId).execute()
  await takeBackStars(tx, userId)
}

// Their number is kept with the repository.
async function takeBackStars(tx: Db, userId: number): Promise<void> {
  await tx
    .updateTable('repositories')
    .set(({ eb }) => ({ stars: eb('stars', '-', 1) }))
    .where('id', 'in', tx.selectFrom('stars').select('repository_id').where('user_id', '=', userId))
    .execute()
  await tx.deleteFrom('stars').where('user_id', '=', userId).execute()
}
