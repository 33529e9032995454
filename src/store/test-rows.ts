// Rows of the hot tables as they lie there after a while, for tests: put in as they are, whatever the
// engine would have made of them.
import { v1 as uuid } from 'uuid'
import type { DeliveryState } from '../delivery.ts'
import type { Store } from './store.ts'

const ROWS_ACCOUNT_ID = 1

export type EventRow = {
  readonly name?: string
  readonly action?: string | null
  readonly repositoryId?: number | null
  readonly organizationId?: number | null
  readonly createdAtMs?: number
  readonly payload?: Uint8Array | null
}

/** Gives its identifier. */
export async function addEvent(store: Store, event: EventRow = {}): Promise<number> {
  const { name = 'issues', action = null, repositoryId = 7, organizationId = null } = event
  const { payload = Buffer.from('{}'), createdAtMs = Date.now() } = event
  const id = store.ids.next()
  await store.write(async tx => {
    await tx
      .insertInto('events')
      .values({
        account_id: ROWS_ACCOUNT_ID,
        id,
        guid: uuid(),
        name,
        action,
        repository_id: repositoryId,
        organization_id: organizationId,
        sender_id: null,
        payload_bytes: payload?.byteLength ?? 0,
        created_at: createdAtMs,
      })
      .execute()
    if (payload)
      await tx
        .insertInto('payloads')
        .values({ account_id: ROWS_ACCOUNT_ID, event_id: id, body: new Uint8Array(payload) })
        .execute()
  })
  return id
}

export type DeliveryRow = {
  readonly hookId: number
  readonly eventId: number
  readonly state: DeliveryState
  readonly attempts?: number
  readonly dueAtMs?: number
  readonly reason?: string | null
  readonly settledAtMs?: number | null
}

/** Gives its identifier. */
export async function addDelivery(store: Store, delivery: DeliveryRow): Promise<number> {
  const { hookId, eventId, state, attempts = 0, dueAtMs = 0, reason = null, settledAtMs = null } = delivery
  const id = store.ids.next()
  await store.write(tx =>
    tx
      .insertInto('deliveries')
      .values({
        account_id: ROWS_ACCOUNT_ID,
        id,
        hook_id: hookId,
        event_id: eventId,
        redelivery: 0,
        state,
        attempts,
        due_at: dueAtMs,
        lease_owner: null,
        created_at: 0,
        settled_at: settledAtMs,
        order_key: null,
        reason,
      })
      .execute(),
  )
  return id
}

export async function addSkip(
  store: Store,
  hookId: number,
  eventId: number,
  reason = 'inactive',
  detail: string | null = null,
): Promise<void> {
  await store.write(tx =>
    tx
      .insertInto('skips')
      .values({
        account_id: ROWS_ACCOUNT_ID,
        event_id: eventId,
        hook_id: hookId,
        reason,
        created_at: 0,
        detail,
      })
      .execute(),
  )
}

/** An open breaker, and the change that tells why. */
export async function openBreaker(store: Store, hookId: number, atMs: number, probeAtMs: number) {
  await store.write(async tx => {
    await tx
      .insertInto('breakers')
      .values({
        account_id: ROWS_ACCOUNT_ID,
        hook_id: hookId,
        state: 'open',
        opened_at: atMs,
        probe_at: probeAtMs,
        probes: 2,
      })
      .execute()
    await tx
      .insertInto('hook_changes')
      .values({
        account_id: ROWS_ACCOUNT_ID,
        hook_id: hookId,
        at: atMs,
        change: 'opened',
        reason: 'It failed.',
      })
      .execute()
  })
}
