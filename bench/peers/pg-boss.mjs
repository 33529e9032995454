// A dispatcher on pg-boss: a job a delivery, and its result, in Postgres.
import { randomUUID } from 'node:crypto'
import { PgBoss } from 'pg-boss'
import { inBatches } from './batch.mjs'
import { createPoster, WINDOW } from './post.mjs'
import { openResults } from './results.mjs'

// Plain: each worker takes a few jobs at a time; all of them together keep the connections busy.
const PLAIN = { localConcurrency: 10, batchSize: 10 }
// Batched: fewer workers that take, and complete, many in one statement.
const BATCHED = { localConcurrency: 4, batchSize: 100 }
const JOBS_PER_BATCH = 500

const QUEUE = 'deliveries'

/** @type {import('../lib/dispatcher.ts').OpenDispatcher} */
export async function open(options) {
  const { batched, urls, postgresUrl } = options
  const poster = createPoster(options)
  const results = await openResults(options)
  const boss = new PgBoss({ connectionString: postgresUrl, max: 20, useListenNotify: true })
  boss.on('error', error => console.error(error))
  await boss.start()
  await boss.createQueue(QUEUE, { retryLimit: 8, retryDelay: 5, retryBackoff: true, notify: true })
  // It polls; the least that it allows, and at once again after a full batch.
  const polling = { pollingIntervalSeconds: 0.5, burstWhenBatchFull: true }
  await boss.work(QUEUE, { ...(batched ? BATCHED : PLAIN), ...polling }, async jobs => {
    await Promise.all(jobs.map(async ({ data }) => results.store(await poster.post(data))))
  })

  const insertMany = inBatches(JOBS_PER_BATCH, jobs =>
    boss.insert(
      QUEUE,
      jobs.map(data => ({ data })),
    ),
  )

  return {
    window: () => WINDOW,
    accept(receiver, payload) {
      const job = { id: randomUUID(), hookId: receiver + 1, url: urls[receiver], body: payload.toString() }
      return batched ? insertMany(job) : boss.send(QUEUE, job)
    },
    async close() {
      await boss.stop({ timeout: 1_000 })
      await Promise.all([results.close(), poster.close()])
    },
  }
}
