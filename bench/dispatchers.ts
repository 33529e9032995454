// Beside the dispatchers that a Node team would write: a job a delivery on BullMQ, pg-boss or
// graphile-worker, a POST with both signatures, a row in Postgres for what came of it; plain, with a row
// each, and batched. All get the same payloads in the same closed loop, end to end from accepted to
// stored, each from one process, in turns on one machine. What they run on is installed and started here.
//
//   npm run bench -- dispatchers [--rounds 3] [--seconds 2.5] [--quick]
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { pause } from '../src/base/pause.ts'
import { CONNECTIONS_PER_RECEIVER } from './lib/bare.ts'
import { type DispatcherProcess, startDispatcher } from './lib/dispatcher-process.ts'
import { readOptions } from './lib/options.ts'
import { PAYLOAD_BYTES } from './lib/payload.ts'
import { startReceivers } from './lib/receivers.ts'
import { writeResult } from './lib/result.ts'
import { startServices } from './lib/services.ts'
import { SECRET_TEXT } from './lib/site.ts'
import { median, round, sayRatio, spreadOf } from './lib/spread.ts'

const RECEIVERS = [1, 50]
// 25,000 deliveries of Hookline's: fewer, and the first rounds measure the compiler.
const WARM_UP_SECONDS = 4
const SETTLE_MS = 300

const HOOKLINE = 'hookline'
const BULLMQ_PLAIN = 'bullmq_plain'
const DISPATCHERS = [
  { name: HOOKLINE, module: 'lib/hookline-dispatcher.ts', batched: true },
  { name: BULLMQ_PLAIN, module: 'peers/bullmq.mjs', batched: false },
  { name: 'bullmq_batched', module: 'peers/bullmq.mjs', batched: true },
  { name: 'pg_boss_plain', module: 'peers/pg-boss.mjs', batched: false },
  { name: 'pg_boss_batched', module: 'peers/pg-boss.mjs', batched: true },
  { name: 'graphile_worker_plain', module: 'peers/graphile-worker.mjs', batched: false },
  { name: 'graphile_worker_batched', module: 'peers/graphile-worker.mjs', batched: true },
] as const

const options = readOptions('dispatchers', { rounds: [3, 1], seconds: [2.5, 1] })
const { rounds, seconds } = options

installPeers()
const services = await startServices()
const receivers = await startReceivers({ plain: Math.max(...RECEIVERS) })
const running = new Map<string, DispatcherProcess>()
for (const { name, module, batched } of DISPATCHERS) {
  const dispatcher = await startDispatcher(new URL(module, import.meta.url), {
    name,
    batched,
    urls: receivers.urls.plain,
    connectionsPerReceiver: CONNECTIONS_PER_RECEIVER,
    secret: SECRET_TEXT,
    redisPort: services.redisPort,
    postgresUrl: services.createDatabase(name),
  })
  running.set(name, dispatcher)
  await dispatcher.run({ seconds: WARM_UP_SECONDS, receivers: Math.max(...RECEIVERS) })
}

const results = []
for (const count of RECEIVERS) results.push(await measure(count))

for (const dispatcher of running.values()) await dispatcher.stop()
receivers.stop()
await services.stop()
await writeResult('dispatchers', options, {
  payloadBytes: PAYLOAD_BYTES,
  rounds,
  seconds,
  services: services.told,
  peers: versions(),
  results,
})

async function measure(receiverCount: number) {
  const rows: Record<string, number>[] = []
  for (let index = 0; index < rounds; index++) {
    const row: Record<string, number> = {}
    for (const [name, dispatcher] of inTurns(index)) {
      // What the one before has left to Postgres to write and to clean up is no matter of this one.
      await pause(SETTLE_MS)
      row[name] = (await dispatcher.run({ seconds, receivers: receiverCount })).perSecond
    }
    console.log(
      `${receiverCount} receivers  ${Object.entries(row)
        .map(([name, perSecond]) => `${name} ${perSecond}/s`)
        .join('  ')}`,
    )
    rows.push(row)
  }
  const of = (row: Record<string, number>, name: string) => row[name] ?? Number.NaN
  const peers = DISPATCHERS.map(({ name }) => name).filter(name => name !== HOOKLINE)
  const overPlain = spreadOf(rows.map(row => of(row, HOOKLINE) / of(row, BULLMQ_PLAIN)))
  const overBest = spreadOf(
    rows.map(row => of(row, HOOKLINE) / Math.max(...peers.map(name => of(row, name)))),
  )
  console.log(
    `${receiverCount} receivers  over plain BullMQ ${sayRatio(overPlain)}  over the best ${sayRatio(overBest)}`,
  )
  return {
    receivers: receiverCount,
    perSecond: Object.fromEntries(
      DISPATCHERS.map(({ name }) => [name, round(median(rows.map(row => of(row, name))), 0)]),
    ),
    ratioToPlainBullmq: overPlain,
    ratioToBest: overBest,
  }
}

/** Each round begins with another one. */
function inTurns(round: number): (readonly [string, DispatcherProcess])[] {
  const all = [...running]
  return [...all.slice(round % all.length), ...all.slice(0, round % all.length)]
}

/** The peers' packages are no part of ours: they come with the first run. */
function installPeers(): void {
  const folder = fileURLToPath(new URL('peers/', import.meta.url))
  const stamp = `${folder}node_modules/.hookline-lock`
  const hash = createHash('sha256')
    .update(readFileSync(`${folder}package-lock.json`))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  console.log('Installing the packages of the peers')
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  execFileSync('npm', args, { cwd: folder, stdio: 'pipe' })
  writeFileSync(stamp, hash)
}

function versions(): Readonly<Record<string, string>> {
  const file = new URL('peers/package.json', import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')).dependencies
}
