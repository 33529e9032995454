// The tokens by which an App acts where it is installed: for an hour each. What is kept is the hash.
import type { InstallationToken } from '../integration.ts'
import { hashOf } from './hash.ts'
import type { Db } from './schema.ts'
import { newTokenText } from './tokens.ts'

export const INSTALLATION_TOKEN_PREFIX = 'hks_'

const LIFE_MS = 60 * 60 * 1000

/** `text` is to be shown now: it cannot be had again. */
export async function createInstallationToken(
  tx: Db,
  draft: Omit<InstallationToken, 'expiresAt'>,
  nowMs: number,
): Promise<{ readonly token: InstallationToken; readonly text: string }> {
  const text = newTokenText(INSTALLATION_TOKEN_PREFIX)
  // GitHub tells of whole seconds.
  const expiresAtMs = Math.floor((nowMs + LIFE_MS) / 1000) * 1000
  await tx
    .insertInto('installation_tokens')
    .values({
      hash: hashOf(text),
      installation_id: draft.installationId,
      permissions: JSON.stringify(draft.permissions),
      repository_ids: draft.repositoryIds && JSON.stringify(draft.repositoryIds),
      created_at: nowMs,
      expires_at: expiresAtMs,
    })
    .execute()
  return { token: { ...draft, expiresAt: new Date(expiresAtMs) }, text }
}

/** Looked up by hash, as every token. One that is over is not found. */
export async function findInstallationToken(
  db: Db,
  text: string,
  nowMs: number,
): Promise<InstallationToken | undefined> {
  const row = await db
    .selectFrom('installation_tokens')
    .selectAll()
    .where('hash', '=', hashOf(text))
    .where('expires_at', '>', nowMs)
    .executeTakeFirst()
  return (
    row && {
      installationId: row.installation_id,
      permissions: JSON.parse(row.permissions),
      repositoryIds: row.repository_ids === null ? null : JSON.parse(row.repository_ids),
      expiresAt: new Date(row.expires_at),
    }
  )
}

export async function deleteInstallationToken(tx: Db, text: string): Promise<void> {
  await tx.deleteFrom('installation_tokens').where('hash', '=', hashOf(text)).execute()
}
