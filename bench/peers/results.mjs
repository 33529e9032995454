// The log of what came of each delivery, in Postgres: a row each, or many rows in one statement.
import pg from 'pg'
import { inBatches } from './batch.mjs'

// A statement of as many rows as Hookline settles in one commit.
const ROWS_MAX = 500

const COLUMNS = [
  ['delivery', 'uuid', 'id'],
  ['hook_id', 'bigint', 'hookId'],
  ['url', 'text', 'url'],
  ['started_at', 'timestamptz', 'startedAt'],
  ['took_ms', 'integer', 'tookMs'],
  ['status', 'integer', 'status'],
  ['request_headers', 'text', 'requestHeaders'],
  ['response_headers', 'text', 'responseHeaders'],
  ['response_body', 'text', 'responseBody'],
]
const NAMES = COLUMNS.map(([name]) => name).join(', ')

export async function openResults({ batched, postgresUrl, stored }) {
  // The size of pool that a team would give a worker; a row each needs it.
  const pool = new pg.Pool({ connectionString: postgresUrl, max: 20 })
  pool.on('error', error => console.error(error.message))
  const columns = COLUMNS.map(([column, type]) => `${column} ${type} NOT NULL`).join(', ')
  await pool.query(`CREATE TABLE results (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ${columns})`)
  // The log is listed by hook.
  await pool.query(`CREATE INDEX ON results (hook_id, id)`)

  const one = {
    name: 'store_one',
    text: `INSERT INTO results (${NAMES}) VALUES (${COLUMNS.map((_, index) => `$${index + 1}`).join(', ')})`,
  }
  const many = {
    name: 'store_many',
    text: `INSERT INTO results (${NAMES}) SELECT * FROM unnest(${COLUMNS.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ')})`,
  }

  async function storeOne(result) {
    await pool.query({ ...one, values: COLUMNS.map(([, , key]) => result[key]) })
    stored.tell()
  }

  async function storeMany(results) {
    await pool.query({ ...many, values: COLUMNS.map(([, , key]) => results.map(result => result[key])) })
    stored.tell(results.length)
  }

  return { store: batched ? inBatches(ROWS_MAX, storeMany) : storeOne, close: () => pool.end() }
}
