// Who may do what in a repository that is not theirs: those who were given a permission of their own, and,
// in lists, those who have one by their organization.
import { type SelectQueryBuilder, sql } from 'kysely'
import type { Account } from '../account.ts'
import { REPOSITORY_ROLES, type Repository, type RepositoryRole } from '../repository.ts'
import { accountOf } from './accounts.ts'
import { offsetOf, type Page } from './page.ts'
import type { Database, Db } from './schema.ts'

export type Collaborator = { readonly user: Account; readonly role: RepositoryRole }

export type CollaboratorFilter = {
  /** `direct` were added to the repository, `outside` are those of them that are no members. */
  readonly affiliation: 'outside' | 'direct' | 'all'
  /** Null for any. */
  readonly role: RepositoryRole | null
}

/** What the user was given in this repository, or undefined for nothing. */
export async function findPermission(
  db: Db,
  repositoryId: number,
  userId: number,
): Promise<RepositoryRole | undefined> {
  const row = await db
    .selectFrom('collaborators')
    .select('permission')
    .where('repository_id', '=', repositoryId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row?.permission
}

export async function setPermission(
  tx: Db,
  repositoryId: number,
  userId: number,
  permission: RepositoryRole,
  nowMs: number,
): Promise<void> {
  await tx
    .insertInto('collaborators')
    .values({ repository_id: repositoryId, user_id: userId, permission, created_at: nowMs })
    .onConflict(conflict => conflict.columns(['repository_id', 'user_id']).doUpdateSet({ permission }))
    .execute()
}

/** False when there was none. */
export async function removePermission(tx: Db, repositoryId: number, userId: number): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('collaborators')
    .where('repository_id', '=', repositoryId)
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

/** Whatever the user was given in repositories of that owner. */
export async function removePermissionsIn(tx: Db, ownerId: number, userId: number): Promise<void> {
  await tx
    .deleteFrom('collaborators')
    .where('user_id', '=', userId)
    .where(
      'repository_id',
      'in',
      tx.selectFrom('repositories').select('id').where('account_id', '=', ownerId),
    )
    .execute()
}

/** The repositories in which the user was given something, for queries. */
export function sharedWith(db: Db, userId: number) {
  return db.selectFrom('collaborators').select('repository_id').where('user_id', '=', userId)
}

/** Which of these users were given a permission, and which. */
export async function permissionsAmong(
  db: Db,
  repositoryId: number,
  userIds: Iterable<number>,
): Promise<ReadonlyMap<number, RepositoryRole>> {
  const unique = [...new Set(userIds)]
  if (unique.length === 0) return new Map()
  const rows = await db
    .selectFrom('collaborators')
    .select(['user_id', 'permission'])
    .where('repository_id', '=', repositoryId)
    .where('user_id', 'in', unique)
    .execute()
  return new Map(rows.map(row => [row.user_id, row.permission]))
}

/** In the order in which they signed up. */
export async function listCollaborators(
  db: Db,
  repository: Repository,
  filter: CollaboratorFilter,
  page: Page,
): Promise<Collaborator[]> {
  const rows = await db
    .selectFrom(ranked(db, repository, filter).as('ranked'))
    .innerJoin('accounts', 'accounts.id', 'ranked.user_id')
    .selectAll('accounts')
    .select('ranked.rank')
    .orderBy('ranked.user_id')
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  return rows.map(row => ({ user: accountOf(row), role: REPOSITORY_ROLES[row.rank] ?? 'pull' }))
}

export async function countCollaborators(
  db: Db,
  repository: Repository,
  filter: CollaboratorFilter,
): Promise<number> {
  const { count } = await db
    .selectFrom(ranked(db, repository, filter).as('ranked'))
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

type Ranked = SelectQueryBuilder<Database, never, { user_id: number; rank: number }>

/** Everybody once, with the place of their highest role in REPOSITORY_ROLES. */
function ranked(db: Db, { id, owner }: Repository, { affiliation, role }: CollaboratorFilter) {
  const rank = sql<number>`CASE permission ${sql.join(
    REPOSITORY_ROLES.map((name, index) => sql`WHEN ${name} THEN ${sql.lit(index)}`),
    sql` `,
  )} END`
  const given = db.selectFrom('collaborators').where('repository_id', '=', id)
  const members = db.selectFrom('memberships').where('organization_id', '=', owner.id)
  const direct = given.select(['user_id', rank.as('rank')])

  const byMembership = sql<number>`CASE role WHEN 'admin' THEN ${sql.lit(rankOf('admin'))} ELSE ${sql.lit(rankOf('push'))} END`
  const all = direct.unionAll(members.select(['user_id', byMembership.as('rank')])).unionAll(
    db
      .selectFrom('accounts')
      .where('id', '=', owner.id)
      .where('type', '=', 'User')
      .select(['id as user_id', sql.lit(rankOf('admin')).as('rank')]),
  )
  const outside = direct.where('user_id', 'not in', members.select('user_id'))
  const source = { outside, direct, all }[affiliation] as Ranked

  const grouped = db
    .selectFrom(source.as('source'))
    .select(['source.user_id', ({ fn }) => fn.max<number>('source.rank').as('rank')])
    .groupBy('source.user_id')
  return role === null
    ? grouped
    : grouped.having(({ fn }) => fn.max<number>('source.rank'), '=', rankOf(role))
}

function rankOf(role: RepositoryRole): number {
  return REPOSITORY_ROLES.indexOf(role)
}
