// A real store in a folder of its own, for tests: closed and removed when the test ends. And a look
// at how its database goes about a question.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { CompiledQuery, type KyselyPlugin } from 'kysely'
import { type Clock, systemClock } from '../base/clock.ts'
import { type Db, openStore, type Store } from './store.ts'

export async function openTestStore(t: TestContext, clock: Clock = systemClock): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-store-'))
  const store = await openStore(folder, clock)
  t.after(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })
  return store
}

/** How SQLite goes about the queries that `ask` makes. */
export async function plansOf(db: Db, ask: (db: Db) => Promise<unknown>): Promise<string> {
  const queries: CompiledQuery[] = []
  const plugin: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      queries.push(db.getExecutor().compileQuery(node, queryId))
      return node
    },
    transformResult: async ({ result }) => result,
  }
  await ask(db.withPlugin(plugin))
  const plans = await Promise.all(
    queries.map(({ sql, parameters }) =>
      db.executeQuery<{ detail: string }>(CompiledQuery.raw(`EXPLAIN QUERY PLAN ${sql}`, [...parameters])),
    ),
  )
  return plans.flatMap(({ rows }) => rows.map(({ detail }) => detail)).join('\n')
}
