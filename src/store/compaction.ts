// Compresses payloads that have been delivered, a bounded piece at a time: found and compressed by the
// thread that reads, then put in the place of what was there in one short transaction.
import { sql } from 'kysely'
import { ENCODING } from './compression.ts'
import type { PageQuery, PageRow } from './retention.ts'
import type { Db } from './schema.ts'
import type { Tx } from './store.ts'

type CompressedPayload = {
  readonly accountId: number
  readonly eventId: number
  readonly body: Uint8Array
}

// What is larger stays as it is: letting go of the pages of 25 MB, and writing new ones, keeps the
// writing thread for 18 ms, of 8 MB for 6. Payloads of that size are few.
const BODY_BYTES_MAX = 8 * 1024 * 1024

const COLUMNS = ['account_id', 'event_id', 'body', 'encoding']

/**
 * All payloads in the order of their identifiers; the cost is the bytes to compress, and nothing for
 * what is compressed already, too large, or not settled. Reads no bytes.
 */
export async function pageOfUncompressed(db: Db, query: PageQuery): Promise<PageRow[]> {
  return db
    .selectFrom('payloads')
    .select([
      'event_id as id',
      sql<number>`CASE WHEN encoding IS NOT NULL OR length(body) > ${sql.lit(BODY_BYTES_MAX)} THEN 0
                       WHEN EXISTS (SELECT 1 FROM deliveries WHERE deliveries.event_id = payloads.event_id
                                    AND state IN ('pending', 'leased', 'held')) THEN 0
                       ELSE length(body) END`.as('cost'),
    ])
    .where('event_id', '>', query.afterId)
    .where('event_id', '<', query.beforeId)
    .orderBy('event_id')
    .limit(query.limit)
    .execute()
}

/** Those of them for which it pays. */
export async function readCompressed(db: Db, eventIds: readonly number[]): Promise<CompressedPayload[]> {
  const rows = await db
    .selectFrom('payloads')
    .select([
      'account_id as accountId',
      'event_id as eventId',
      sql<Uint8Array | null>`compressed(body)`.as('body'),
    ])
    .where('event_id', 'in', eventIds)
    .where('encoding', 'is', null)
    .execute()
  return rows.flatMap(({ body, ...row }) => (body === null ? [] : [{ ...row, body }]))
}

/**
 * Puts them in the place of what they were made of, where that is still there. Gives the number.
 * An UPDATE would leave each alone on its page of 4 KB, half of what it took before; inserted one
 * after the other they lie close.
 */
export async function replacePayloads(tx: Tx, payloads: readonly CompressedPayload[]): Promise<number> {
  const deleted = await tx
    .deleteFrom('payloads')
    .where(
      'event_id',
      'in',
      payloads.map(({ eventId }) => eventId),
    )
    .where('encoding', 'is', null)
    .returning('event_id')
    .execute()
  const ids = new Set(deleted.map(row => row.event_id))
  const rows = payloads.filter(({ eventId }) => ids.has(eventId))
  await tx.insert({
    kind: 'insert',
    table: 'payloads',
    columns: COLUMNS,
    rows: rows.map(({ accountId, eventId, body }) => [accountId, eventId, body, ENCODING]),
  })
  return rows.length
}
