// From publish to receipt at half of the saturating load: how long after an event should have come its
// receiver has all of it. It includes the durable commit. The bare loop at the same rate, in turns,
// tells how much of it is the way and the machine.
//
//   npm run bench -- latency [--rounds 5] [--seconds 4] [--quick]
import { BareSender } from './lib/bare.ts'
import { runOpenLoop, takeLatency } from './lib/open-loop.ts'
import { readOptions } from './lib/options.ts'
import { PAYLOAD_BYTES, payloadTemplate } from './lib/payload.ts'
import { startReceivers } from './lib/receivers.ts'
import { writeResult } from './lib/result.ts'
import { halfOfMost } from './lib/saturate.ts'
import { draftFor, makeHooks, openSite } from './lib/site.ts'
import { spreadOf } from './lib/spread.ts'
import { makeFolder } from './lib/temporary.ts'

const RECEIVERS = [1, 50]

const options = readOptions('latency', { rounds: [5, 2], seconds: [4, 2] })
const { rounds, seconds } = options
const template = payloadTemplate()

const results = []
for (const receivers of RECEIVERS) results.push(await measure(receivers))
await writeResult('latency', options, { payloadBytes: PAYLOAD_BYTES, rounds, seconds, results })

async function measure(receiverCount: number) {
  const receivers = await startReceivers({ timed: receiverCount })
  const urls = receivers.urls.timed
  const site = await openSite(makeFolder('latency'), {
    prepare: async store => void (await makeHooks(store, urls)),
  })
  const sender = new BareSender(urls)
  const perSecond = await halfOfMost(site, { template, receiverCount, seconds })
  await receivers.takeTimes()

  const ours = () =>
    runOpenLoop({
      template,
      perSecond,
      seconds,
      publish: (index, payload) => site.engine.publish([draftFor((index % receiverCount) + 1, payload)]),
    })
  const bare = () =>
    runOpenLoop({
      template,
      perSecond,
      seconds,
      publish: (index, payload) =>
        new Promise<void>((resolve, reject) =>
          sender.post(index, payload, error => (error ? reject(error) : resolve())),
        ),
    })
  const rows = []
  for (let round = 0; round < rounds; round++) {
    const bareRun = await takeLatency(receivers, await bare())
    const ourRun = await takeLatency(receivers, await ours())
    console.log(
      `${receiverCount} receivers  ${perSecond}/s  bare p50 ${bareRun.p50Ms} ms, p99 ${bareRun.p99Ms} ms  hookline p50 ${ourRun.p50Ms} ms, p99 ${ourRun.p99Ms} ms`,
    )
    rows.push({ bareRun, ourRun })
  }
  await sender.close()
  await site.close()
  receivers.stop()

  return {
    receivers: receiverCount,
    perSecond,
    p50Ms: spreadOf(rows.map(({ ourRun }) => ourRun.p50Ms)),
    p99Ms: spreadOf(rows.map(({ ourRun }) => ourRun.p99Ms)),
    bareP50Ms: spreadOf(rows.map(({ bareRun }) => bareRun.p50Ms)),
    bareP99Ms: spreadOf(rows.map(({ bareRun }) => bareRun.p99Ms)),
  }
}
