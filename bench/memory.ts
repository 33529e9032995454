// Resident memory with a million deliveries due: the server alone in its process, under a steady load
// through its API, with a hook that hangs and has them all; beside the same server without them.
//
//   npm run bench -- memory [--due 1000000] [--seconds 20] [--perSecond 200] [--quick]
import { pause } from '../src/base/pause.ts'
import { fillBacklog } from './lib/fill.ts'
import { readOptions } from './lib/options.ts'
import { PAYLOAD_BYTES, payloadOf, payloadTemplate } from './lib/payload.ts'
import { startReceivers } from './lib/receivers.ts'
import { writeResult } from './lib/result.ts'
import { type Memory, type ServerProcess, startServer } from './lib/server-process.ts'
import { makeFolder, removeFolder } from './lib/temporary.ts'

// 7 KB, as they are under load: what is at hand is in memory.
const BACKLOG_PAYLOAD_BYTES = PAYLOAD_BYTES
const LOOK_MS = 250

const options = readOptions('memory', {
  due: [1_000_000, 200_000],
  seconds: [20, 5],
  perSecond: [200, 200],
})
const { due, seconds, perSecond } = options
const payload = JSON.parse(payloadOf(payloadTemplate()).toString())

const receivers = await startReceivers({ plain: 1, hanging: 1 })
const without = await measure(0)
const withBacklog = await measure(due)
receivers.stop()
await writeResult('memory', options, { due, seconds, perSecond, without, with: withBacklog })

async function measure(count: number) {
  const folder = makeFolder('memory')
  const preparing = await startServer(folder)
  // The first repository has the identifier 1 and the first hook, too.
  await makeHook(preparing, 'backlog', receivers.urls.hanging[0])
  await makeHook(preparing, 'busy', receivers.urls.plain[0])
  await preparing.stop()
  if (count > 0)
    fillBacklog(folder, { hookId: 1, repositoryId: 1, count, payloadBytes: BACKLOG_PAYLOAD_BYTES })

  const server = await startServer(folder)
  const { residentMiB: atStartMiB } = server.memory()
  const seen = await watch(server)
  await server.stop()
  removeFolder(folder)
  const most = (key: keyof Memory) => Math.max(...seen.map(memory => memory[key]))
  const result = {
    peakMiB: most('peakMiB'),
    atStartMiB,
    ownMiB: most('ownMiB'),
    mappedMiB: most('mappedMiB'),
  }
  console.log(
    `${count} due  peak ${result.peakMiB} MiB resident, ${atStartMiB} MiB at its start  the process's own ${result.ownMiB} MiB, mapped files ${result.mappedMiB} MiB`,
  )
  return result
}

async function makeHook(server: ServerProcess, name: string, url = ''): Promise<void> {
  await server.post('/user/repos', { name })
  await server.post(`/repos/admin/${name}/hooks`, {
    events: ['issues'],
    config: { url, content_type: 'json', secret: 'sinker' },
  })
}

/** A steady load to the other hook, and to the one with the backlog, too. */
async function watch(server: ServerProcess): Promise<Memory[]> {
  const seen: Memory[] = []
  const events = Array.from({ length: (perSecond * LOOK_MS) / 1000 }, () => ({
    event: 'issues',
    action: 'opened',
    payload,
  }))
  const endsMs = performance.now() + seconds * 1000
  while (performance.now() < endsMs) {
    const nextMs = performance.now() + LOOK_MS
    await Promise.all(
      ['busy', 'backlog'].map(name => server.post(`/repos/admin/${name}/events?validate=false`, events)),
    )
    seen.push(server.memory())
    await pause(Math.max(1, nextMs - performance.now()))
  }
  return seen
}
