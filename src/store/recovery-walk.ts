// What a recovery job looks at, piece by piece, in an order that new redeliveries do not disturb. What
// was given up and what was skipped have indexes by hook, however rare they are among millions of
// events; everything else goes by the events themselves. Each piece is bounded by what is looked at, not
// by what is found.
import { type Selectable, sql } from 'kysely'
import { lowestIdAt } from '../base/id.ts'
import type { DeliveryState } from '../delivery.ts'
import type { RecoveryCandidate, RecoveryJob } from '../recovery.ts'
import { installationCovering } from './installations.ts'
import type { Db, DeliveryTable, EventTable } from './schema.ts'

export type Walk = Pick<RecoveryJob, 'target' | 'criteria' | 'endId'> & { readonly hookId: number }

/** `position` is what the next piece begins after. */
export type Walked = RecoveryCandidate & {
  readonly position: number
  readonly accountId: number
  /** Of the App, when its hook is meant. */
  readonly installationId: number | null
}

/** At most `limit`; fewer mean that the end is reached. */
export async function walk(db: Db, it: Walk, after: number, limit: number): Promise<Walked[]> {
  const bounds = boundsOf(it)
  const position = Math.max(after, bounds.firstEventId - 1)
  switch (it.criteria.status) {
    case 'exhausted':
      return walkExhausted(db, it, { ...bounds, position, limit })
    case 'skipped':
      return walkSkips(db, it, { ...bounds, position, limit })
    case 'failed':
    case 'missed':
    case 'any':
      return walkEvents(db, it, { ...bounds, position, limit })
  }
}

/** Of these events, those whose bytes can be sent once more. */
export async function keptPayloadsAmong(db: Db, eventIds: readonly number[]): Promise<ReadonlySet<number>> {
  if (eventIds.length === 0) return new Set()
  const rows = await db.selectFrom('payloads').select('event_id').where('event_id', 'in', eventIds).execute()
  return new Set(rows.map(row => row.event_id))
}

type Piece = {
  readonly firstEventId: number
  /** Excluded. */
  readonly endEventId: number
  readonly position: number
  readonly limit: number
}

// Events are found by the time at which they were accepted, which their identifiers begin with.
function boundsOf({ criteria, endId }: Walk): Pick<Piece, 'firstEventId' | 'endEventId'> {
  const { from, to } = criteria
  return {
    firstEventId: from === null ? 0 : lowestIdAt(from.getTime()),
    endEventId: to === null ? endId : Math.min(endId, lowestIdAt(to.getTime())),
  }
}

/** Position: the event. */
async function walkEvents(
  db: Db,
  { target, criteria, hookId }: Walk,
  { endEventId, position, limit }: Piece,
): Promise<Walked[]> {
  // An organization's events in one repository are that repository's.
  const repositoryId = target.kind === 'repository' ? target.id : criteria.repositoryId
  const rows = await db
    .selectFrom(eb =>
      eb
        .selectFrom('events')
        .select(['account_id', 'id', 'name', 'action', 'repository_id', 'organization_id'])
        .$if(repositoryId !== null, query => query.where('repository_id', '=', repositoryId))
        .$if(repositoryId === null && target.kind === 'organization', query =>
          query.where('organization_id', '=', target.id),
        )
        .where('id', '>', position)
        .where('id', '<', endEventId)
        .orderBy('id')
        .limit(limit)
        .as('events'),
    )
    .leftJoin('deliveries as latest', join => join.on('latest.id', '=', latestId(hookId)))
    .leftJoin('skips', join =>
      join.onRef('skips.event_id', '=', 'events.id').on('skips.hook_id', '=', hookId),
    )
    .select(EVENT)
    .select(LATEST)
    .select('skips.reason as skip_reason')
    .select(coveringInstallation(target).as('covered_by'))
    .orderBy('events.id')
    .execute()
  return rows.map(row => {
    const walked = walkedFrom(row, row.event_id)
    // It was never meant for the App: nothing is missing.
    const isForeign = target.kind === 'app' && row.covered_by === null && walked.state === null
    return isForeign ? { ...walked, state: 'cancelled' } : walked
  })
}

