// Deliveries per second: accepted durably, signed, posted and logged by the engine on its embedded
// store, beside a bare undici loop that posts and signs the same bytes and stores nothing. Both post
// to the same receivers from one process, in turns, so that the ratio holds on a noisy machine.
//
//   npm run bench -- deliver [--rounds 5] [--count 30000] [--quick]
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { systemClock } from '../src/base/clock.ts'
import { createLog } from '../src/base/log.ts'
import { createGuard } from '../src/egress/address.ts'
import { createSender } from '../src/egress/send.ts'
import { Engine } from '../src/engine/engine.ts'
import type { EventDraft } from '../src/event.ts'
import { Secret } from '../src/secret.ts'
import { sign } from '../src/signature.ts'
import { createHook } from '../src/store/hooks.ts'
import { openStore, type Store } from '../src/store/store.ts'
import { startReceivers } from './lib/receivers.ts'
import { median, writeResult } from './lib/result.ts'

// GitHub's `issues` payload of our own making is 10.7 KB with an organization; 7 KB is the mean of
// the recorded ones.
const PAYLOAD_BYTES = 7 * 1024
const RECEIVERS = [1, 50]
const CONNECTIONS_PER_RECEIVER = 10
// Below this many the first runs measure the compiler.
const WARM_UP = 20_000

const { values } = parseArgs({
  options: { rounds: { type: 'string' }, count: { type: 'string' }, quick: { type: 'boolean' } },
})
const rounds = Number(values.rounds ?? (values.quick ? 2 : 7))
const count = Number(values.count ?? (values.quick ? 5_000 : 20_000))
const secret = new Secret("It's a Secret to Everybody")
const payload = payloadOf(PAYLOAD_BYTES)

const results = []
for (const receivers of RECEIVERS) results.push(await measure(receivers))
await writeResult('deliver', { payloadBytes: PAYLOAD_BYTES, count, rounds, results })

async function measure(receiverCount: number) {
  const receivers = await startReceivers(receiverCount)
  const folder = await mkdtemp(join(tmpdir(), 'hookline-bench-'))
  const store = await openStore(folder, systemClock)
  const sender = createSender({
    guard: createGuard({ allowNetworks: ['127.0.0.0/8'], allowPrivateNetworks: false }),
  })
  const engine = new Engine({ store, sender, clock: systemClock, log: createLog('error') })
  engine.start()
  await makeHooks(store, receivers.ports)

  const bare = () => postBare(receivers.ports, count)
  const ours = () => deliver(engine, receiverCount, count)
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
  await engine.stop()
  await sender.close()
  await store.close()
  receivers.stop()
  await rm(folder, { recursive: true })

  const ratios = rows.map(({ ratio }) => ratio)
  const summary = {
    receivers: receiverCount,
    barePerSecond: median(rows.map(({ bare }) => bare)),
    perSecond: median(rows.map(({ hookline }) => hookline)),
    ratio: Number(median(ratios).toFixed(3)),
    ratioMin: Number(Math.min(...ratios).toFixed(3)),
    ratioMax: Number(Math.max(...ratios).toFixed(3)),
    cpuMicros: median(rows.map(({ cpuMicros }) => cpuMicros)),
    bareCpuMicros: median(rows.map(({ bareCpuMicros }) => bareCpuMicros)),
  }
  console.log(
    `${receiverCount} receivers  median ratio ${summary.ratio} (${summary.ratioMin} to ${summary.ratioMax})`,
  )
  return summary
}

/** One repository with one hook for each receiver: each event is one delivery. */
async function makeHooks(store: Store, ports: readonly number[]): Promise<void> {
  const now = new Date()
  for (const [index, port] of ports.entries()) {
    await store.write(tx =>
      createHook(tx, store.vault, {
        accountId: 1,
        target: { kind: 'repository', id: index + 1 },
        active: true,
        events: ['issues'],
        config: { url: `http://127.0.0.1:${port}/payload`, contentType: 'json', secret, insecureSsl: false },
        createdAt: now,
        updatedAt: now,
      }),
    )
  }
}

