// The log of attempts, read. They are written where deliveries are settled (queue.ts).
import { type Selectable, sql } from 'kysely'
import type { Attempt, AttemptResponse, AttemptSummary } from '../delivery.ts'
import type { AttemptTable, Db } from './schema.ts'

/** What became of an attempt: all that a hook's `last_response` is made of. */
type LastAttempt = Pick<Attempt, 'status' | 'statusCode'>

/** GitHub's filter: a redirect is a success here, although it failed. */
export type StatusFilter = 'success' | 'failure'

export type AttemptQuery = {
  readonly status?: StatusFilter | undefined
  readonly limit: number
}

/** Newest first, from `fromId` on, itself included; from the newest when it is left out. */
export async function listAttempts(
  db: Db,
  hookId: number,
  { fromId, status, limit }: AttemptQuery & { readonly fromId?: number | undefined },
): Promise<AttemptSummary[]> {
  let query = ofHook(db, hookId, status).select(SUMMARY).orderBy('id', 'desc').limit(limit)
  if (fromId !== undefined) query = query.where('id', '<=', fromId)
  const rows = await query.execute()
  return rows.map(summaryFrom)
}

/** The identifiers of the `limit` attempts that came next after this one, oldest first. */
export async function listLaterAttemptIds(
  db: Db,
  hookId: number,
  { afterId, status, limit }: AttemptQuery & { readonly afterId: number },
): Promise<number[]> {
  const rows = await ofHook(db, hookId, status)
    .select('id')
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

/** An attempt at another hook is not found. */
export async function findAttempt(db: Db, hookId: number, id: number): Promise<Attempt | undefined> {
  const row = await ofHook(db, hookId).selectAll().where('id', '=', id).executeTakeFirst()
  return row && attemptFrom(row)
}

/** The latest attempt at each of these hooks: one seek in the index for each. */
export async function lastAttemptsOf(
  db: Db,
  hookIds: readonly number[],
): Promise<ReadonlyMap<number, LastAttempt>> {
  if (hookIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('hooks')
    .innerJoin('attempts', join =>
      join.on('attempts.id', '=', eb =>
        eb
          .selectFrom('attempts as latest')
          .select(({ fn }) => fn.max('latest.id').as('id'))
          .whereRef('latest.hook_id', '=', 'hooks.id'),
      ),
    )
    .select(['hooks.id', 'attempts.status', 'attempts.status_code'])
    .where('hooks.id', 'in', hookIds)
    .execute()
  return new Map(rows.map(row => [row.id, { status: row.status, statusCode: row.status_code }]))
}

const SUMMARY = [
  'account_id',
  'id',
  'delivery_id',
  'event_id',
  'hook_id',
  'guid',
  'event',
  'action',
  'repository_id',
  'installation_id',
  'redelivery',
  'started_at',
  'took_ms',
  'status',
  'status_code',
] as const

type SummaryRow = Pick<Selectable<AttemptTable>, (typeof SUMMARY)[number]>

// The codes are literals: only then is the index of failures used.
function ofHook(db: Db, hookId: number, status?: StatusFilter) {
  const query = db.selectFrom('attempts').where('hook_id', '=', hookId)
  switch (status) {
    case 'success':
      return query.where('status_code', '>=', sql.lit(200)).where('status_code', '<', sql.lit(400))
    case 'failure':
      return query.where('status_code', '>=', sql.lit(400)).where('status_code', '<', sql.lit(600))
    case undefined:
      return query
  }
}

function summaryFrom(row: SummaryRow): AttemptSummary {
  return {
    accountId: row.account_id,
    id: row.id,
    deliveryId: row.delivery_id,
    eventId: row.event_id,
    hookId: row.hook_id,
    guid: row.guid,
    event: row.event,
    action: row.action,
    repositoryId: row.repository_id,
    installationId: row.installation_id,
    redelivery: row.redelivery === 1,
    startedAt: new Date(row.started_at),
    tookMs: row.took_ms,
    status: row.status,
    statusCode: row.status_code,
  }
}

function attemptFrom(row: Selectable<AttemptTable>): Attempt {
  return {
    ...summaryFrom(row),
    request: {
      url: row.url,
      contentType: row.content_type,
      headers: JSON.parse(row.request_headers),
    },
    response: responseFrom(row),
  }
}

function responseFrom(row: Selectable<AttemptTable>): AttemptResponse | null {
  if (row.response_headers === null) return null
  return { headers: JSON.parse(row.response_headers), body: row.response_body }
}

/** The status codes of a hook's latest attempts, newest first. */
export async function listLatestAnswers(db: Db, hookId: number, count: number): Promise<number[]> {
  const rows = await db
    .selectFrom('attempts')
    .select('status_code')
    .where('hook_id', '=', hookId)
    .orderBy('id', 'desc')
    .limit(count)
    .execute()
  return rows.map(row => row.status_code)
}
