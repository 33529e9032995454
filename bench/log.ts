// What a long log costs: the saturating throughput on a store with ten million attempts in it, beside an
// empty one, in turns. The log is filled in by SQL, with the rows that a delivery leaves behind when its
// payload has been dropped: event, delivery and attempt, 1 KB together with their indexes.
//
//   npm run bench -- log [--attempts 10000000] [--rounds 5] [--seconds 4] [--quick]
import { statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { forSeconds } from './lib/closed-loop.ts'
import { fillLog } from './lib/fill.ts'
import { readOptions } from './lib/options.ts'
import { PAYLOAD_BYTES, payloadTemplate } from './lib/payload.ts'
import { startReceivers } from './lib/receivers.ts'
import { writeResult } from './lib/result.ts'
import { saturate } from './lib/saturate.ts'
import { makeHooks, openSite } from './lib/site.ts'
import { round, sayRatio, spreadOf } from './lib/spread.ts'
import { makeFolder, removeFolder } from './lib/temporary.ts'

const RECEIVERS = 50
const BYTES_PER_ATTEMPT = 1_100
const BYTES_TO_SPARE = 5e9

const options = readOptions('log', { attempts: [10_000_000, 500_000], rounds: [5, 2], seconds: [4, 2] })
const { attempts, rounds, seconds } = options
const template = payloadTemplate()

const receivers = await startReceivers({ plain: RECEIVERS })
const [emptyFolder, fullFolder] = [makeFolder('log'), makeFolder('log')]
refuseSmallDisk(fullFolder)
for (const folder of [emptyFolder, fullFolder]) {
  const site = await openSite(folder, {
    prepare: async store => void (await makeHooks(store, receivers.urls.plain)),
  })
  await site.close()
}
fillLog(fullFolder, { hooks: RECEIVERS, count: attempts })
const fileGiB = round(statSync(join(fullFolder, 'hookline.db')).size / 2 ** 30, 2)

const [empty, full] = [await openSite(emptyFolder), await openSite(fullFolder)]
const run = (site: typeof empty) =>
  saturate(site, { template, receiverCount: RECEIVERS, more: forSeconds(seconds) })
await run(empty)
await run(full)
const rows = []
for (let index = 0; index < rounds; index++) {
  const [emptyRun, fullRun] = [await run(empty), await run(full)]
  const ratio = fullRun.perSecond / emptyRun.perSecond
  console.log(
    `empty log ${emptyRun.perSecond}/s  ${attempts} attempts, ${fileGiB} GiB: ${fullRun.perSecond}/s  ratio ${ratio.toFixed(2)}`,
  )
  rows.push({ empty: emptyRun.perSecond, full: fullRun.perSecond, ratio })
}
await empty.close()
await full.close()
receivers.stop()
for (const folder of [emptyFolder, fullFolder]) removeFolder(folder)

const ratio = spreadOf(rows.map(({ ratio }) => ratio))
console.log(`median ratio ${sayRatio(ratio)}`)
await writeResult('log', options, {
  payloadBytes: PAYLOAD_BYTES,
  rounds,
  seconds,
  receivers: RECEIVERS,
  attempts,
  fileGiB,
  perSecond: spreadOf(rows.map(({ full }) => full)),
  emptyPerSecond: spreadOf(rows.map(({ empty }) => empty)),
  ratio,
})

function refuseSmallDisk(folder: string): void {
  const { bavail, bsize } = statfsSync(folder)
  const needed = attempts * BYTES_PER_ATTEMPT + BYTES_TO_SPARE
  if (bavail * bsize >= needed) return
  throw new Error(
    `${attempts} attempts need ${Math.ceil(needed / 1e9)} GB, and ${folder} has ${Math.floor((bavail * bsize) / 1e9)}: give fewer with --attempts, or another folder with TMPDIR`,
  )
}
