// Deliveries per second: accepted durably, signed, posted and logged by the engine on its embedded
// store, beside a bare undici loop that posts and signs the same bytes and stores nothing. Both post
// to the same receivers from one process, in turns, so that the ratio holds on a noisy machine.
//
//   npm run bench -- deliver [--rounds 7] [--count 20000] [--quick]
import { postBare } from './lib/bare.ts'
import { readOptions } from './lib/options.ts'
import { PAYLOAD_BYTES, payloadTemplate } from './lib/payload.ts'
import { startReceivers } from './lib/receivers.ts'
import { writeResult } from './lib/result.ts'
import { saturate } from './lib/saturate.ts'
import { makeHooks, openSite } from './lib/site.ts'
import { median, sayRatio, spreadOf } from './lib/spread.ts'
import { makeFolder } from './lib/temporary.ts'

const RECEIVERS = [1, 50]
// Below this many the first runs measure the compiler.
const WARM_UP = 20_000

const options = readOptions('deliver', { rounds: [7, 2], count: [20_000, 5_000] })
const { rounds, count } = options
const template = payloadTemplate()

const results = []
for (const receivers of RECEIVERS) results.push(await measure(receivers))
await writeResult('deliver', options, { payloadBytes: PAYLOAD_BYTES, count, rounds, results })

async function measure(receiverCount: number) {
  const receivers = await startReceivers({ plain: receiverCount })
  const urls = receivers.urls.plain
  const site = await openSite(makeFolder('deliver'), {
    prepare: async store => void (await makeHooks(store, urls)),
  })

  const bare = () => postBare(urls, template, count)
  const ours = () => saturate(site, { template, receiverCount, more: begun => begun < count })
  for (let done = 0; done < WARM_UP; done += count) {
    await bare()
    await ours()
  }
  const rows = []
  for (let round = 0; round < rounds; round++) {
    const [bareRun, ourRun] = [await bare(), await ours()]
    rows.push({
      bare: bareRun.perSecond,
      hookline: ourRun.perSecond,
      ratio: ourRun.perSecond / bareRun.perSecond,
      cpuMicros: ourRun.cpuMicros,
      bareCpuMicros: bareRun.cpuMicros,
    })
    const { ratio } = rows.at(-1) as { ratio: number }
    console.log(
      `${receiverCount} receivers  bare ${bareRun.perSecond}/s  hookline ${ourRun.perSecond}/s  ratio ${ratio.toFixed(2)}  processor ${ourRun.cpuMicros} µs a delivery, bare ${bareRun.cpuMicros}`,
    )
  }
  await site.close()
  receivers.stop()

  const ratio = spreadOf(rows.map(({ ratio }) => ratio))
  console.log(`${receiverCount} receivers  median ratio ${sayRatio(ratio)}`)
  return {
    receivers: receiverCount,
    barePerSecond: median(rows.map(({ bare }) => bare)),
    perSecond: median(rows.map(({ hookline }) => hookline)),
    ratio: ratio.median,
    ratioMin: ratio.min,
    ratioMax: ratio.max,
    cpuMicros: median(rows.map(({ cpuMicros }) => cpuMicros)),
    bareCpuMicros: median(rows.map(({ bareCpuMicros }) => bareCpuMicros)),
  }
}
