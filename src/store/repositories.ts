// Repositories: names are found whatever their case, and are one owner's own. The numbers of
// issues are given out here, since both counters are the repository's.
import type { Insertable, Selectable, Updateable } from 'kysely'
import type { Account } from '../account.ts'
import { notFound, validationFailed } from '../errors.ts'
import type { Repository } from '../repository.ts'
import { accountOf, findAccountsById } from './accounts.ts'
import { offsetOf, type Page } from './page.ts'
import type { Db, RepositoryTable } from './schema.ts'

export type NewRepository = {
  readonly name: string
  readonly private: boolean
  readonly description: string | null
  readonly homepage: string | null
  readonly hasIssues: boolean
}

export type RepositoryChanges = {
  readonly name?: string
  readonly private?: boolean
  readonly description?: string | null
  readonly homepage?: string | null
  readonly defaultBranch?: string
  readonly hasIssues?: boolean
  readonly archived?: boolean
  readonly topics?: readonly string[]
}

export type RepositorySort = 'created' | 'updated' | 'pushed' | 'full_name'

export type RepositoryFilter = {
  readonly ownerIds: readonly number[]
  readonly visibility: 'all' | 'public' | 'private' | 'none'
  readonly sort: RepositorySort
  readonly direction: 'asc' | 'desc'
}

/** Throws `validation_failed` when the owner has one of that name. */
export async function createRepository(
  tx: Db,
  owner: Account,
  repository: NewRepository,
  nowMs: number,
): Promise<Repository> {
  const row = await tx
    .insertInto('repositories')
    .values(rowOf(owner, repository, nowMs))
    .onConflict(conflict => conflict.columns(['account_id', 'name_key']).doNothing())
    .returningAll()
    .executeTakeFirst()
  if (!row) throw nameTaken()
  return repositoryOf(row, owner)
}

export async function findRepository(
  db: Db,
  ownerLogin: string,
  name: string,
): Promise<Repository | undefined> {
  const owner = await db
    .selectFrom('accounts')
    .selectAll()
    .where('login_key', '=', ownerLogin.toLowerCase())
    .executeTakeFirst()
  if (!owner) return undefined
  const row = await db
    .selectFrom('repositories')
    .selectAll()
    .where('account_id', '=', owner.id)
    .where('name_key', '=', name.toLowerCase())
    .executeTakeFirst()
  return row && repositoryOf(row, accountOf(owner))
}

/** As it is by now. Throws `not_found` when it is gone. */
export async function reloadRepository(db: Db, { id, owner }: Repository): Promise<Repository> {
  const row = await db.selectFrom('repositories').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound()
  return repositoryOf(row, owner)
}

export async function listRepositories(db: Db, filter: RepositoryFilter, page: Page): Promise<Repository[]> {
  const rows = await filtered(db, filter)
    .selectAll()
    .orderBy(SORTED_BY[filter.sort], filter.direction)
    .orderBy('id', filter.direction)
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  const owners = await findAccountsById(
    db,
    rows.map(row => row.account_id),
  )
  return rows.flatMap(row => {
    const owner = owners.get(row.account_id)
    return owner ? [repositoryOf(row, owner)] : []
  })
}

