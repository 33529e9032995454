// What the healthy receivers notice when a tenth of all hooks hang until their timeout: the time from
// publish to receipt at half of the saturating load, beside the same load with all hooks healthy, in
// turns. Each turn begins a new store and outlasts the timeout of 10 s, so that both what hangs and what
// is timed out and tried again is in it.
//
//   npm run bench -- hanging [--rounds 3] [--seconds 14] [--hooks 200] [--quick]
import { runOpenLoop, takeLatency } from './lib/open-loop.ts'
import { readOptions } from './lib/options.ts'
import { PAYLOAD_BYTES, payloadTemplate } from './lib/payload.ts'
import { startReceivers } from './lib/receivers.ts'
import { writeResult } from './lib/result.ts'
import { halfOfMost } from './lib/saturate.ts'
import { draftFor, makeHooks, openSite } from './lib/site.ts'
import { sayRatio, spreadOf } from './lib/spread.ts'
import { makeFolder, removeFolder } from './lib/temporary.ts'

const HANGING_SHARE = 0.1
const WARM_UP_SECONDS = 3
// Attempts that hang are cut short at the end of a turn.
const STOP_DEADLINE_MS = 100

const options = readOptions('hanging', { rounds: [3, 1], seconds: [14, 12], hooks: [200, 200] })
const { rounds, seconds, hooks } = options
const hangingCount = Math.round(hooks * HANGING_SHARE)
const healthyCount = hooks - hangingCount
const template = payloadTemplate()

const receivers = await startReceivers({ timed: healthyCount, plain: hangingCount, hanging: hangingCount })
const perSecond = await findLoad()
const rows = []
for (let index = 0; index < rounds; index++) {
  const without = await turn(receivers.urls.plain)
  const hanging = await turn(receivers.urls.hanging)
  const ratio = hanging.p99Ms / without.p99Ms
  console.log(
    `${perSecond}/s to ${hooks} hooks  healthy: p99 ${without.p99Ms} ms  ${hangingCount} hanging: p99 ${hanging.p99Ms} ms  ratio ${ratio.toFixed(2)}`,
  )
  rows.push({ without, hanging, ratio })
}
receivers.stop()

const ratio = spreadOf(rows.map(({ ratio }) => ratio))
console.log(`median ratio ${sayRatio(ratio)}`)
await writeResult('hanging', options, {
  payloadBytes: PAYLOAD_BYTES,
  rounds,
  seconds,
  hooks,
  hanging: hangingCount,
  perSecond,
  p99Ms: spreadOf(rows.map(({ hanging }) => hanging.p99Ms)),
  p99MsWithout: spreadOf(rows.map(({ without }) => without.p99Ms)),
  p50Ms: spreadOf(rows.map(({ hanging }) => hanging.p50Ms)),
  p50MsWithout: spreadOf(rows.map(({ without }) => without.p50Ms)),
  ratio,
})

/** Half of what goes when all are healthy. */
async function findLoad(): Promise<number> {
  const folder = makeFolder('hanging')
  const urls = [...receivers.urls.timed, ...receivers.urls.plain]
  const site = await openSite(folder, { prepare: async store => void (await makeHooks(store, urls)) })
  const half = await halfOfMost(site, { template, receiverCount: hooks, seconds: WARM_UP_SECONDS })
  await site.close()
  removeFolder(folder)
  return half
}

async function turn(others: readonly string[]) {
  const folder = makeFolder('hanging')
  const urls = [...receivers.urls.timed, ...others]
  const site = await openSite(folder, { prepare: async store => void (await makeHooks(store, urls)) })
  await receivers.takeTimes()
  const total = await runOpenLoop({
    template,
    perSecond,
    seconds,
    publish: (index, payload) => site.engine.publish([draftFor((index % hooks) + 1, payload)]),
  })
  const latency = await takeLatency(receivers, countHealthy(total))
  await site.close(STOP_DEADLINE_MS)
  removeFolder(folder)
  return latency
}

/** Of so many events, dealt out in turn, those for the first hooks. */
function countHealthy(total: number): number {
  return Math.floor(total / hooks) * healthyCount + Math.min(total % hooks, healthyCount)
}
