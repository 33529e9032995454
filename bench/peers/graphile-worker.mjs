// A dispatcher on graphile-worker: a job a delivery, and its result, in Postgres.
import { randomUUID } from 'node:crypto'
import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import { inBatches } from './batch.mjs'
import { createPoster, WINDOW } from './post.mjs'
import { openResults } from './results.mjs'

const CONCURRENCY = 50
const JOBS_PER_BATCH = 500
// As its documentation on performance has it: jobs are taken many at a time, and completed so.
const BATCHING = { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 }

const TASK = 'deliver'

/** @type {import('../lib/dispatcher.ts').OpenDispatcher} */
export async function open(options) {
  const { batched, urls, postgresUrl } = options
  const poster = createPoster(options)
  const results = await openResults(options)
  const shared = {
    connectionString: postgresUrl,
    logger: new Logger(() => (level, message) => {
      if (level === 'error') console.error(message)
    }),
  }
  const utils = await makeWorkerUtils({ ...shared, maxPoolSize: 20 })
  await utils.migrate()
  const runner = await run({
    ...shared,
    preset: batched ? { worker: BATCHING } : {},
    concurrency: CONCURRENCY,
    maxPoolSize: CONCURRENCY + 2,
    noHandleSignals: true,
    taskList: { [TASK]: async delivery => results.store(await poster.post(delivery)) },
  })

  const addMany = inBatches(JOBS_PER_BATCH, jobs =>
    utils.addJobs(jobs.map(payload => ({ identifier: TASK, payload, maxAttempts: 8 }))),
  )
  const add = payload => utils.addJob(TASK, payload, { maxAttempts: 8 })

  return {
    window: () => WINDOW,
    accept(receiver, payload) {
      const job = { id: randomUUID(), hookId: receiver + 1, url: urls[receiver], body: payload.toString() }
      return batched ? addMany(job) : add(job)
    },
    async close() {
      await runner.stop()
      await utils.release()
      await Promise.all([results.close(), poster.close()])
    },
  }
}
