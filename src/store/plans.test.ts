// How SQLite goes about each hot statement when there are hundreds of thousands of rows: by an index,
// never by reading through a table or sorting what it found.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { lowestIdAt } from '../base/id.ts'
import { listAttempts, listLaterAttemptIds, listLatestAnswers } from './attempts.ts'
import { pageOfUncompressed, readCompressed, replacePayloads } from './compaction.ts'
import { HOT_STATEMENTS } from './dialects/sqlite.ts'
import { sampleAttempts } from './health.ts'
import { countHooks, listSubscriptions } from './hooks.ts'
import {
  bringForward,
  bringWaitingForward,
  cancelHeld,
  findEvent,
  findPayload,
  giveUpKept,
  hasLapsedLease,
  isHeldSince,
  listHeldInVain,
  listPendingHooks,
  releaseHeld,
  releaseLapsed,
  shortenLeases,
} from './queue.ts'
import {
  dropAttempts,
  dropDeletedHooks,
  dropEvents,
  dropPayloads,
  dropResponseBodies,
  pageOfAttempts,
  pageOfEvents,
  pageOfPayloads,
} from './retention.ts'
import type { Db, Store, Tx } from './store.ts'
import { openTestStore, plansOf } from './test-store.ts'

// Of each of the four hot tables: a million in all.
const ROWS = 250_000
const HOOK = 3
const TARGET = { kind: 'repository', id: 7 } as const

const RANGE = { afterId: 5000, lastId: 9000 }
const PAGE = { afterId: 5000, beforeId: 9_000_000, limit: 500 }
const COMPRESSED = [8, 9].map(eventId => ({ accountId: 1, eventId, body: new Uint8Array() }))
const TERMS = { dueBeforeMs: 9, nowMs: 9, limit: 9 }

// Each plan has to name this index.
const EXPECTED: Readonly<Record<keyof typeof HOT_STATEMENTS, readonly string[]>> = {
  CLAIM: ['SEARCH deliveries USING COVERING INDEX deliveries_pending (hook_id=? AND due_at<?)'],
  CLAIM_BESIDE_LINES: ['SEARCH deliveries USING INDEX deliveries_pending (hook_id=? AND due_at<?)'],
  CLAIM_HEADS: [
    'SEARCH deliveries USING INDEX deliveries_in_order (hook_id=? AND order_key>?)',
    'SEARCH deliveries USING INDEX deliveries_in_order (hook_id=? AND order_key=?)',
    'SEARCH head USING INTEGER PRIMARY KEY (rowid=?)',
  ],
  SETTLE: ['SEARCH deliveries USING INTEGER PRIMARY KEY (rowid=?)'],
  RENEW: ['SEARCH deliveries USING INTEGER PRIMARY KEY (rowid=?)'],
  READ_PAYLOAD: ['SEARCH payloads USING INTEGER PRIMARY KEY (rowid=?)'],
}

type Question = readonly [name: string, ask: (db: Db) => Promise<unknown>, index: string]

const READS: readonly Question[] = [
  [
    'the hooks of a target',
    db => listSubscriptions(db, TARGET),
    'hooks_by_target (target_kind=? AND target_id=?)',
  ],
  ['their number', db => countHooks(db, TARGET), 'hooks_by_target (target_kind=? AND target_id=?)'],
  ['hooks with something pending', db => listPendingHooks(db, 0, 500), 'deliveries_pending'],
  ['hooks with something held', db => listHeldInVain(db, 500), 'deliveries_held'],
  ['what is held for long', db => isHeldSince(db, 9), 'deliveries_held_by_age'],
  ['leases that lapsed', db => hasLapsedLease(db, 9), 'deliveries_leased (due_at<?)'],
  ['an event', db => findEvent(db, 9), 'PRIMARY KEY (rowid=?)'],
  ['a payload', db => findPayload(db, 9), 'PRIMARY KEY (rowid=?)'],
  ['attempts', db => listAttempts(db, HOOK, { fromId: 9, limit: 30 }), 'attempts_by_hook'],
  ['successes', db => listAttempts(db, HOOK, { status: 'success', limit: 30 }), 'attempts_by_hook'],
  ['failures', db => listAttempts(db, HOOK, { status: 'failure', limit: 30 }), 'attempts_failed'],
  [
    'attempts of a time',
    db => sampleAttempts(db, HOOK, { sinceMs: Date.UTC(2026, 1), untilMs: Date.UTC(2026, 2), limit: 200 }),
    'attempts_by_hook (hook_id=? AND id>? AND id<?)',
  ],
  ['later attempts', db => listLaterAttemptIds(db, HOOK, { afterId: 9, limit: 30 }), 'attempts_by_hook'],
  ['the latest answers', db => listLatestAnswers(db, HOOK, 3), 'attempts_by_hook'],
  ['old payloads', db => pageOfPayloads(db, PAGE), 'PRIMARY KEY (rowid>? AND rowid<?)'],
  ['old attempts', db => pageOfAttempts(db, PAGE), 'PRIMARY KEY (rowid>? AND rowid<?)'],
  ['old events', db => pageOfEvents(db, PAGE), 'PRIMARY KEY (rowid>? AND rowid<?)'],
  ['payloads to compress', db => pageOfUncompressed(db, PAGE), 'PRIMARY KEY (rowid>? AND rowid<?)'],
  ['which of them are settled', db => pageOfUncompressed(db, PAGE), 'deliveries_by_event (event_id=?)'],
  ['payloads, compressed', db => readCompressed(db, [8, 9]), 'PRIMARY KEY (rowid=?)'],
]

