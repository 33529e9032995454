// The log of attempts, read. They are written where deliveries are settled (queue.ts).
import { type Selectable, sql } from 'kysely'
import { lowestIdAt } from '../base/id.ts'
import type { Attempt, AttemptResponse, AttemptSummary } from '../delivery.ts'
import type { AttemptTable, Db } from './schema.ts'

/** What became of an attempt: all that a hook's `last_response` is made of. */
type LastAttempt = Pick<Attempt, 'status' | 'statusCode'>

/** GitHub's filter: a redirect is a success here, although it failed. */
export type StatusFilter = 'success' | 'failure'

export type AttemptFilter = {
  readonly status?: StatusFilter | undefined
  /** Has no index: whoever asks for it has to bound the walk. */
  readonly event?: string | undefined
  /** By their end, since identifiers are made then: this time included, the other not. */
  readonly sinceMs?: number | undefined
  readonly untilMs?: number | undefined
}

export type AttemptQuery = AttemptFilter & { readonly limit: number }

type Downward = AttemptQuery & { readonly fromId?: number | undefined; readonly aboveId?: number | undefined }

/** Newest first, from `fromId` on, itself included; from the newest when it is left out. */
export async function listAttempts(db: Db, hookId: number, query: Downward): Promise<AttemptSummary[]> {
  const rows = await downward(db, hookId, query).select(SUMMARY).execute()
  return rows.map(summaryFrom)
}

/** The identifier that lies this many attempts below, or null when there are not as many. */
export async function findAttemptBelow(
  db: Db,
  hookId: number,
  { limit: count, ...query }: Downward,
): Promise<number | null> {
  const row = await downward(db, hookId, { ...query, limit: 1 })
    .select('id')
    .offset(count)
    .executeTakeFirst()
  return row?.id ?? null
}

function downward(db: Db, hookId: number, { fromId, aboveId, limit, ...filter }: Downward) {
  let query = ofHook(db, hookId, filter).orderBy('id', 'desc').limit(limit)
  if (fromId !== undefined) query = query.where('id', '<=', fromId)
  if (aboveId !== undefined) query = query.where('id', '>', aboveId)
  return query
}

/** What came after this one, oldest first. */
export async function listLaterAttempts(
  db: Db,
  hookId: number,
  { afterId, limit }: { readonly afterId: number; readonly limit: number },
): Promise<AttemptSummary[]> {
  const rows = await ofHook(db, hookId)
    .select(SUMMARY)
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(summaryFrom)
}

/** The identifiers of the `limit` attempts that came next after this one, oldest first. */
export async function listLaterAttemptIds(
  db: Db,
  hookId: number,
  { afterId, limit, ...filter }: AttemptQuery & { readonly afterId: number },
): Promise<number[]> {
  const rows = await ofHook(db, hookId, filter)
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
function ofHook(db: Db, hookId: number, { status, event, sinceMs, untilMs }: AttemptFilter = {}) {
  let query = db.selectFrom('attempts').where('hook_id', '=', hookId)
  if (event !== undefined) query = query.where('event', '=', event)
  if (sinceMs !== undefined) query = query.where('id', '>=', lowestIdAt(sinceMs))
  if (untilMs !== undefined) query = query.where('id', '<', lowestIdAt(untilMs))
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