// A closed loop: as many events under way as the receivers' places and the next batch, so that the
// engine is never idle and its backlog stays at hand.
async function deliver(engine: Engine, receiverCount: number, total: number) {
  const windowSize = Math.min(1_000, receiverCount * CONNECTIONS_PER_RECEIVER * 30)
  const settled = watchSettled(engine)
  const run = startRun()
  let published = 0
  async function publishOn(): Promise<void> {
    while (published < total) {
      const mine = Math.min(total - published, 1)
      const repositoryId = (published % receiverCount) + 1
      published += mine
      await engine.publish([draftFor(repositoryId)])
      await settled.one()
    }
  }
  await Promise.all(Array.from({ length: windowSize }, publishOn))
  settled.stop()
  return run.end(total)
}

/** Resolves once for each delivery that is settled: durable, with its attempt in the log. */
function watchSettled(engine: Engine) {
  const { due } = engine.metrics
  const remove = due.remove.bind(due)
  let spare = 0
  const waiting: (() => void)[] = []
  due.remove = () => {
    remove()
    const next = waiting.shift()
    if (next) next()
    else spare++
  }
  return {
    one: () =>
      new Promise<void>(resolve => {
        if (spare > 0) {
          spare--
          resolve()
        } else waiting.push(resolve)
      }),
    stop: () => {
      due.remove = remove
    },
  }
}

function draftFor(repositoryId: number): EventDraft {
  return {
    accountId: 1,
    name: 'issues',
    action: 'opened',
    payload: Buffer.from(payload),
    repositoryId,
    organizationId: null,
    senderId: null,
  }
}

async function postBare(ports: readonly number[], total: number) {
  const pools = ports.map(
    port => new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS_PER_RECEIVER, pipelining: 1 }),
  )
  const run = startRun()
  await new Promise<void>((resolve, reject) => {
    let started = 0
    let ended = 0
    const next = () => {
      if (started >= total) return
      const pool = pools[started++ % pools.length] as Pool
      const body = Buffer.from(payload)
      const { sha1, sha256 } = sign(secret, body)
      pool.dispatch(
        {
          path: '/payload',
          method: 'POST',
          headers: [
            'Accept',
            '*/*',
            'Content-Type',
            'application/json',
            'User-Agent',
            'GitHub-Hookshot/0000000',
            'X-GitHub-Delivery',
            '3f2b8c1e-7f6a-11ee-8c99-0242ac120002',
            'X-GitHub-Event',
            'issues',
            'X-GitHub-Hook-ID',
            '1',
            'X-GitHub-Hook-Installation-Target-ID',
            '1',
            'X-GitHub-Hook-Installation-Target-Type',
            'repository',
            'X-Hub-Signature',
            sha1,
            'X-Hub-Signature-256',
            sha256,
          ],
          body,
        },
        {
          onRequestStart() {},
          onResponseStart() {},
          onResponseData() {},
          onResponseEnd() {
            if (++ended === total) resolve()
            else next()
          },
          onResponseError(_, error) {
            reject(error)
          },
        },
      )
    }
    for (let index = 0; index < pools.length * CONNECTIONS_PER_RECEIVER; index++) next()
  })
  const result = run.end(total)
  await Promise.all(pools.map(pool => pool.close()))
  return result
}

function startRun() {
  const startedMs = performance.now()
  const cpu = process.cpuUsage()
  return {
    end(total: number) {
      const seconds = (performance.now() - startedMs) / 1000
      const { user, system } = process.cpuUsage(cpu)
      return { perSecond: Math.round(total / seconds), cpuMicros: Math.round((user + system) / total) }
    },
  }
}

function payloadOf(bytes: number): string {
  const start = '{"action":"opened","issue":{"title":"'
  const end = '"}}'
  return start + 'x'.repeat(bytes - start.length - end.length) + end
}
