// How people sign in: one-time links, and the sessions that they lead to. Of either only the
// hash is kept; what has expired is swept away whenever another one is made.
import { randomBytes } from 'node:crypto'
import type { Account } from '../account.ts'
import { accountOf } from './accounts.ts'
import { hashOf } from './hash.ts'
import type { Db } from './schema.ts'

const HOUR_MS = 60 * 60 * 1000
// The link of the first start waits in a terminal until somebody comes to it, perhaps the next morning.
const LINK_LIFETIME_MS = 24 * HOUR_MS
export const SESSION_LIFETIME_MS = 14 * 24 * HOUR_MS

const RANDOM_BYTES = 32

/** The code of a link that signs this user in once, within a day. */
export async function createSignInLink(tx: Db, userId: number, nowMs: number): Promise<string> {
  await sweep(tx, 'sign_in_links', nowMs)
  const text = randomText()
  const expiresAt = nowMs + LINK_LIFETIME_MS
  await tx
    .insertInto('sign_in_links')
    .values({ hash: hashOf(text), user_id: userId, created_at: nowMs, expires_at: expiresAt })
    .execute()
  return text
}

/** Whom the link would sign in. It stays good: a preview of a chat program must not use it up. */
export function findSignInLink(db: Db, code: string, nowMs: number): Promise<Account | undefined> {
  return findUser(db, 'sign_in_links', code, nowMs)
}

/** Uses the link up. Undefined when it was used before, has expired, or never was one. */
export async function consumeSignInLink(tx: Db, code: string, nowMs: number): Promise<Account | undefined> {
  const user = await findUser(tx, 'sign_in_links', code, nowMs)
  const { numDeletedRows } = await tx
    .deleteFrom('sign_in_links')
    .where('hash', '=', hashOf(code))
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n ? user : undefined
}

/** The text of a session's cookie. With a token given, the session ends when that is revoked. */
export async function createSession(
  tx: Db,
  userId: number,
  nowMs: number,
  tokenId: number | null = null,
): Promise<string> {
  await sweep(tx, 'sessions', nowMs)
  const text = randomText()
  const expiresAt = nowMs + SESSION_LIFETIME_MS
  await tx
    .insertInto('sessions')
    .values({
      hash: hashOf(text),
      user_id: userId,
      created_at: nowMs,
      expires_at: expiresAt,
      token_id: tokenId,
    })
    .execute()
  return text
}

export function findSessionUser(db: Db, text: string, nowMs: number): Promise<Account | undefined> {
  return findUser(db, 'sessions', text, nowMs)
}

/** When it was opened: how long ago its user has proved who they are. */
export async function findSessionStart(db: Db, text: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('sessions')
    .select('created_at')
    .where('hash', '=', hashOf(text))
    .executeTakeFirst()
  return row?.created_at
}

export async function deleteSession(tx: Db, text: string): Promise<void> {
  await tx.deleteFrom('sessions').where('hash', '=', hashOf(text)).execute()
}

/** All of this user's, and the links that would open more; but the one whose text is given. */
export async function deleteSessions(tx: Db, userId: number, but?: string): Promise<void> {
  let query = tx.deleteFrom('sessions').where('user_id', '=', userId)
  if (but !== undefined) query = query.where('hash', '!=', hashOf(but))
  await query.execute()
  await tx.deleteFrom('sign_in_links').where('user_id', '=', userId).execute()
}

type Table = 'sign_in_links' | 'sessions'

async function sweep(tx: Db, table: Table, nowMs: number): Promise<void> {
  await tx.deleteFrom(table).where('expires_at', '<=', nowMs).execute()
}

function randomText(): string {
  return randomBytes(RANDOM_BYTES).toString('base64url')
}

async function findUser(db: Db, table: Table, text: string, nowMs: number): Promise<Account | undefined> {
  const held = await db
    .selectFrom(table)
    .select(['user_id', 'expires_at'])
    .where('hash', '=', hashOf(text))
    .executeTakeFirst()
  if (!held || held.expires_at <= nowMs) return undefined
  const row = await db.selectFrom('accounts').selectAll().where('id', '=', held.user_id).executeTakeFirst()
  return row && accountOf(row)
}
