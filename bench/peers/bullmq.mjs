// A dispatcher on BullMQ: a job a delivery, in Redis; its result in Postgres.
import { randomUUID } from 'node:crypto'
import { Queue, Worker } from 'bullmq'
import { inBatches } from './batch.mjs'
import { createPoster, WINDOW } from './post.mjs'
import { openResults } from './results.mjs'

// More than there are connections to one receiver, so that they are busy while results are stored.
const CONCURRENCY = 100
const JOBS_PER_BATCH = 100

const JOB = {
  attempts: 8,
  backoff: { type: 'exponential', delay: 5_000 },
  removeOnComplete: { count: 1_000 },
}

/** @type {import('../lib/dispatcher.ts').OpenDispatcher} */
export async function open(options) {
  const { name, batched, urls, redisPort } = options
  const connection = { host: '127.0.0.1', port: redisPort }
  const poster = createPoster(options)
  const results = await openResults(options)
  const queue = new Queue(name, { connection })
  const worker = new Worker(name, async ({ data }) => results.store(await poster.post(data)), {
    connection,
    concurrency: CONCURRENCY,
  })
  worker.on('error', error => console.error(error))
  worker.on('failed', (_, error) => console.error(error))
  await worker.waitUntilReady()

  const addMany = inBatches(JOBS_PER_BATCH, jobs =>
    queue.addBulk(jobs.map(data => ({ name: 'delivery', data, opts: JOB }))),
  )
  const add = data => queue.add('delivery', data, JOB)

  return {
    window: () => WINDOW,
    accept(receiver, payload) {
      const job = { id: randomUUID(), hookId: receiver + 1, url: urls[receiver], body: payload.toString() }
      return batched ? addMany(job) : add(job)
    },
    async close() {
      await worker.close()
      await queue.close()
      await Promise.all([results.close(), poster.close()])
    },
  }
}
