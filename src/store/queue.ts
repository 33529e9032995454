// The delivery table is the queue. This file accepts events with their deliveries, settles
// attempts, and finds what is due; claiming and its locks are the dialect's.
import { sql } from 'kysely'
import type { Attempt, HeaderList } from '../delivery.ts'
import type { Event, SkipReason } from '../event.ts'
import { PLAIN_BODY } from './compression.ts'
import type { BatchStatement, Insert, Row, Settlement, Tx } from './dialects/dialect.ts'
import type { Db } from './schema.ts'

export type { Claimed, Settlement, Want } from './dialects/dialect.ts'

// Looked at for what time it was: as much as is stored in a second, so that what a start has accepted
// before it was killed does not hide what was stored before it. Read once a start, in some 10 ms.
const LATEST_ROWS = 5000

/** An event on its way into the store, with what becomes of it for each hook that asked. */
export type EventPlan = {
  readonly event: Event
  /** Null when it is too large to be kept. */
  readonly payload: Uint8Array | null
  readonly payloadBytes: number
  readonly deliveries: readonly DeliveryPlan[]
  readonly skips: readonly SkipPlan[]
}

export type SkipPlan = {
  readonly hookId: number
  readonly reason: SkipReason
  /** Which filter, when that was the reason. */
  readonly detail: string | null
}

export type DeliveryPlan = {
  readonly id: number
  readonly hookId: number
  readonly redelivery: boolean
  /** Leased to this node from the start, or left in the store until it is claimed. */
  readonly leased: boolean
  /** What stands in one line with it; null when its order does not matter. */
  readonly orderKey: string | null
  /** The App's, which hears of it; null for every other hook. */
  readonly installationId: number | null
}

export type LeaseTerms = { readonly owner: string; readonly nowMs: number; readonly untilMs: number }

const EVENT_COLUMNS = [
  'account_id',
  'id',
  'guid',
  'name',
  'action',
  'repository_id',
  'organization_id',
  'sender_id',
  'payload_bytes',
  'created_at',
]
const PAYLOAD_COLUMNS = ['account_id', 'event_id', 'body']
const DELIVERY_COLUMNS = [
  'account_id',
  'id',
  'hook_id',
  'event_id',
  'redelivery',
  'state',
  'attempts',
  'due_at',
  'lease_owner',
  'created_at',
  'settled_at',
  'order_key',
  'installation_id',
]
const SKIP_COLUMNS = ['account_id', 'event_id', 'hook_id', 'reason', 'created_at', 'detail']
const ATTEMPT_COLUMNS = [
  'account_id',
  'id',
  'delivery_id',
  'event_id',
  'hook_id',
  'guid',
  'event',
  'action',
  'repository_id',
  'redelivery',
  'started_at',
  'took_ms',
  'status',
  'status_code',
  'url',
  'content_type',
  'request_headers',
  'response_headers',
  'response_body',
  'installation_id',
]

/** Events, payloads, deliveries and skips: four statements, whatever their number. */
export function acceptStatements(plans: readonly EventPlan[], lease: LeaseTerms): Insert[] {
  const payloads = plans.flatMap(({ event, payload }) =>
    payload === null ? [] : [[event.accountId, event.id, payload] as Row],
  )
  const deliveries = plans.flatMap(({ event, deliveries }) =>
    deliveries.map(delivery => deliveryRow(event.accountId, event.id, delivery, lease)),
  )
  const skips = plans.flatMap(({ event, skips }) =>
    skips.map(
      ({ hookId, reason, detail }): Row => [event.accountId, event.id, hookId, reason, lease.nowMs, detail],
    ),
  )
  return [
    { kind: 'insert', table: 'events', columns: EVENT_COLUMNS, rows: plans.map(eventRow) },
    { kind: 'insert', table: 'payloads', columns: PAYLOAD_COLUMNS, rows: payloads },
    { kind: 'insert', table: 'deliveries', columns: DELIVERY_COLUMNS, rows: deliveries },
    { kind: 'insert', table: 'skips', columns: SKIP_COLUMNS, rows: skips },
  ]
}

/** The same within a unit of work. Asked for together, the statements share one message. */
export async function insertPlans(tx: Tx, plans: readonly EventPlan[], lease: LeaseTerms): Promise<void> {
  await Promise.all(acceptStatements(plans, lease).map(statement => tx.insert(statement)))
}