export async function countRepositories(
  db: Db,
  filter: Pick<RepositoryFilter, 'ownerIds' | 'visibility'>,
): Promise<number> {
  const { count } = await filtered(db, filter)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Throws `validation_failed` when the owner has another one of the new name. */
export async function updateRepository(
  tx: Db,
  repository: Repository,
  changes: RepositoryChanges,
  nowMs: number,
): Promise<Repository> {
  if (changes.name !== undefined) await refuseTaken(tx, repository, changes.name)
  const row = await tx
    .updateTable('repositories')
    .set({ ...changedRow(changes), updated_at: nowMs })
    .where('id', '=', repository.id)
    .returningAll()
    .executeTakeFirst()
  if (!row) throw notFound()
  return repositoryOf(row, repository.owner)
}

/** With its issues, labels and comments. Its hooks' rows stay, as those of every deleted hook. */
export async function deleteRepository(tx: Db, id: number, nowMs: number): Promise<void> {
  await tx
    .updateTable('hooks')
    .set({ deleted_at: nowMs })
    .where('target_kind', '=', 'repository')
    .where('target_id', '=', id)
    .where('deleted_at', 'is', null)
    .execute()
  await tx.deleteFrom('repositories').where('id', '=', id).execute()
}

/** The next issue's number. One statement, so that two issues never get the same. */
export async function takeIssueNumber(tx: Db, repositoryId: number): Promise<number> {
  const row = await tx
    .updateTable('repositories')
    .set(({ eb }) => ({ last_number: eb('last_number', '+', 1), open_issues: eb('open_issues', '+', 1) }))
    .where('id', '=', repositoryId)
    .returning('last_number')
    .executeTakeFirst()
  if (!row) throw notFound()
  return row.last_number
}

export async function addOpenIssues(tx: Db, repositoryId: number, difference: 1 | -1): Promise<void> {
  await tx
    .updateTable('repositories')
    .set(({ eb }) => ({ open_issues: eb('open_issues', '+', difference) }))
    .where('id', '=', repositoryId)
    .execute()
}

// An owner's repositories are found by (account_id, name_key) and then sorted: nobody has so many
// that it would matter, and only the name's order could come from an index anyway.
const SORTED_BY = {
  created: 'created_at',
  updated: 'updated_at',
  pushed: 'pushed_at',
  full_name: 'name_key',
} as const

function filtered(db: Db, { ownerIds, visibility }: Pick<RepositoryFilter, 'ownerIds' | 'visibility'>) {
  // No account has the id 0. Postgres refuses an empty list.
  const ids = visibility === 'none' || ownerIds.length === 0 ? [0] : ownerIds
  const query = db.selectFrom('repositories').where('account_id', 'in', ids)
  return visibility === 'all' ? query : query.where('private', '=', Number(visibility === 'private'))
}

async function refuseTaken(tx: Db, repository: Repository, name: string): Promise<void> {
  const taken = await tx
    .selectFrom('repositories')
    .select('id')
    .where('account_id', '=', repository.owner.id)
    .where('name_key', '=', name.toLowerCase())
    .where('id', '!=', repository.id)
    .executeTakeFirst()
  if (taken) throw nameTaken()
}

function nameTaken() {
  return validationFailed({
    resource: 'Repository',
    code: 'custom',
    field: 'name',
    message: 'name already exists on this account',
  })
}

function rowOf(owner: Account, repository: NewRepository, nowMs: number): Insertable<RepositoryTable> {
  return {
    account_id: owner.id,
    name: repository.name,
    name_key: repository.name.toLowerCase(),
    private: Number(repository.private),
    description: repository.description,
    homepage: repository.homepage,
    default_branch: 'main',
    has_issues: Number(repository.hasIssues),
    archived: 0,
    open_issues: 0,
    stars: 0,
    topics: '[]',
    last_number: 0,
    created_at: nowMs,
    updated_at: nowMs,
    pushed_at: nowMs,
  }
}

function changedRow(changes: RepositoryChanges): Updateable<RepositoryTable> {
  return {
    ...(changes.name !== undefined && { name: changes.name, name_key: changes.name.toLowerCase() }),
    ...(changes.private !== undefined && { private: Number(changes.private) }),
    ...(changes.description !== undefined && { description: changes.description }),
    ...(changes.homepage !== undefined && { homepage: changes.homepage }),
    ...(changes.defaultBranch !== undefined && { default_branch: changes.defaultBranch }),
    ...(changes.hasIssues !== undefined && { has_issues: Number(changes.hasIssues) }),
    ...(changes.archived !== undefined && { archived: Number(changes.archived) }),
    ...(changes.topics !== undefined && { topics: JSON.stringify(changes.topics) }),
  }
}

export function repositoryOf(row: Selectable<RepositoryTable>, owner: Account): Repository {
  return {
    id: row.id,
    owner,
    name: row.name,
    private: row.private === 1,
    description: row.description,
    homepage: row.homepage,
    defaultBranch: row.default_branch,
    hasIssues: row.has_issues === 1,
    archived: row.archived === 1,
    openIssues: row.open_issues,
    stars: row.stars,
    topics: JSON.parse(row.topics) as string[],
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    pushedAt: new Date(row.pushed_at),
  }
}
