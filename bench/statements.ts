// SQL statements for each delivered event, counted between the engine and its store: a batch counts as
// many statements as it has rows, since SQLite runs one for each. Under a saturating load, and for one
// event at a time, when nothing shares anything. What begins and ends transactions is counted apart,
// as if no two batches shared one, which under load most do.
//
//   npm run bench -- statements [--count 20000] [--quick]
import type { KyselyPlugin } from 'kysely'
import type { BatchStatement } from '../src/store/dialects/dialect.ts'
import type { Store } from '../src/store/store.ts'
import { readOptions } from './lib/options.ts'
import { payloadOf, payloadTemplate } from './lib/payload.ts'
import { startReceivers } from './lib/receivers.ts'
import { writeResult } from './lib/result.ts'
import { saturate } from './lib/saturate.ts'
import { draftFor, makeHooks, openSite, type Site } from './lib/site.ts'
import { round } from './lib/spread.ts'
import { makeFolder } from './lib/temporary.ts'

const RECEIVERS = 50
const ONE_BY_ONE = 500
// BEGIN, SAVEPOINT, RELEASE, COMMIT.
const CONTROL_PER_TRANSACTION = 4

const options = readOptions('statements', { count: [20_000, 5_000] })
const { count } = options
const template = payloadTemplate()
const tally = { rows: 0, batched: 0, transactions: 0 }

const receivers = await startReceivers({ plain: RECEIVERS })
const site = await openSite(makeFolder('statements'), {
  wrap: counting,
  prepare: async store => void (await makeHooks(store, receivers.urls.plain)),
})
// Each hook is read once, and then known.
await saturate(site, { template, receiverCount: RECEIVERS, more: begun => begun < RECEIVERS })

const loaded = await measure('under load', count, () =>
  saturate(site, { template, receiverCount: RECEIVERS, more: begun => begun < count }),
)
const single = await measure('one by one', ONE_BY_ONE, () => deliverOneByOne(site))
await site.close()
receivers.stop()
await writeResult('statements', options, { receivers: RECEIVERS, count, loaded, single })

async function measure(name: string, events: number, deliver: () => Promise<unknown>) {
  Object.assign(tally, { rows: 0, batched: 0, transactions: 0 })
  await deliver()
  const result = {
    perEvent: round(tally.rows / events, 2),
    perEventInBatches: round(tally.batched / events, 2),
    controlPerEventAtMost: round((tally.transactions * CONTROL_PER_TRANSACTION) / events, 2),
  }
  console.log(
    `${name}  ${result.perEvent} statements an event  in batches ${result.perEventInBatches}  for transactions at most ${result.controlPerEventAtMost}`,
  )
  return result
}

async function deliverOneByOne({ engine, stored }: Site): Promise<void> {
  for (let index = 0; index < ONE_BY_ONE; index++) {
    await engine.publish([draftFor((index % RECEIVERS) + 1, payloadOf(template))])
    await stored.one()
  }
}

function counting(store: Store): Store {
  const count = (rows: number, batched = rows) => {
    tally.rows += rows
    tally.batched += batched
  }
  const plugin: KyselyPlugin = {
    transformQuery({ node }) {
      count(1)
      return node
    },
    transformResult: async ({ result }) => result,
  }
  return {
    ...store,
    read: store.read.withPlugin(plugin),
    write(work) {
      tally.transactions++
      return store.write(tx => {
        const insert: typeof tx.insert = statement => {
          count(rowsIn(statement), Math.sign(rowsIn(statement)))
          return tx.insert(statement)
        }
        return work(Object.assign(tx.withPlugin(plugin), { insert }))
      })
    },
    batch(statements) {
      tally.transactions++
      for (const statement of statements) count(rowsIn(statement), Math.sign(rowsIn(statement)))
      return store.batch(statements)
    },
    claim(wants, lease) {
      tally.transactions++
      count(wants.length, 1)
      return store.claim(wants, lease)
    },
    readPayloads(eventIds) {
      count(eventIds.length, Math.sign(eventIds.length))
      return store.readPayloads(eventIds)
    },
  }
}

function rowsIn(statement: BatchStatement): number {
  switch (statement.kind) {
    case 'insert':
      return statement.rows.length
    case 'settle':
      return statement.settlements.length
    case 'renew':
      return statement.deliveryIds.length
  }
}
