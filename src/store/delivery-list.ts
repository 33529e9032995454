// Deliveries, listed: what waits, is held or was given up, by hook; and what became of an event. The
// queue itself is queue.ts.
import { type Selectable, sql } from 'kysely'
import type { Event } from '../event.ts'
import type { QueuedDelivery } from '../standing.ts'
import type { Db, DeliveryTable, EventTable } from './schema.ts'

/** What is not delivered, and has an index by hook. */
export type QueueState = 'pending' | 'held' | 'exhausted'

export type ListedEvent = Pick<Event, 'id' | 'guid' | 'name' | 'action' | 'repositoryId' | 'createdAt'>

export type ListedDelivery = { readonly delivery: QueuedDelivery; readonly event: ListedEvent }

/** The last that was listed. Of what is pending, its time counts before its identifier. */
export type QueuePlace = { readonly dueAtMs: number; readonly id: number }

// An event has one delivery for each hook, and one more each time that it is sent again. What is
// beyond this is older than the latest.
const DELIVERIES_OF_EVENT_MAX = 5000
const DELIVERIES_OF_PAIR_MAX = 100

/** What is pending in the order in which it is due; the rest newest first. */
export async function listQueued(
  db: Db,
  hookId: number,
  state: QueueState,
  { after, limit }: { readonly after?: QueuePlace | undefined; readonly limit: number },
): Promise<ListedDelivery[]> {
  const query = db
    .selectFrom('deliveries')
    .innerJoin('events', 'events.id', 'deliveries.event_id')
    .select(DELIVERY)
    .select(LISTED_EVENT)
    .where('deliveries.hook_id', '=', hookId)
    // A literal: only then is the partial index used.
    .where('deliveries.state', '=', sql.lit(state))
    .limit(limit)
  const rows = await (state === 'pending'
    ? query
        .orderBy('deliveries.due_at')
        .orderBy('deliveries.id')
        .$if(after !== undefined, it =>
          it.where(
            sql<boolean>`(deliveries.due_at, deliveries.id) > (${after?.dueAtMs ?? 0}, ${after?.id ?? 0})`,
          ),
        )
    : query
        .orderBy('deliveries.id', 'desc')
        .$if(after !== undefined, it => it.where('deliveries.id', '<', after?.id ?? 0))
  ).execute()
  return rows.map(row => ({ delivery: deliveryFrom(row), event: listedEventFrom(row) }))
}

/** Newest first: the first is how the event stands with the hook. */
export async function listDeliveriesOf(db: Db, hookId: number, eventId: number): Promise<QueuedDelivery[]> {
  const rows = await db
    .selectFrom('deliveries')
    .select(DELIVERY)
    .where('event_id', '=', eventId)
    .where('hook_id', '=', hookId)
    .orderBy('id', 'desc')
    .limit(DELIVERIES_OF_PAIR_MAX)
    .execute()
  return rows.map(deliveryFrom)
}

/** The latest delivery of the event to each hook that it has one for. */
export async function latestDeliveriesOf(
  db: Db,
  eventId: number,
): Promise<ReadonlyMap<number, QueuedDelivery>> {
  const rows = await db
    .selectFrom('deliveries')
    .select(DELIVERY)
    .where('event_id', '=', eventId)
    .orderBy('id', 'desc')
    .limit(DELIVERIES_OF_EVENT_MAX)
    .execute()
  // The last that is set wins.
  return new Map(rows.toReversed().map(row => [row.hook_id, deliveryFrom(row)]))
}

const DELIVERY = [
  'deliveries.id as id',
  'deliveries.hook_id as hook_id',
  'deliveries.event_id as event_id',
  'deliveries.state as state',
  'deliveries.reason as reason',
  'deliveries.redelivery as redelivery',
  'deliveries.attempts as attempts',
  'deliveries.due_at as due_at',
  'deliveries.created_at as created_at',
  'deliveries.settled_at as settled_at',
] as const

/** For lists that join an event. */
export const LISTED_EVENT = [
  'events.guid as guid',
  'events.name as name',
  'events.action as action',
  'events.repository_id as repository_id',
  'events.created_at as happened_at',
] as const

type DeliveryRow = Pick<
  Selectable<DeliveryTable>,
  | 'id'
  | 'hook_id'
  | 'event_id'
  | 'state'
  | 'reason'
  | 'redelivery'
  | 'attempts'
  | 'due_at'
  | 'created_at'
  | 'settled_at'
>

type ListedEventRow = Pick<Selectable<EventTable>, 'guid' | 'name' | 'action' | 'repository_id'> & {
  readonly event_id: number
  readonly happened_at: number
}

function deliveryFrom(row: DeliveryRow): QueuedDelivery {
  return {
    id: row.id,
    hookId: row.hook_id,
    eventId: row.event_id,
    state: row.state,
    reason: row.reason,
    redelivery: row.redelivery === 1,
    attempts: row.attempts,
    dueAt: new Date(row.due_at),
    createdAt: new Date(row.created_at),
    settledAt: row.settled_at === null ? null : new Date(row.settled_at),
  }
}

export function listedEventFrom(row: ListedEventRow): ListedEvent {
  return {
    id: row.event_id,
    guid: row.guid,
    name: row.name,
    action: row.action,
    repositoryId: row.repository_id,
    createdAt: new Date(row.happened_at),
  }
}
