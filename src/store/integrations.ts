// Apps and their public keys. An App's events are its hook's, which is stored among all others.
import { type Selectable, sql } from 'kysely'
import type { Account } from '../account.ts'
import { customItem, validationFailed } from '../errors.ts'
import { botLogin, type Integration, type IntegrationKey, type Permissions } from '../integration.ts'
import { createAccount, findAccount, findAccountsById } from './accounts.ts'
import { offsetOf, type Page } from './page.ts'
import type { AppKeyTable, AppTable, Db } from './schema.ts'

export type NewIntegration = Pick<
  Integration,
  'slug' | 'name' | 'clientId' | 'description' | 'externalUrl' | 'owner' | 'permissions' | 'events'
>

export type IntegrationChanges = {
  readonly description?: string | null
  readonly externalUrl?: string
  readonly permissions?: Permissions
}

/** With the bot that it acts as. Its hook is to be made, too. Throws `validation_failed` when the slug is taken. */
export async function createIntegration(tx: Db, draft: NewIntegration, nowMs: number): Promise<Integration> {
  const taken = await tx.selectFrom('apps').select('id').where('slug', '=', draft.slug).executeTakeFirst()
  if (taken) throw validationFailed(customItem('Integration', 'Name is already taken', 'name'))
  const login = botLogin(draft.slug)
  // What the bot of a deleted App has written is still its own.
  const bot = (await findAccount(tx, login)) ?? (await createAccount(tx, { type: 'Bot', login }, nowMs))
  const row = await tx
    .insertInto('apps')
    .values({
      owner_id: draft.owner.id,
      bot_id: bot.id,
      slug: draft.slug,
      name: draft.name,
      client_id: draft.clientId,
      description: draft.description,
      external_url: draft.externalUrl,
      permissions: JSON.stringify(draft.permissions),
      created_at: nowMs,
      updated_at: nowMs,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return integrationOf(row, draft.owner, draft.events)
}

export async function changeIntegration(
  tx: Db,
  id: number,
  { description, externalUrl, permissions }: IntegrationChanges,
  nowMs: number,
): Promise<void> {
  await tx
    .updateTable('apps')
    .set({
      updated_at: nowMs,
      ...(description !== undefined && { description }),
      ...(externalUrl !== undefined && { external_url: externalUrl }),
      ...(permissions !== undefined && { permissions: JSON.stringify(permissions) }),
    })
    .where('id', '=', id)
    .execute()
}

/** Its installations and its keys go with it. Its bot stays: others read what it has written. */
export async function deleteIntegration(tx: Db, id: number): Promise<void> {
  await tx.deleteFrom('apps').where('id', '=', id).execute()
}

export async function findIntegration(
  db: Db,
  by: { readonly id: number } | { readonly slug: string } | { readonly clientId: string },
): Promise<Integration | undefined> {
  const query = withEvents(db)
  const rows = await ('id' in by
    ? query.where('apps.id', '=', by.id)
    : 'slug' in by
      ? query.where('apps.slug', '=', by.slug.toLowerCase())
      : query.where('apps.client_id', '=', by.clientId)
  ).execute()
  return (await integrationsOf(db, rows))[0]
}

export async function findIntegrationsById(
  db: Db,
  ids: Iterable<number>,
): Promise<ReadonlyMap<number, Integration>> {
  const unique = [...new Set(ids)]
  if (unique.length === 0) return new Map()
  const rows = await withEvents(db).where('apps.id', 'in', unique).execute()
  return new Map((await integrationsOf(db, rows)).map(integration => [integration.id, integration]))
}

/** Oldest first. */
export async function listIntegrations(db: Db, ownerId: number, page: Page): Promise<Integration[]> {
  const rows = await withEvents(db)
    .where('apps.owner_id', '=', ownerId)
    .orderBy('apps.id')
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  return integrationsOf(db, rows)
}

export async function countIntegrations(db: Db, ownerId: number): Promise<number> {
  const row = await db
    .selectFrom('apps')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('owner_id', '=', ownerId)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export async function addKey(
  tx: Db,
  key: Pick<IntegrationKey, 'integrationId' | 'fingerprint' | 'publicKey'>,
  nowMs: number,
): Promise<IntegrationKey> {
  const row = await tx
    .insertInto('app_keys')
    .values({
      app_id: key.integrationId,
      fingerprint: key.fingerprint,
      public_key: key.publicKey,
      created_at: nowMs,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return keyOf(row)
}

/** False when the App has no such key. */
export async function deleteKey(tx: Db, integrationId: number, id: number): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('app_keys')
    .where('app_id', '=', integrationId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

/** Not paged: an App has no more than the routes allow. */
export async function listKeys(db: Db, integrationId: number): Promise<IntegrationKey[]> {
  const rows = await db
    .selectFrom('app_keys')
    .selectAll()
    .where('app_id', '=', integrationId)
    .orderBy('id')
    .execute()
  return rows.map(keyOf)
}

type IntegrationRow = Selectable<AppTable> & { readonly hook_events: string | null }

function withEvents(db: Db) {
  return db
    .selectFrom('apps')
    .leftJoin('hooks', join =>
      join
        .onRef('hooks.target_id', '=', 'apps.id')
        .on('hooks.target_kind', '=', sql.lit('app'))
        .on('hooks.deleted_at', 'is', null),
    )
    .selectAll('apps')
    .select('hooks.events as hook_events')
}

async function integrationsOf(db: Db, rows: readonly IntegrationRow[]): Promise<Integration[]> {
  const owners = await findAccountsById(
    db,
    rows.map(row => row.owner_id),
  )
  return rows.flatMap(row => {
    const owner = owners.get(row.owner_id)
    const events = row.hook_events === null ? [] : (JSON.parse(row.hook_events) as string[])
    return owner ? [integrationOf(row, owner, events)] : []
  })
}

function integrationOf(row: Selectable<AppTable>, owner: Account, events: readonly string[]): Integration {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    clientId: row.client_id,
    description: row.description,
    externalUrl: row.external_url,
    owner,
    botId: row.bot_id,
    permissions: JSON.parse(row.permissions),
    events,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  }
}

function keyOf(row: Selectable<AppKeyTable>): IntegrationKey {
  return {
    id: row.id,
    integrationId: row.app_id,
    fingerprint: row.fingerprint,
    publicKey: row.public_key,
    createdAt: new Date(row.created_at),
  }
}
