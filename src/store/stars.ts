// Who has starred what. Their number is kept with the repository.
import type { Account } from '../account.ts'
import type { Repository } from '../repository.ts'
import { accountOf, findAccountsById } from './accounts.ts'
import { sharedWith } from './collaborators.ts'
import { offsetOf, type Page } from './page.ts'
import { repositoryOf } from './repositories.ts'
import type { Db } from './schema.ts'

export type Stargazer = { readonly user: Account; readonly starredAt: Date }

export type Starred = { readonly repository: Repository; readonly starredAt: Date }

export type StarredFilter = {
  readonly userId: number
  /** Whose private repositories are shown, too. */
  readonly privateOf: readonly number[] | 'everybody'
  /** Whose collaborations are shown, too. */
  readonly collaboratorId?: number
}

export type StarredOrder = { readonly sort: 'created' | 'updated'; readonly direction: 'asc' | 'desc' }

/** False when the user had starred it before. */
export async function addStar(tx: Db, userId: number, repositoryId: number, nowMs: number): Promise<boolean> {
  const row = await tx
    .insertInto('stars')
    .values({ user_id: userId, repository_id: repositoryId, created_at: nowMs })
    .onConflict(conflict => conflict.columns(['user_id', 'repository_id']).doNothing())
    .returning('user_id')
    .executeTakeFirst()
  if (!row) return false
  await countStar(tx, repositoryId, 1)
  return true
}

/** False when there was none. */
export async function removeStar(tx: Db, userId: number, repositoryId: number): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('stars')
    .where('user_id', '=', userId)
    .where('repository_id', '=', repositoryId)
    .executeTakeFirstOrThrow()
  if (numDeletedRows === 0n) return false
  await countStar(tx, repositoryId, -1)
  return true
}

export async function hasStarred(db: Db, userId: number, repositoryId: number): Promise<boolean> {
  const row = await db
    .selectFrom('stars')
    .select('user_id')
    .where('user_id', '=', userId)
    .where('repository_id', '=', repositoryId)
    .executeTakeFirst()
  return row !== undefined
}

/** Who starred it first comes first. */
export async function listStargazers(db: Db, repositoryId: number, page: Page): Promise<Stargazer[]> {
  const rows = await db
    .selectFrom('stars')
    .innerJoin('accounts', 'accounts.id', 'stars.user_id')
    .selectAll('accounts')
    .select('stars.created_at as starred_at')
    .where('stars.repository_id', '=', repositoryId)
    .orderBy('stars.created_at')
    .orderBy('stars.user_id')
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  return rows.map(row => ({ user: accountOf(row), starredAt: new Date(row.starred_at) }))
}

export async function listStarred(
  db: Db,
  filter: StarredFilter,
  { sort, direction }: StarredOrder,
  page: Page,
): Promise<Starred[]> {
  const rows = await starredBy(db, filter)
    .selectAll('repositories')
    .select('stars.created_at as starred_at')
    .orderBy(sort === 'created' ? 'stars.created_at' : 'repositories.updated_at', direction)
    .orderBy('repositories.id', direction)
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  const owners = await findAccountsById(
    db,
    rows.map(row => row.account_id),
  )
  return rows.flatMap(row => {
    const owner = owners.get(row.account_id)
    return owner ? [{ repository: repositoryOf(row, owner), starredAt: new Date(row.starred_at) }] : []
  })
}

export async function countStarred(db: Db, filter: StarredFilter): Promise<number> {
  const { count } = await starredBy(db, filter)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

async function countStar(tx: Db, repositoryId: number, difference: 1 | -1): Promise<void> {
  await tx
    .updateTable('repositories')
    .set(({ eb }) => ({ stars: eb('stars', '+', difference) }))
    .where('id', '=', repositoryId)
    .execute()
}

function starredBy(db: Db, { userId, privateOf, collaboratorId }: StarredFilter) {
  const query = db
    .selectFrom('stars')
    .innerJoin('repositories', 'repositories.id', 'stars.repository_id')
    .where('stars.user_id', '=', userId)
  if (privateOf === 'everybody') return query
  return query.where(({ eb, or }) =>
    or([
      eb('repositories.private', '=', 0),
      ...(privateOf.length > 0 ? [eb('repositories.account_id', 'in', privateOf)] : []),
      ...(collaboratorId === undefined ? [] : [eb('repositories.id', 'in', sharedWith(db, collaboratorId))]),
    ]),
  )
}
