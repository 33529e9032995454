// Access tokens. A token's text is given out once, when it is made; what is kept is its hash. A token
// that is gone takes with it the sessions that it opened.
import { randomInt } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { AccessToken, Account, Scope } from '../account.ts'
import { accountOf, findAccountsById } from './accounts.ts'
import { hashOf } from './hash.ts'
import { offsetOf, type Page } from './page.ts'
import type { Db, TokenTable } from './schema.ts'

const PREFIX = 'hkl_'
const RANDOM_LENGTH = 40
const LAST_EIGHT_LENGTH_MIN = 32
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

export type NewToken = {
  readonly userId: number
  readonly note: string
  readonly scopes: readonly Scope[]
  /** Made by an administrator in the user's name. */
  readonly impersonation?: boolean
}

/** `text` is to be shown now: it cannot be had again. */
export type MadeToken = { readonly token: AccessToken; readonly text: string }

export type TokenHolder = { readonly token: AccessToken; readonly user: Account }

export async function createToken(tx: Db, token: NewToken, nowMs: number): Promise<MadeToken> {
  const text = newTokenText()
  const row = await tx
    .insertInto('tokens')
    .values({
      user_id: token.userId,
      hash: hashOf(text),
      last_eight: lastEightOf(text),
      impersonation: Number(token.impersonation ?? false),
      note: token.note,
      scopes: JSON.stringify(token.scopes),
      created_at: nowMs,
      last_used_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return { token: tokenOf(row), text }
}

/**
 * A token whose text is decided elsewhere, such as the environment. Any other token of this user
 * with the same note is one that was set there before: it opens nothing any more.
 */
export async function ensureToken(tx: Db, text: string, token: NewToken, nowMs: number): Promise<void> {
  const hash = hashOf(text)
  await tx
    .deleteFrom('tokens')
    .where('user_id', '=', token.userId)
    .where('note', '=', token.note)
    .where('hash', '!=', hash)
    .execute()
  const scopes = JSON.stringify(token.scopes)
  await tx
    .insertInto('tokens')
    .values({
      user_id: token.userId,
      hash,
      last_eight: lastEightOf(text),
      note: token.note,
      scopes,
      created_at: nowMs,
      last_used_at: null,
    })
    .onConflict(conflict => conflict.column('hash').doUpdateSet({ user_id: token.userId, scopes }))
    .execute()
}

/** Looked up by hash, so that the time it takes tells nothing of how much of a guess was right. */
export async function findTokenHolder(db: Db, text: string): Promise<TokenHolder | undefined> {
  const token = await db.selectFrom('tokens').selectAll().where('hash', '=', hashOf(text)).executeTakeFirst()
  if (!token) return undefined
  const user = await db.selectFrom('accounts').selectAll().where('id', '=', token.user_id).executeTakeFirst()
  return user && { token: tokenOf(token), user: accountOf(user) }
}

/** Newest first. */
export async function listTokens(db: Db, userId: number, page: Page): Promise<AccessToken[]> {
  const rows = await db
    .selectFrom('tokens')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('id', 'desc')
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  return rows.map(tokenOf)
}

export async function countTokens(db: Db, userId: number): Promise<number> {
  const { count } = await db
    .selectFrom('tokens')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Everybody's, newest first. */
export async function listAllTokens(db: Db, page: Page): Promise<TokenHolder[]> {
  const rows = await db
    .selectFrom('tokens')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  const users = await findAccountsById(
    db,
    rows.map(row => row.user_id),
  )
  return rows.flatMap(row => {
    const user = users.get(row.user_id)
    return user ? [{ token: tokenOf(row), user }] : []
  })
}

export async function countAllTokens(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('tokens')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** False when the user has none of that id; without a user, when nobody has. */
export async function deleteToken(tx: Db, userId: number | 'anybody', id: number): Promise<boolean> {
  let query = tx.deleteFrom('tokens').where('id', '=', id)
  if (userId !== 'anybody') query = query.where('user_id', '=', userId)
  const { numDeletedRows } = await query.executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

/** All that administrators made in this user's name. */
export async function deleteImpersonations(tx: Db, userId: number): Promise<void> {
  await tx.deleteFrom('tokens').where('user_id', '=', userId).where('impersonation', '=', 1).execute()
}

/** All of this user's with that note, such as the one that the environment set. False when there was none. */
export async function deleteTokensNoted(tx: Db, userId: number, note: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('tokens')
    .where('user_id', '=', userId)
    .where('note', '=', note)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

export async function markTokenUsed(tx: Db, id: number, nowMs: number): Promise<void> {
  await tx.updateTable('tokens').set({ last_used_at: nowMs }).where('id', '=', id).execute()
}

export function newTokenText(prefix = PREFIX): string {
  return prefix + Array.from({ length: RANDOM_LENGTH }, () => BASE62[randomInt(BASE62.length)]).join('')
}

// Of a token that the operator chose and that is hardly longer than that, it would tell too much.
function lastEightOf(text: string): string | null {
  return text.length >= LAST_EIGHT_LENGTH_MIN ? text.slice(-8) : null
}

function tokenOf(row: Selectable<TokenTable>): AccessToken {
  return {
    id: row.id,
    userId: row.user_id,
    note: row.note,
    scopes: JSON.parse(row.scopes) as Scope[],
    hash: row.hash,
    lastEight: row.last_eight,
    createdAt: new Date(row.created_at),
    lastUsedAt: row.last_used_at === null ? null : new Date(row.last_used_at),
  }
}
