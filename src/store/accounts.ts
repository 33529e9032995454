// Users, organizations and who belongs to which. Logins are found whatever their case.
import { type Insertable, type Selectable, sql } from 'kysely'
import type { Account, AccountType, MemberRole } from '../account.ts'
import { validationFailed } from '../errors.ts'
import { offsetOf, type Page } from './page.ts'
import type { AccountTable, Db } from './schema.ts'

export type NewAccount = {
  readonly type: AccountType
  readonly login: string
  readonly name?: string | null
  readonly email?: string | null
  readonly siteAdmin?: boolean
  readonly suspended?: boolean
}

/** Throws `validation_failed` when the login is taken, by a user or by an organization. */
export async function createAccount(tx: Db, account: NewAccount, nowMs: number): Promise<Account> {
  const row = await tx
    .insertInto('accounts')
    .values(rowOf(account, nowMs))
    .onConflict(conflict => conflict.column('login_key').doNothing())
    .returningAll()
    .executeTakeFirst()
  if (row) return accountOf(row)
  throw validationFailed({ resource: account.type, field: 'login', code: 'already_exists' })
}

export async function findAccount(db: Db, login: string): Promise<Account | undefined> {
  const row = await db
    .selectFrom('accounts')
    .selectAll()
    .where('login_key', '=', login.toLowerCase())
    .executeTakeFirst()
  return row && accountOf(row)
}

/** The first of those who administer the site; one who is suspended only when all are. */
export async function findSiteAdministrator(db: Db): Promise<Account | undefined> {
  const row = await db
    .selectFrom('accounts')
    .selectAll()
    .where('site_admin', '=', 1)
    .where('type', '=', 'User')
    .orderBy(({ eb }) => eb.case().when('suspended_at', 'is', null).then(0).else(1).end())
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row && accountOf(row)
}

export async function findAccountById(db: Db, id: number): Promise<Account | undefined> {
  return (await findAccountsById(db, [id])).get(id)
}

/** Those of these accounts that exist, by id. */
export async function findAccountsById(db: Db, ids: Iterable<number>): Promise<ReadonlyMap<number, Account>> {
  const unique = [...new Set(ids)]
  if (unique.length === 0) return new Map()
  const rows = await db.selectFrom('accounts').selectAll().where('id', 'in', unique).execute()
  return new Map(rows.map(row => [row.id, accountOf(row)]))
}

/** Those of these accounts that exist, in the order of the logins, each once. */
export async function findAccountsByLogin(db: Db, logins: readonly string[]): Promise<readonly Account[]> {
  const keys = [...new Set(logins.map(login => login.toLowerCase()))]
  if (keys.length === 0) return []
  const rows = await db.selectFrom('accounts').selectAll().where('login_key', 'in', keys).execute()
  const byKey = new Map(rows.map(row => [row.login_key, accountOf(row)]))
  return keys.flatMap(key => byKey.get(key) ?? [])
}

/** The user's role in the organization, or undefined for who is no member. */
export async function findRole(
  db: Db,
  organizationId: number,
  userId: number,
): Promise<MemberRole | undefined> {
  const row = await db
    .selectFrom('memberships')
    .select('role')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row?.role
}

export async function setMembership(
  tx: Db,
  organizationId: number,
  userId: number,
  role: MemberRole,
  nowMs: number,
): Promise<void> {
  await tx
    .insertInto('memberships')
    .values({ organization_id: organizationId, user_id: userId, role, created_at: nowMs })
    .onConflict(conflict => conflict.columns(['organization_id', 'user_id']).doUpdateSet({ role }))
    .execute()
}

/** False when there was none. */
export async function removeMembership(tx: Db, organizationId: number, userId: number): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('memberships')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

/** Whether somebody else could still administer the organization without this user. */
export async function hasOtherOwner(db: Db, organizationId: number, userId: number): Promise<boolean> {
  const row = await db
    .selectFrom('memberships')
    .select('user_id')
    .where('organization_id', '=', organizationId)
    .where('role', '=', 'admin')
    .where('user_id', '!=', userId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

// A ceiling for queries that name every organization of a user.
const ORGANIZATIONS_MAX = 1000

export async function organizationIdsOf(db: Db, userId: number): Promise<number[]> {
  const rows = await db
    .selectFrom('memberships')
    .select('organization_id')
    .where('user_id', '=', userId)
    .orderBy('organization_id')
    .limit(ORGANIZATIONS_MAX)
    .execute()
  return rows.map(row => row.organization_id)
}

/** In the order in which they signed up; without a type, users and organizations. */
export async function listAccountsAfter(
  db: Db,
  afterId: number,
  limit: number,
  type?: AccountType,
): Promise<Account[]> {
  let query = db.selectFrom('accounts').selectAll().where('id', '>', afterId)
  if (type) query = query.where('type', '=', type)
  const rows = await query.orderBy('id').limit(limit).execute()
  return rows.map(accountOf)
}

export type AccountSearch = {
  readonly type: 'User' | 'Organization'
  /** What the login or the name contains, whatever its case. */
  readonly text?: string | undefined
}

/** By login. */
export async function searchAccounts(db: Db, search: AccountSearch, page: Page): Promise<Account[]> {
  const rows = await searched(db, search)
    .selectAll()
    .orderBy('login_key')
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  return rows.map(accountOf)
}

export async function countAccounts(db: Db, search: AccountSearch): Promise<number> {
  const { count } = await searched(db, search)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

function searched(db: Db, { type, text }: AccountSearch) {
  const query = db.selectFrom('accounts').where('type', '=', type)
  if (!text) return query
  const pattern = likePattern(text)
  return query.where(
    sql<boolean>`(login_key LIKE ${pattern} ESCAPE '\\' OR lower(name) LIKE ${pattern} ESCAPE '\\')`,
  )
}

/** For LIKE with `\` as its escape: what contains this text, in lower case. */
export function likePattern(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
}

/** Which of these users belong to the organization. */
export async function membersAmong(
  db: Db,
  organizationId: number,
  userIds: Iterable<number>,
): Promise<ReadonlySet<number>> {
  const unique = [...new Set(userIds)]
  if (unique.length === 0) return new Set()
  const rows = await db
    .selectFrom('memberships')
    .select('user_id')
    .where('organization_id', '=', organizationId)
    .where('user_id', 'in', unique)
    .execute()
  return new Set(rows.map(row => row.user_id))
}

export function accountOf(row: Selectable<AccountTable>): Account {
  return {
    id: row.id,
    type: row.type,
    login: row.login,
    name: row.name,
    email: row.email,
    description: row.description,
    siteAdmin: row.site_admin === 1,
    suspendedAt: row.suspended_at === null ? null : new Date(row.suspended_at),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  }
}

function rowOf(account: NewAccount, nowMs: number): Insertable<AccountTable> {
  return {
    type: account.type,
    login: account.login,
    login_key: account.login.toLowerCase(),
    name: account.name ?? null,
    email: account.email ?? null,
    description: null,
    site_admin: account.siteAdmin ? 1 : 0,
    suspended_at: account.suspended ? nowMs : null,
    created_at: nowMs,
    updated_at: nowMs,
  }
}
