// Where Apps are installed: on which accounts, for which of their repositories, with which permissions.
import { type Selectable, type SqlBool, sql } from 'kysely'
import type { Account } from '../account.ts'
import { validationFailed } from '../errors.ts'
import type { Installation, Permissions } from '../integration.ts'
import { findAccountsById } from './accounts.ts'
import { offsetOf, type Page } from './page.ts'
import type { Db, InstallationTable } from './schema.ts'

export type NewInstallation = {
  readonly integrationId: number
  readonly account: Account
  readonly repositoryIds: readonly number[] | null
  readonly permissions: Permissions
}

/** What accepting needs to know of an installation. */
export type InstallationReach = {
  readonly id: number
  readonly integrationId: number
  /** Null for all of the account's. */
  readonly repositoryIds: ReadonlySet<number> | null
}

/** Throws `validation_failed` when the App is installed there already. */
export async function createInstallation(
  tx: Db,
  { integrationId, account, repositoryIds, permissions }: NewInstallation,
  nowMs: number,
): Promise<Installation> {
  const row = await tx
    .insertInto('installations')
    .values({
      app_id: integrationId,
      account_id: account.id,
      all_repositories: repositoryIds === null ? 1 : 0,
      permissions: JSON.stringify(permissions),
      created_at: nowMs,
      updated_at: nowMs,
      suspended_at: null,
      suspended_by_id: null,
    })
    .onConflict(conflict => conflict.columns(['app_id', 'account_id']).doNothing())
    .returningAll()
    .executeTakeFirst()
  if (!row) throw validationFailed({ resource: 'Installation', field: 'app_slug', code: 'already_exists' })
  if (repositoryIds && repositoryIds.length > 0) {
    const covered = repositoryIds.map(id => ({ installation_id: row.id, repository_id: id }))
    await tx.insertInto('installation_repositories').values(covered).execute()
  }
  return installationOf(row, account, null, repositoryIds)
}

/** `null` for a change means that everything goes on as it is. */
export async function changeInstallation(
  tx: Db,
  id: number,
  change: {
    readonly permissions?: Permissions
    readonly suspended?: { readonly by: Account | null } | null
  },
  nowMs: number,
): Promise<void> {
  const { permissions, suspended } = change
  await tx
    .updateTable('installations')
    .set({
      updated_at: nowMs,
      ...(permissions !== undefined && { permissions: JSON.stringify(permissions) }),
      ...(suspended !== undefined && {
        suspended_at: suspended === null ? null : nowMs,
        suspended_by_id: suspended?.by?.id ?? null,
      }),
    })
    .where('id', '=', id)
    .execute()
}

/** Its tokens and its repositories go with it. */
export async function deleteInstallation(tx: Db, id: number): Promise<void> {
  await tx.deleteFrom('installations').where('id', '=', id).execute()
}

/** False when it was there already. */
export async function addToInstallation(
  tx: Db,
  id: number,
  repositoryId: number,
  nowMs: number,
): Promise<boolean> {
  const row = await tx
    .insertInto('installation_repositories')
    .values({ installation_id: id, repository_id: repositoryId })
    .onConflict(conflict => conflict.doNothing())
    .returning('repository_id')
    .executeTakeFirst()
  if (row) await touch(tx, id, nowMs)
  return row !== undefined
}

/** False when it was not there. */
export async function removeFromInstallation(
  tx: Db,
  id: number,
  repositoryId: number,
  nowMs: number,
): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('installation_repositories')
    .where('installation_id', '=', id)
    .where('repository_id', '=', repositoryId)
    .executeTakeFirstOrThrow()
  if (numDeletedRows > 0n) await touch(tx, id, nowMs)
  return numDeletedRows > 0n
}

async function touch(tx: Db, id: number, nowMs: number): Promise<void> {
  await tx.updateTable('installations').set({ updated_at: nowMs }).where('id', '=', id).execute()
}

export async function findInstallation(db: Db, id: number): Promise<Installation | undefined> {
  const rows = await db.selectFrom('installations').selectAll().where('id', '=', id).execute()
  return (await installationsOf(db, rows))[0]
}

/** The App's on this account. */
export async function findInstallationOn(
  db: Db,
  integrationId: number,
  accountId: number,
): Promise<Installation | undefined> {
  const rows = await db
    .selectFrom('installations')
    .selectAll()
    .where('app_id', '=', integrationId)
    .where('account_id', '=', accountId)
    .execute()
  return (await installationsOf(db, rows))[0]
}

