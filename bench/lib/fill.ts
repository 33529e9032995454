// Fills a store by SQL, as if it had been at work for long: what took a month comes into being in a
// minute. The store must be closed. What is filled in lies in the past of everything that comes after.
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { lowestIdAt } from '../../src/base/id.ts'
import { ACCOUNT_ID } from './site.ts'

// Rows in one statement: some seconds, so that progress can be told.
const CHUNK = 500_000

const HOUR_MS = 3_600_000

export type Backlog = {
  readonly hookId: number
  readonly repositoryId: number
  readonly count: number
  readonly payloadBytes: number
}

/** Deliveries of this hook, all due, each with its event and its payload. */
export function fillBacklog(folder: string, { hookId, repositoryId, count, payloadBytes }: Backlog): void {
  const nowMs = Date.now() - HOUR_MS
  const text = 'x'.repeat(payloadBytes)
  fill(folder, count, [
    [
      `INSERT INTO events (account_id, id, guid, name, action, repository_id, organization_id, sender_id,
                           payload_bytes, created_at)
       SELECT ?, ? + 2 * i, printf('%08x-0000-1000-8000-%012x', i, i), 'issues', 'opened', ?, NULL, NULL, ?, ?
       FROM numbers`,
      [ACCOUNT_ID, lowestIdAt(nowMs), repositoryId, payloadBytes, nowMs],
    ],
    [
      `INSERT INTO payloads (account_id, event_id, body)
       SELECT ?, ? + 2 * i, CAST(substr(printf('{"action":"opened","number":%d,"text":"', i) || ?, 1, ?) || '"}' AS BLOB)
       FROM numbers`,
      [ACCOUNT_ID, lowestIdAt(nowMs), text, payloadBytes - 2],
    ],
    [
      `INSERT INTO deliveries (account_id, id, hook_id, event_id, redelivery, state, attempts, due_at, lease_owner,
                               created_at, settled_at)
       SELECT ?, ? + 2 * i + 1, ?, ? + 2 * i, 0, 'pending', 0, ? + i / 1000, NULL, ?, NULL FROM numbers`,
      [ACCOUNT_ID, lowestIdAt(nowMs), hookId, lowestIdAt(nowMs), nowMs, nowMs],
    ],
  ])
}

export type Log = {
  readonly hooks: number
  readonly count: number
  readonly ageMs?: number
  /** 0 leaves nothing of the payloads: on the embedded store they are kept for a shorter time than the log. */
  readonly payloadBytes?: number
}

/** Attempts, each with its delivery and its event, of hooks from 1 on; a hundredth of them failed. */
export function fillLog(folder: string, log: Log): void {
  const { hooks, count, ageMs = HOUR_MS, payloadBytes = 0 } = log
  const nowMs = Date.now() - ageMs
  const first = lowestIdAt(nowMs)
  fill(folder, count, [
    [
      `INSERT INTO events (account_id, id, guid, name, action, repository_id, organization_id, sender_id,
                           payload_bytes, created_at)
       SELECT ?, ? + 3 * i, printf('%08x-0000-1000-8000-%012x', i, i), 'issues', 'opened', 1 + i % ?, NULL, NULL,
              7168, ?
       FROM numbers`,
      [ACCOUNT_ID, first, hooks, nowMs],
    ],
    [
      `INSERT INTO deliveries (account_id, id, hook_id, event_id, redelivery, state, attempts, due_at, lease_owner,
                               created_at, settled_at)
       SELECT ?, ? + 3 * i + 1, 1 + i % ?, ? + 3 * i, 0, 'delivered', 1, ?, NULL, ?, ? FROM numbers`,
      [ACCOUNT_ID, first, hooks, first, nowMs, nowMs, nowMs],
    ],
    [
      `INSERT INTO attempts (account_id, id, delivery_id, event_id, hook_id, guid, event, action, repository_id,
                             redelivery, started_at, took_ms, status, status_code, url, content_type,
                             request_headers, response_headers, response_body)
       SELECT ?, ? + 3 * i + 2, ? + 3 * i + 1, ? + 3 * i, 1 + i % ?, printf('%08x-0000-1000-8000-%012x', i, i),
              'issues', 'opened', 1 + i % ?, 0, ?, 3, iif(i % 100, 'OK', 'Invalid HTTP Response: 500'),
              iif(i % 100, 200, 500), 'http://127.0.0.1:4567/payload', 'json', ?, ?, x'6f6b'
       FROM numbers`,
      [ACCOUNT_ID, first, first, first, hooks, hooks, nowMs, REQUEST_HEADERS, RESPONSE_HEADERS],
    ],
    [
      `INSERT INTO payloads (account_id, event_id, body)
       SELECT ?, ? + 3 * i, CAST(printf('{"number":%d,"text":"', i) || ? || '"}' AS BLOB) FROM numbers WHERE ? > 0`,
      [ACCOUNT_ID, first, 'x'.repeat(payloadBytes), payloadBytes],
    ],
  ])
}

