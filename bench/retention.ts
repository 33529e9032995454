// Letting go of what is old beside a steady load: how long the longest of its transactions takes, with the
// wait for the writer in it, and what becomes of the time from publish to receipt, beside the same load
// on the same store while nothing is dropped.
//
//   npm run bench -- retention [--attempts 300000] [--rounds 3] [--seconds 6] [--quick]
import { systemClock } from '../src/base/clock.ts'
import { createLog } from '../src/base/log.ts'
import { Retention } from '../src/engine/retention.ts'
import { fillLog } from './lib/fill.ts'
import { runOpenLoop, takeLatency } from './lib/open-loop.ts'
import { readOptions } from './lib/options.ts'
import { PAYLOAD_BYTES, payloadTemplate } from './lib/payload.ts'
import { startReceivers } from './lib/receivers.ts'
import { writeResult } from './lib/result.ts'
import { halfOfMost } from './lib/saturate.ts'
import { draftFor, makeHooks, openSite } from './lib/site.ts'
import { quantile, round, spreadOf } from './lib/spread.ts'
import { makeFolder, removeFolder } from './lib/temporary.ts'

const RECEIVERS = 20
const AGE_MS = 40 * 24 * 60 * 60 * 1000

const options = readOptions('retention', { attempts: [300_000, 50_000], rounds: [3, 1], seconds: [6, 3] })
const { attempts, rounds, seconds } = options
const template = payloadTemplate()

const receivers = await startReceivers({ timed: RECEIVERS })
const folder = makeFolder('retention')
const empty = await openSite(folder, {
  prepare: async store => void (await makeHooks(store, receivers.urls.timed)),
})
await empty.close()
fillLog(folder, { hooks: RECEIVERS, count: attempts, ageMs: AGE_MS, payloadBytes: PAYLOAD_BYTES })

const site = await openSite(folder)
const perSecond = await halfOfMost(site, { template, receiverCount: RECEIVERS, seconds })
await receivers.takeTimes()
const rows = []
for (let index = 0; index < rounds; index++) {
  const without = await offer()
  const { transactionsMs, latency } = await whileDropping(offer)
  const longestMs = round(Math.max(...transactionsMs), 1)
  console.log(
    `${perSecond}/s  p99 ${without.p99Ms} ms, longest ${without.maxMs}  while ${transactionsMs.length} transactions drop what is old: p99 ${latency.p99Ms} ms, longest ${latency.maxMs}  a transaction's median ${quantile(transactionsMs, 0.5).toFixed(1)} ms, longest ${longestMs}`,
  )
  rows.push({ without, latency, longestMs, transactions: transactionsMs.length })
}
await site.close()
receivers.stop()
removeFolder(folder)

await writeResult('retention', options, {
  attempts,
  payloadBytes: PAYLOAD_BYTES,
  rounds,
  seconds,
  perSecond,
  transactions: rows.reduce((sum, { transactions }) => sum + transactions, 0),
  longestTransactionMs: spreadOf(rows.map(({ longestMs }) => longestMs)),
  p99Ms: spreadOf(rows.map(({ latency }) => latency.p99Ms)),
  maxMs: spreadOf(rows.map(({ latency }) => latency.maxMs)),
  p99MsWithout: spreadOf(rows.map(({ without }) => without.p99Ms)),
  maxMsWithout: spreadOf(rows.map(({ without }) => without.maxMs)),
})

async function offer() {
  const total = await runOpenLoop({
    template,
    perSecond,
    seconds,
    publish: (index, payload) => site.engine.publish([draftFor((index % RECEIVERS) + 1, payload)]),
  })
  return takeLatency(receivers, total)
}

/** What is left when the load ends is left to the next round. */
async function whileDropping(work: typeof offer) {
  const transactionsMs: number[] = []
  const timed = {
    ...site.store,
    async write<T>(change: Parameters<typeof site.store.write<T>>[0]): Promise<T> {
      const beganAtMs = performance.now()
      const value = await site.store.write(change)
      transactionsMs.push(performance.now() - beganAtMs)
      return value
    },
  }
  const retention = new Retention({ store: timed, clock: systemClock, log: createLog('error') })
  const sweeping = retention.sweepOnce()
  const latency = await work()
  await retention.stop()
  await sweeping
  if (transactionsMs.length === 0) throw new Error('nothing was left to drop: give more with --attempts')
  return { transactionsMs, latency }
}