/** One more delivery of an event that is stored already. */
export type Again = { readonly event: Pick<Event, 'accountId' | 'id'>; readonly plan: DeliveryPlan }

export async function insertDeliveries(tx: Tx, again: readonly Again[], lease: LeaseTerms): Promise<void> {
  const rows = again.map(({ event, plan }) => deliveryRow(event.accountId, event.id, plan, lease))
  await tx.insert({ kind: 'insert', table: 'deliveries', columns: DELIVERY_COLUMNS, rows })
}

/** Ends leases and remembers the attempts that ended them: two statements. */
export function settleStatements(
  owner: string,
  settlements: readonly Settlement[],
  attempts: readonly Attempt[],
): BatchStatement[] {
  return [
    { kind: 'settle', owner, settlements },
    {
      kind: 'insert',
      table: 'attempts',
      columns: ATTEMPT_COLUMNS,
      rows: attempts.map(attemptRow),
      orIgnore: true,
    },
  ]
}

/** The exact bytes, or null when they are no longer kept. */
export async function findPayload(db: Db, eventId: number): Promise<Uint8Array | null> {
  const row = await db
    .selectFrom('payloads')
    .select(sql.raw<Uint8Array>(PLAIN_BODY).as('body'))
    .where('event_id', '=', eventId)
    .executeTakeFirst()
  return row?.body ?? null
}

/** What a redelivery needs to know of an event. */
export async function findEvent(
  db: Db,
  eventId: number,
): Promise<Pick<Event, 'accountId' | 'id' | 'guid' | 'name' | 'action' | 'repositoryId'> | undefined> {
  return db
    .selectFrom('events')
    .select(['account_id as accountId', 'id', 'guid', 'name', 'action', 'repository_id as repositoryId'])
    .where('id', '=', eventId)
    .executeTakeFirst()
}

/**
 * Hooks that have something pending, in the order of their ids, with the time at which their oldest
 * is due: one seek in the index for each hook, however many deliveries wait behind it.
 */
export async function listPendingHooks(
  db: Db,
  afterHookId: number,
  limit: number,
): Promise<{ hookId: number; dueAtMs: number }[]> {
  const { rows } = await sql<{ hook_id: number; due_at: number }>`
    WITH RECURSIVE hop (hook_id) AS (
      SELECT min(hook_id) FROM deliveries WHERE state = 'pending' AND hook_id > ${afterHookId}
      UNION ALL
      SELECT (SELECT min(hook_id) FROM deliveries WHERE state = 'pending' AND hook_id > hop.hook_id)
      FROM hop WHERE hop.hook_id IS NOT NULL)
    SELECT hook_id,
           (SELECT min(due_at) FROM deliveries WHERE state = 'pending' AND hook_id = hop.hook_id) AS due_at
    FROM hop WHERE hook_id IS NOT NULL LIMIT ${limit}`.execute(db)
  return rows.map(row => ({ hookId: row.hook_id, dueAtMs: row.due_at }))
}

/** How many deliveries wait for each second to come, for the gauge of what is due. Read once, at start. */
export async function countPendingBySecond(
  db: Db,
  beforeId: number,
): Promise<{ second: number; count: number }[]> {
  const { rows } = await sql<{ second: number; count: number }>`
    SELECT due_at / 1000 AS second, count(*) AS count FROM deliveries
    WHERE state = 'pending' AND id < ${beforeId} GROUP BY due_at / 1000`.execute(db)
  return rows
}

