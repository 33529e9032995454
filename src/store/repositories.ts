// Repositories: names are found whatever their case, and are one owner's own. The numbers of
// issues are given out here, since both counters are the repository's.
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely'
import type { Account } from '../account.ts'
import { notFound, validationFailed } from '../errors.ts'
import type { Repository } from '../repository.ts'
import { accountOf, findAccountById, findAccountsById, likePattern } from './accounts.ts'
import { sharedWith } from './collaborators.ts'
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
  /** Whether the private ones of these owners may be seen. */
  readonly withPrivate: boolean
  /** Whose collaborations count: they see those private ones, too. */
  readonly collaboratorId?: number | undefined
  /** Whether those are listed whoever owns them. */
  readonly withShared?: boolean
  /** What the name or the description contains, whatever its case. */
  readonly search?: string | undefined
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
  await forgetName(tx, owner.id, repository.name)
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

export async function findRepositoryById(db: Db, id: number): Promise<Repository | undefined> {
  const row = await db.selectFrom('repositories').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) return undefined
  const owner = await findAccountById(db, row.account_id)
  return owner && repositoryOf(row, owner)
}

/** The repository that once had this name, unless another has taken it since. */
export async function findRenamed(db: Db, ownerLogin: string, name: string): Promise<Repository | undefined> {
  const former = await db
    .selectFrom('former_names')
    .innerJoin('accounts', 'accounts.id', 'former_names.account_id')
    .select('repository_id')
    .where('login_key', '=', ownerLogin.toLowerCase())
    .where('name_key', '=', name.toLowerCase())
    .executeTakeFirst()
  return former && findRepositoryById(db, former.repository_id)
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
  filter: Omit<RepositoryFilter, 'sort' | 'direction'>,
): Promise<number> {
  const { count } = await filtered(db, filter)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** The owner's, or some of them; oldest first. */
export async function listCoveredRepositories(
  db: Db,
  owner: Account,
  ids: readonly number[] | null,
  page: Page,
): Promise<Repository[]> {
  const rows = await covered(db, owner, ids)
    .selectAll()
    .orderBy('id')
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  return rows.map(row => repositoryOf(row, owner))
}

export async function countCoveredRepositories(
  db: Db,
  owner: Account,
  ids: readonly number[] | null,
): Promise<number> {
  const { count } = await covered(db, owner, ids)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

function covered(db: Db, owner: Account, ids: readonly number[] | null) {
  const query = db.selectFrom('repositories').where('account_id', '=', owner.id)
  // Postgres refuses an empty list, and no repository has the id 0.
  return ids === null ? query : query.where('id', 'in', ids.length === 0 ? [0] : [...ids])
}

/** Throws `validation_failed` when the owner has another one of the new name. */
export async function updateRepository(
  tx: Db,
  repository: Repository,
  changes: RepositoryChanges,
  nowMs: number,
): Promise<Repository> {
  if (changes.name !== undefined) {
    await refuseTaken(tx, repository, changes.name)
    await rememberName(tx, repository)
    await forgetName(tx, repository.owner.id, changes.name)
  }
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

function filtered(
  db: Db,
  {
    ownerIds,
    visibility,
    withPrivate,
    collaboratorId,
    withShared = false,
    search,
  }: Omit<RepositoryFilter, 'sort' | 'direction'>,
) {
  // No account has the id 0. Postgres refuses an empty list.
  const ids = visibility === 'none' || ownerIds.length === 0 ? [0] : ownerIds
  const shared = collaboratorId === undefined ? undefined : sharedWith(db, collaboratorId)
  let query = db.selectFrom('repositories')
  query =
    shared && withShared && visibility !== 'none'
      ? query.where(({ eb, or }) => or([eb('account_id', 'in', ids), eb('id', 'in', shared)]))
      : query.where('account_id', 'in', ids)
  if (visibility === 'public' || visibility === 'private') {
    query = query.where('private', '=', Number(visibility === 'private'))
  }
  if (search) {
    const pattern = likePattern(search)
    query = query.where(
      sql<boolean>`(name_key LIKE ${pattern} ESCAPE '\\' OR lower(description) LIKE ${pattern} ESCAPE '\\')`,
    )
  }
  if (withPrivate) return query
  return shared
    ? query.where(({ eb, or }) => or([eb('private', '=', 0), eb('id', 'in', shared)]))
    : query.where('private', '=', 0)
}

/** From now on its present name leads to it whatever it is called. */
async function rememberName(tx: Db, { id, name, owner }: Repository): Promise<void> {
  await tx
    .insertInto('former_names')
    .values({ account_id: owner.id, name_key: name.toLowerCase(), repository_id: id })
    .onConflict(conflict => conflict.columns(['account_id', 'name_key']).doUpdateSet({ repository_id: id }))
    .execute()
}

/** The name belongs to a repository again, and leads nowhere else. */
async function forgetName(tx: Db, ownerId: number, name: string): Promise<void> {
  await tx
    .deleteFrom('former_names')
    .where('account_id', '=', ownerId)
    .where('name_key', '=', name.toLowerCase())
    .execute()
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