const WRITES: readonly Question[] = [
  ['releasing leases', db => releaseLapsed(asTx(db), 9, 9), 'deliveries_leased (due_at<?)'],
  ['shortening leases', db => shortenLeases(asTx(db), 9, 9), 'deliveries_leased (due_at>?)'],
  [
    'bringing what waits forward',
    db => bringWaitingForward(asTx(db), { hookId: HOOK, attempts: 1 }, { latestMs: 9, limit: 9 }),
    'deliveries_pending (hook_id=? AND due_at>?)',
  ],
  ['releasing what is held', db => releaseHeld(asTx(db), HOOK, 9, 9), 'deliveries_held (hook_id=?)'],
  ['cancelling what is held', db => cancelHeld(asTx(db), HOOK, 9, 9), 'deliveries_held (hook_id=?)'],
  [
    'giving up what waits',
    db => giveUpKept(asTx(db), { state: 'pending', hookId: HOOK }, TERMS),
    'deliveries_pending (hook_id=? AND due_at<?)',
  ],
  [
    'giving up what is held',
    db => giveUpKept(asTx(db), { state: 'held' }, TERMS),
    'deliveries_held_by_age (due_at<?)',
  ],
  ['bringing forward', db => bringForward(asTx(db), HOOK, 9, 9), 'deliveries_by_event (event_id=?)'],
  ['dropping payloads', db => dropPayloads(asTx(db), RANGE), 'deliveries_by_event (event_id=?)'],
  ['replacing payloads', db => replacePayloads(asTx(db), COMPRESSED), 'PRIMARY KEY (rowid=?)'],
  ['dropping bodies', db => dropResponseBodies(asTx(db), RANGE), 'PRIMARY KEY (rowid>? AND rowid<?)'],
  ['dropping attempts', db => dropAttempts(asTx(db), RANGE), 'PRIMARY KEY (rowid>? AND rowid<?)'],
  ['dropping events', db => dropEvents(asTx(db), RANGE, 9), 'deliveries_by_event (event_id=?)'],
  ['dropping hooks', db => dropDeletedHooks(asTx(db), 9, 9), 'deliveries_pending (hook_id=?)'],
]

test('with a million rows', async t => {
  const store = await openTestStore(t)
  await fill(store)
  for (const table of ['events', 'payloads', 'deliveries', 'attempts'] as const) {
    const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM ${sql.table(table)}`.execute(
      store.read,
    )
    assert.equal(rows[0]?.n, ROWS)
  }

  for (const [name, expected] of Object.entries(EXPECTED)) {
    await t.test(`needs an index alone to ${name}`, async () => {
      const plan = await planOf(store.read, HOT_STATEMENTS[name as keyof typeof HOT_STATEMENTS])
      for (const line of expected) assert(plan.includes(line), `${line}\nis not in\n${plan}`)
      assertByIndex(plan)
    })
  }

  for (const [name, ask, index] of READS) {
    await t.test(`needs an index alone to find ${name}`, async () => {
      const plan = await plansOf(store.read, ask)
      assert(plan.includes(index), plan)
      assertByIndex(plan)
    })
  }

  for (const [name, ask, index] of WRITES) {
    await t.test(`needs an index alone for ${name}`, async () => {
      const plan = await store.write(tx => plansOf(tx, ask))
      assert(plan.includes(index), plan)
      assertByIndex(plan)
    })
  }
})

function assertByIndex(plan: string): void {
  assert.doesNotMatch(plan, /SCAN (deliveries|attempts|events|payloads|skips|head|old|kept)\b/)
  assert.doesNotMatch(plan, /USE TEMP B-TREE/)
}

/** These questions insert nothing. */
function asTx(db: Db): Tx {
  return Object.assign(db, { insert: async () => {} })
}

async function planOf(db: Db, statement: string): Promise<string> {
  const { rows } = await sql<{ detail: string }>`EXPLAIN QUERY PLAN ${sql.raw(statement)}`.execute(db)
  return rows.map(({ detail }) => detail).join('\n')
}

/** A year's beginning, an event a second, of each a payload, a delivery in some state and an attempt. */
async function fill({ write }: Store): Promise<void> {
  const second = lowestIdAt(Date.UTC(2026, 0, 1) + 1000)
  const numbers = sql.raw(
    `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${ROWS}) `,
  )
  const id = sql.raw(`n * ${second}`)
  const state = sql.raw(
    `CASE n % 20 WHEN 0 THEN 'pending' WHEN 1 THEN 'leased' WHEN 2 THEN 'held' WHEN 3 THEN 'exhausted' ELSE 'delivered' END`,
  )
  await write(async tx => {
    await sql`INSERT INTO events (account_id, id, guid, name, repository_id, payload_bytes, created_at)
      ${numbers} SELECT 1, ${id}, 'g' || n, 'issues', n % 50, 2, n * 1000 FROM n`.execute(tx)
    await sql`INSERT INTO payloads (account_id, event_id, body)
      ${numbers} SELECT 1, ${id}, x'7b7d' FROM n`.execute(tx)
    await sql`INSERT INTO deliveries (account_id, id, hook_id, event_id, redelivery, state, attempts, due_at,
                                      created_at, settled_at, order_key)
      ${numbers} SELECT 1, ${id}, n % 100, ${id}, 0, ${state}, 1, n, n, n,
                        CASE WHEN n % 2 = 0 THEN 'line' || n % 1000 END FROM n`.execute(tx)
    await sql`INSERT INTO attempts (account_id, id, delivery_id, event_id, hook_id, guid, event, redelivery,
                                    started_at, took_ms, status, status_code, url, content_type, request_headers)
      ${numbers} SELECT 1, ${id}, ${id}, ${id}, n % 100, 'g' || n, 'issues', 0, n, 1, 'OK',
                        CASE WHEN n % 20 = 3 THEN 500 ELSE 200 END, 'http://x', 'json', '[]' FROM n`.execute(
      tx,
    )
  })
}