/** Hooks, twenty to a repository as GitHub allows for an event: the first repository has twenty of them, too. */
export function fillHooks(folder: string, count: number): void {
  const nowMs = Date.now() - HOUR_MS
  fill(folder, count, [
    [
      `INSERT INTO hooks (account_id, target_kind, target_id, active, events, url, content_type, insecure_ssl,
                          created_at, updated_at)
       SELECT ?, 'repository', 1 + i / 20, 1, '["issues"]', printf('http://127.0.0.1:4567/payload/%d', i), 'json', 0,
              ?, ?
       FROM numbers`,
      [ACCOUNT_ID, nowMs, nowMs],
    ],
  ])
}

type Filling = readonly [sql: string, values: readonly (string | number)[]]

function fill(folder: string, count: number, fillings: readonly Filling[]): void {
  const file = join(folder, 'hookline.db')
  const database = new DatabaseSync(file)
  // Nobody minds if this is lost: it is made anew.
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000')
  const startedMs = performance.now()
  for (let from = 0; from < count; from += CHUNK) {
    const to = Math.min(count, from + CHUNK)
    const numbers = `WITH RECURSIVE numbers (i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM numbers WHERE i < ${to - 1})`
    for (const [sql, values] of fillings) database.prepare(`${numbers} ${sql}`).run(...values)
    if (process.stdout.isTTY) process.stdout.write(`\rfilled ${to} of ${count} `)
  }
  database.close()
  // What is not on the disk yet would be written while we measure.
  const descriptor = openSync(file, 'r+')
  fsyncSync(descriptor)
  closeSync(descriptor)
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  console.log(`${process.stdout.isTTY ? '\r' : ''}filled ${count} in ${seconds} s`)
}

const REQUEST_HEADERS = JSON.stringify([
  ['Accept', '*/*'],
  ['Content-Type', 'application/json'],
  ['User-Agent', 'GitHub-Hookshot/0000000'],
  ['X-GitHub-Delivery', '3f2b8c1e-7f6a-11ee-8c99-0242ac120002'],
  ['X-GitHub-Event', 'issues'],
  ['X-GitHub-Hook-ID', '1'],
  ['X-GitHub-Hook-Installation-Target-ID', '1'],
  ['X-GitHub-Hook-Installation-Target-Type', 'repository'],
  ['X-Hub-Signature', `sha1=${'0'.repeat(40)}`],
  ['X-Hub-Signature-256', `sha256=${'0'.repeat(64)}`],
])

const RESPONSE_HEADERS = JSON.stringify([
  ['Date', 'Tue, 24 Nov 2026 12:00:00 GMT'],
  ['Connection', 'keep-alive'],
  ['Keep-Alive', 'timeout=60'],
  ['Content-Length', '2'],
])