/** Of one App, or on some accounts; oldest first. */
export async function listInstallations(
  db: Db,
  of: { readonly integrationId: number } | { readonly accountIds: readonly number[] },
  page: Page,
): Promise<Installation[]> {
  const rows = await among(db, of)
    .selectAll()
    .orderBy('id')
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  return installationsOf(db, rows)
}

export async function countInstallations(
  db: Db,
  of: { readonly integrationId: number } | { readonly accountIds: readonly number[] },
): Promise<number> {
  const row = await among(db, of)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

function among(db: Db, of: { readonly integrationId: number } | { readonly accountIds: readonly number[] }) {
  const query = db.selectFrom('installations')
  return 'integrationId' in of
    ? query.where('app_id', '=', of.integrationId)
    : query.where('account_id', 'in', [...of.accountIds])
}

/** Of those that are not suspended. Not paged: an account has as many as somebody has installed by hand. */
export async function listReachesOn(db: Db, accountId: number): Promise<InstallationReach[]> {
  const rows = await db
    .selectFrom('installations')
    .select(['id', 'app_id', 'all_repositories'])
    .where('account_id', '=', accountId)
    .where('suspended_at', 'is', null)
    .orderBy('id')
    .execute()
  const selected = await repositoryIdsOf(
    db,
    rows.filter(row => row.all_repositories === 0).map(({ id }) => id),
  )
  return rows.map(row => ({
    id: row.id,
    integrationId: row.app_id,
    repositoryIds: row.all_repositories === 1 ? null : new Set(selected.get(row.id)),
  }))
}

/** The installation of the App that covers a row of `events`, by that name or another; else null. */
export function installationCovering(integrationId: number, events = 'events') {
  const column = (name: string) => sql.ref(`${events}.${name}`)
  return sql<number | null>`(
    SELECT id FROM installations
    WHERE app_id = ${integrationId} AND account_id = ${column('account_id')} AND suspended_at IS NULL
      AND (${column('repository_id')} IS NOT NULL OR ${column('organization_id')} IS NOT NULL)
      AND (all_repositories = 1 OR ${column('repository_id')} IS NULL OR EXISTS (
        SELECT 1 FROM installation_repositories AS one
        WHERE one.installation_id = installations.id AND one.repository_id = ${column('repository_id')})))`
}

export function isCoveredBy(integrationId: number, events = 'events') {
  return sql<SqlBool>`${installationCovering(integrationId, events)} IS NOT NULL`
}

async function installationsOf(
  db: Db,
  rows: readonly Selectable<InstallationTable>[],
): Promise<Installation[]> {
  const accounts = await findAccountsById(
    db,
    rows.flatMap(row => [row.account_id, ...(row.suspended_by_id === null ? [] : [row.suspended_by_id])]),
  )
  const selected = await repositoryIdsOf(
    db,
    rows.filter(row => row.all_repositories === 0).map(({ id }) => id),
  )
  return rows.flatMap(row => {
    const account = accounts.get(row.account_id)
    const suspendedBy = row.suspended_by_id === null ? null : (accounts.get(row.suspended_by_id) ?? null)
    const repositoryIds = row.all_repositories === 1 ? null : (selected.get(row.id) ?? [])
    return account ? [installationOf(row, account, suspendedBy, repositoryIds)] : []
  })
}

async function repositoryIdsOf(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, number[]>> {
  const found = new Map<number, number[]>(ids.map(id => [id, []]))
  if (ids.length === 0) return found
  const rows = await db
    .selectFrom('installation_repositories')
    .selectAll()
    .where('installation_id', 'in', ids)
    .orderBy('repository_id')
    .execute()
  for (const row of rows) found.get(row.installation_id)?.push(row.repository_id)
  return found
}

function installationOf(
  row: Selectable<InstallationTable>,
  account: Account,
  suspendedBy: Account | null,
  repositoryIds: readonly number[] | null,
): Installation {
  return {
    id: row.id,
    integrationId: row.app_id,
    account,
    repositoryIds,
    permissions: JSON.parse(row.permissions),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    suspendedAt: row.suspended_at === null ? null : new Date(row.suspended_at),
    suspendedBy,
  }
}