/** Position: the event. */
async function walkSkips(
  db: Db,
  { target, hookId }: Walk,
  { endEventId, position, limit }: Piece,
): Promise<Walked[]> {
  const rows = await db
    .selectFrom('skips')
    .innerJoin('events', 'events.id', 'skips.event_id')
    .leftJoin('deliveries as latest', join => join.on('latest.id', '=', latestId(hookId)))
    .select(EVENT)
    .select(LATEST)
    .select('skips.reason as skip_reason')
    .select(coveringInstallation(target).as('covered_by'))
    .where('skips.hook_id', '=', hookId)
    .where('skips.event_id', '>', position)
    .where('skips.event_id', '<', endEventId)
    .orderBy('skips.event_id')
    .limit(limit)
    .execute()
  return rows.map(row => walkedFrom(row, row.event_id))
}

/**
 * Position: the delivery, which is never older than its event. One that is not its event's latest any
 * more is told as what the latest is.
 */
async function walkExhausted(
  db: Db,
  { hookId, endId }: Walk,
  { firstEventId, endEventId, position, limit }: Piece,
): Promise<Walked[]> {
  const rows = await db
    .selectFrom('deliveries')
    .innerJoin('events', 'events.id', 'deliveries.event_id')
    .leftJoin('deliveries as latest', join => join.on('latest.id', '=', latestId(hookId)))
    .select(EVENT)
    .select(LATEST)
    .select('deliveries.id as position')
    .where('deliveries.hook_id', '=', hookId)
    // A literal: only then is the partial index used.
    .where('deliveries.state', '=', sql.lit('exhausted'))
    .where('deliveries.id', '>', position)
    .where('deliveries.id', '<', endId)
    .orderBy('deliveries.id')
    .limit(limit)
    .execute()
  return rows.map(row => {
    const walked = walkedFrom({ ...row, skip_reason: null, covered_by: null }, row.position)
    const isMeant =
      row.latest_id === row.position && row.event_id >= firstEventId && row.event_id < endEventId
    return isMeant ? walked : { ...walked, state: null }
  })
}

function coveringInstallation({ kind, id }: Walk['target']) {
  return kind === 'app' ? installationCovering(id) : sql<number | null>`NULL`
}

function latestId(hookId: number) {
  return sql<number>`(SELECT max(one.id) FROM deliveries AS one
                      WHERE one.event_id = events.id AND one.hook_id = ${hookId})`
}

const EVENT = [
  'events.account_id as account_id',
  'events.id as event_id',
  'events.name as name',
  'events.action as action',
  'events.repository_id as repository_id',
] as const

const LATEST = [
  'latest.id as latest_id',
  'latest.state as state',
  'latest.attempts as attempts',
  'latest.reason as reason',
  'latest.installation_id as installation_id',
] as const

type WalkedRow = Pick<Selectable<EventTable>, 'account_id' | 'name' | 'action' | 'repository_id'> & {
  readonly event_id: number
  readonly state: DeliveryState | null
  readonly attempts: Selectable<DeliveryTable>['attempts'] | null
  readonly reason: string | null
  readonly skip_reason: string | null
  readonly installation_id: number | null
  readonly covered_by: number | null
}

function walkedFrom(row: WalkedRow, position: number): Walked {
  const isSkip = row.state === null && row.skip_reason !== null
  return {
    position,
    accountId: row.account_id,
    installationId: row.installation_id ?? row.covered_by,
    eventId: row.event_id,
    event: row.name,
    action: row.action,
    repositoryId: row.repository_id,
    state: isSkip ? 'skipped' : row.state,
    attempts: row.attempts ?? 0,
    reason: isSkip ? row.skip_reason : row.reason,
  }
}