export async function countHeld(db: Db): Promise<number> {
  const row = await db
    .selectFrom('deliveries')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('state', '=', sql.lit('held'))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/**
 * Gives up what was due before this time and is kept back still: behind a hook's open breaker, or
 * held, of whatever hook. Bounded; gives the number.
 */
export async function giveUpKept(
  tx: Tx,
  kept: { readonly state: 'pending'; readonly hookId: number } | { readonly state: 'held' },
  { dueBeforeMs, nowMs, limit }: { dueBeforeMs: number; nowMs: number; limit: number },
): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('deliveries')
    .set({ state: 'exhausted', reason: 'too_old', settled_at: nowMs, lease_owner: null })
    .where('id', 'in', query =>
      query
        .selectFrom('deliveries')
        .select('id')
        .$if(kept.state === 'pending', q => q.where('hook_id', '=', 'hookId' in kept ? kept.hookId : 0))
        .where('state', '=', sql.lit(kept.state))
        .where('due_at', '<', dueBeforeMs)
        .limit(limit),
    )
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

export async function isHeldSince(db: Db, beforeMs: number): Promise<boolean> {
  const row = await db
    .selectFrom('deliveries')
    .select('id')
    .where('state', '=', sql.lit('held'))
    .where('due_at', '<', beforeMs)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export async function hasLapsedLease(db: Db, nowMs: number): Promise<boolean> {
  const row = await db
    .selectFrom('deliveries')
    .select('id')
    .where('state', '=', sql.lit('leased'))
    .where('due_at', '<=', nowMs)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Makes due again what its owner let lapse; what is held after all has not lapsed, whatever the clock
 * says. Bounded; gives the number.
 */
export async function releaseLapsed(
  tx: Tx,
  nowMs: number,
  limit: number,
  isHeld: (deliveryId: number) => boolean = () => false,
): Promise<number> {
  const lapsed = await tx
    .selectFrom('deliveries')
    .select('id')
    .where('state', '=', sql.lit('leased'))
    .where('due_at', '<=', nowMs)
    .limit(limit)
    .execute()
  const ids = lapsed.flatMap(({ id }) => (isHeld(id) ? [] : [id]))
  await setDue(tx, ids, nowMs)
  return ids.length
}

/** The latest time that is written on what was stored last. Ahead of now when the clock was turned back. */
export async function findLatestTime(db: Db): Promise<number> {
  const { rows } = await sql<{ latest: number | null }>`
    SELECT max(at) AS latest FROM (
      SELECT * FROM (SELECT created_at AS at FROM events ORDER BY id DESC LIMIT ${LATEST_ROWS})
      UNION ALL
      SELECT * FROM (SELECT started_at AS at FROM attempts ORDER BY id DESC LIMIT ${LATEST_ROWS})) AS latest_rows`.execute(
    db,
  )
  return rows[0]?.latest ?? 0
}

/**
 * Brings forward what a hook's deliveries wait for, after so many attempts, beyond a time. Bounded;
 * gives for what time each had waited.
 */
export async function bringWaitingForward(
  tx: Tx,
  { hookId, attempts }: { readonly hookId: number; readonly attempts: number },
  { latestMs, limit }: { readonly latestMs: number; readonly limit: number },
): Promise<number[]> {
  const waiting = await tx
    .selectFrom('deliveries')
    .select(['id', 'due_at'])
    .where('hook_id', '=', hookId)
    .where('state', '=', sql.lit('pending'))
    .where('due_at', '>', latestMs)
    .where('attempts', '=', attempts)
    .limit(limit)
    .execute()
  await setDue(
    tx,
    waiting.map(({ id }) => id),
    latestMs,
  )
  return waiting.map(({ due_at }) => due_at)
}

/** How often the hook's deliveries that wait beyond a time have been attempted: each number once. */
export async function listAttemptsOfWaiting(db: Db, hookId: number, afterMs: number): Promise<number[]> {
  const rows = await db
    .selectFrom('deliveries')
    .select('attempts')
    .distinct()
    .where('hook_id', '=', hookId)
    .where('state', '=', sql.lit('pending'))
    .where('due_at', '>', afterMs)
    .execute()
  return rows.map(({ attempts }) => attempts)
}

/** Ends leases at this time that end later. Bounded; gives the number. */
export async function shortenLeases(tx: Tx, untilMs: number, limit: number): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('deliveries')
    .set({ due_at: untilMs })
    .where('id', 'in', query =>
      query
        .selectFrom('deliveries')
        .select('id')
        .where('state', '=', sql.lit('leased'))
        .where('due_at', '>', untilMs)
        .limit(limit),
    )
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

async function setDue(tx: Tx, ids: readonly number[], dueAtMs: number): Promise<void> {
  if (ids.length === 0) return
  await tx
    .updateTable('deliveries')
    .set({ state: 'pending', due_at: dueAtMs, lease_owner: null })
    .where('id', 'in', ids)
    .execute()
}

/**
 * Brings forward what waits for its time. Gives whether there is any need for another delivery: not
 * when this event waits, is held, or is under way to the hook already.
 */
export async function bringForward(tx: Tx, hookId: number, eventId: number, nowMs: number): Promise<boolean> {
  await tx
    .updateTable('deliveries')
    .set({ due_at: nowMs })
    .where('event_id', '=', eventId)
    .where('hook_id', '=', hookId)
    .where('state', '=', sql.lit('pending'))
    .execute()
  const unsettled = await tx
    .selectFrom('deliveries')
    .select('id')
    .where('event_id', '=', eventId)
    .where('hook_id', '=', hookId)
    .where('state', 'in', ['pending', 'leased', 'held'])
    .limit(1)
    .executeTakeFirst()
  return unsettled !== undefined
}

/** Makes due what was held while its hook was inactive. Bounded: the sweep goes on; gives the number. */
export async function releaseHeld(tx: Tx, hookId: number, nowMs: number, limit: number): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('deliveries')
    .set({ state: 'pending', due_at: nowMs, settled_at: null, reason: null })
    .where('id', 'in', query =>
      query
        .selectFrom('deliveries')
        .select('id')
        .where('hook_id', '=', hookId)
        .where('state', '=', sql.lit('held'))
        .orderBy('id')
        .limit(limit),
    )
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

/** Cancels what was held for a hook that is deleted. Bounded; gives the number. */
export async function cancelHeld(tx: Tx, hookId: number, nowMs: number, limit: number): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('deliveries')
    .set({ state: 'cancelled', settled_at: nowMs, reason: null })
    .where('id', 'in', query =>
      query
        .selectFrom('deliveries')
        .select('id')
        .where('hook_id', '=', hookId)
        .where('state', '=', sql.lit('held'))
        .limit(limit),
    )
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

/** Hooks for which something is held although they are active, or deleted: one seek for each hook. */
export async function listHeldInVain(db: Db, limit: number): Promise<{ hookId: number; deleted: boolean }[]> {
  const { rows } = await sql<{ hook_id: number; deleted: number }>`
    WITH RECURSIVE hop (hook_id) AS (
      SELECT min(hook_id) FROM deliveries WHERE state = 'held'
      UNION ALL
      SELECT (SELECT min(hook_id) FROM deliveries WHERE state = 'held' AND hook_id > hop.hook_id)
      FROM hop WHERE hop.hook_id IS NOT NULL)
    SELECT hop.hook_id, CASE WHEN hooks.deleted_at IS NULL THEN 0 ELSE 1 END AS deleted
    FROM hop JOIN hooks ON hooks.id = hop.hook_id
    WHERE hooks.active = 1 OR hooks.deleted_at IS NOT NULL LIMIT ${limit}`.execute(db)
  return rows.map(row => ({ hookId: row.hook_id, deleted: row.deleted === 1 }))
}

/** Forgets answers that are older than an idempotency key lives. Bounded. */
export async function dropIdempotencyKeys(tx: Tx, beforeMs: number, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM idempotency_keys WHERE (target, key) IN (
      SELECT target, key FROM idempotency_keys WHERE created_at < ${beforeMs} ORDER BY created_at LIMIT ${limit})`.execute(
    tx,
  )
  return Number(numAffectedRows ?? 0)
}

function eventRow({ event, payloadBytes }: EventPlan): Row {
  return [
    event.accountId,
    event.id,
    event.guid,
    event.name,
    event.action,
    event.repositoryId,
    event.organizationId,
    event.senderId,
    payloadBytes,
    event.createdAt.getTime(),
  ]
}

function deliveryRow(accountId: number, eventId: number, delivery: DeliveryPlan, lease: LeaseTerms): Row {
  const { id, hookId, redelivery, leased, orderKey, installationId } = delivery
  return [
    accountId,
    id,
    hookId,
    eventId,
    redelivery ? 1 : 0,
    leased ? 'leased' : 'pending',
    0,
    leased ? lease.untilMs : lease.nowMs,
    leased ? lease.owner : null,
    lease.nowMs,
    null,
    orderKey,
    installationId,
  ]
}

function attemptRow(attempt: Attempt): Row {
  const { request, response } = attempt
  return [
    attempt.accountId,
    attempt.id,
    attempt.deliveryId,
    attempt.eventId,
    attempt.hookId,
    attempt.guid,
    attempt.event,
    attempt.action,
    attempt.repositoryId,
    attempt.redelivery ? 1 : 0,
    attempt.startedAt.getTime(),
    Math.round(attempt.tookMs),
    attempt.status,
    attempt.statusCode,
    request.url,
    request.contentType,
    headersText(request.headers),
    response === null ? null : headersText(response.headers),
    response?.body ?? null,
    attempt.installationId,
  ]
}

function headersText(headers: HeaderList): string {
  return JSON.stringify(headers)
}
