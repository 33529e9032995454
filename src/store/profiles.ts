// What changes about an account: what it tells of itself on its own page, its login, and how it stands.
import type { Account } from '../account.ts'
import { notFound, validationFailed } from '../errors.ts'
import { accountOf } from './accounts.ts'
import type { Db } from './schema.ts'

/** What is not there has not been told. */
export type Profile = {
  readonly company?: string
  readonly location?: string
  readonly blog?: string
  readonly billingEmail?: string
  readonly twitterUsername?: string
}

export type AccountChanges = {
  readonly name?: string | null
  readonly email?: string | null
  readonly description?: string | null
  /** Replaces all of it. */
  readonly profile?: Profile
}

export async function readProfile(db: Db, accountId: number): Promise<Profile> {
  const row = await db.selectFrom('accounts').select('profile').where('id', '=', accountId).executeTakeFirst()
  return row?.profile ? (JSON.parse(row.profile) as Profile) : {}
}

export async function updateAccount(
  tx: Db,
  id: number,
  { profile, ...changes }: AccountChanges,
  nowMs: number,
): Promise<Account> {
  const row = await tx
    .updateTable('accounts')
    .set({ ...changes, ...(profile && { profile: JSON.stringify(profile) }), updated_at: nowMs })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
  if (!row) throw notFound()
  return accountOf(row)
}

export async function setSiteAdmin(tx: Db, id: number, siteAdmin: boolean, nowMs: number): Promise<void> {
  await tx
    .updateTable('accounts')
    .set({ site_admin: Number(siteAdmin), updated_at: nowMs })
    .where('id', '=', id)
    .execute()
}

/** Who was suspended before keeps the time of it. */
export async function setSuspended(tx: Db, id: number, suspended: boolean, nowMs: number): Promise<void> {
  await tx
    .updateTable('accounts')
    .set(({ fn, val }) => ({
      suspended_at: suspended ? fn.coalesce('suspended_at', val(nowMs)) : null,
      updated_at: nowMs,
    }))
    .where('id', '=', id)
    .execute()
}

/** Throws `validation_failed` when another account has that login. */
export async function renameAccount(
  tx: Db,
  account: Account,
  login: string,
  nowMs: number,
): Promise<Account> {
  const taken = await tx
    .selectFrom('accounts')
    .select('id')
    .where('login_key', '=', login.toLowerCase())
    .where('id', '!=', account.id)
    .executeTakeFirst()
  if (taken) throw validationFailed({ resource: account.type, field: 'login', code: 'already_exists' })
  const row = await tx
    .updateTable('accounts')
    .set({ login, login_key: login.toLowerCase(), updated_at: nowMs })
    .where('id', '=', account.id)
    .returningAll()
    .executeTakeFirst()
  if (!row) throw notFound()
  return accountOf(row)
}
