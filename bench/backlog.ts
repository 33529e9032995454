// One hook has a million deliveries due. What the others notice: the time from publish to receipt at half
// of the saturating load, beside the same store without the backlog, in turns, while the receiver of the
// one hangs, refuses, or answers and so works the backlog off.
//
//   npm run bench -- backlog [--due 1000000] [--rounds 3] [--seconds 5] [--quick]
import { updateHook } from '../src/store/hooks.ts'
import { fillBacklog } from './lib/fill.ts'
import { runOpenLoop, takeLatency } from './lib/open-loop.ts'
import { readOptions } from './lib/options.ts'
import { PAYLOAD_BYTES, payloadTemplate } from './lib/payload.ts'
import { startReceivers } from './lib/receivers.ts'
import { writeResult } from './lib/result.ts'
import { halfOfMost } from './lib/saturate.ts'
import { draftFor, makeHooks, openSite } from './lib/site.ts'
import { sayRatio, spreadOf } from './lib/spread.ts'
import { makeFolder, removeFolder } from './lib/temporary.ts'

const OTHERS = 20
// The backlog's own are small, so that a million are a gigabyte.
const BACKLOG_PAYLOAD_BYTES = 1024
const WARM_UP_SECONDS = 2
const STOP_DEADLINE_MS = 100

const options = readOptions('backlog', { due: [1_000_000, 200_000], rounds: [3, 1], seconds: [5, 4] })
const { due, rounds, seconds } = options
const template = payloadTemplate()

const receivers = await startReceivers({ timed: OTHERS, plain: 1, hanging: 1 })
const [hangingUrl = '', answeringUrl = ''] = [...receivers.urls.hanging, ...receivers.urls.plain]
const STATES = {
  hangs: hangingUrl,
  // Nothing listens at the port of `discard`, which nobody has used for decades.
  refuses: 'http://127.0.0.1:9/payload',
  answers: answeringUrl,
} as const

type State = keyof typeof STATES

type Row = {
  readonly state: State
  readonly without: Awaited<ReturnType<typeof turn>>
  readonly backlogged: Awaited<ReturnType<typeof turn>>
  readonly ratio: number
}

const emptyFolder = makeFolder('backlog')
const fullFolder = makeFolder('backlog')
const [backlogHook, perSecond] = await prepare()
const rows: Row[] = []
for (let index = 0; index < rounds; index++) {
  for (const state of Object.keys(STATES) as State[]) {
    const without = await turn(emptyFolder, state)
    const backlogged = await turn(fullFolder, state)
    const ratio = backlogged.p99Ms / without.p99Ms
    console.log(
      `${perSecond}/s to ${OTHERS} hooks  p99 ${without.p99Ms} ms  beside a hook with ${due} due that ${state}: p99 ${backlogged.p99Ms} ms  ratio ${ratio.toFixed(2)}  (while starting ${without.startingP99Ms} and ${backlogged.startingP99Ms} ms)`,
    )
    rows.push({ state, without, backlogged, ratio })
  }
}
receivers.stop()
for (const folder of [emptyFolder, fullFolder]) removeFolder(folder)

const results = (Object.keys(STATES) as State[]).map(state => {
  const those = rows.filter(row => row.state === state)
  const ratio = spreadOf(those.map(({ ratio }) => ratio))
  console.log(`its receiver ${state}: median ratio ${sayRatio(ratio)}`)
  return {
    itsReceiver: state,
    p99Ms: spreadOf(those.map(({ backlogged }) => backlogged.p99Ms)),
    p99MsWithout: spreadOf(those.map(({ without }) => without.p99Ms)),
    startingP99Ms: spreadOf(those.map(({ backlogged }) => backlogged.startingP99Ms)),
    startingP99MsWithout: spreadOf(those.map(({ without }) => without.startingP99Ms)),
    ratio,
  }
})
await writeResult('backlog', options, {
  payloadBytes: PAYLOAD_BYTES,
  rounds,
  seconds,
  due,
  others: OTHERS,
  perSecond,
  results,
})

/** Both stores with their hooks, the load that they are offered, and the backlog in one of them. */
async function prepare() {
  const urls = [...receivers.urls.timed, STATES.hangs]
  const site = await openSite(emptyFolder, { prepare: async store => void (await makeHooks(store, urls)) })
  const half = await halfOfMost(site, { template, receiverCount: OTHERS, seconds: WARM_UP_SECONDS })
  await site.close()

  let hook: Awaited<ReturnType<typeof makeHooks>>[number] | undefined
  const filled = await openSite(fullFolder, {
    prepare: async store => {
      hook = (await makeHooks(store, urls)).at(-1)
    },
  })
  await filled.close()
  if (!hook) throw new Error('the hook was not made')
  fillBacklog(fullFolder, {
    hookId: hook.id,
    repositoryId: hook.target.id,
    count: due,
    payloadBytes: BACKLOG_PAYLOAD_BYTES,
  })
  return [hook, half] as const
}

async function turn(folder: string, state: State) {
  const site = await openSite(folder, {
    prepare: async store => {
      const hook = { ...backlogHook, config: { ...backlogHook.config, url: STATES[state] } }
      await store.write(tx => updateHook(tx, store.vault, hook))
    },
  })
  const offer = (seconds: number) =>
    runOpenLoop({
      template,
      perSecond,
      seconds,
      publish: (index, payload) => site.engine.publish([draftFor((index % OTHERS) + 1, payload)]),
    })
  // While it starts, hooks are read, connections are opened, and what is due is counted: told apart.
  const starting = await takeLatency(receivers, await offer(WARM_UP_SECONDS))
  const latency = await takeLatency(receivers, await offer(seconds))
  await site.close(STOP_DEADLINE_MS)
  return { ...latency, startingP99Ms: starting.p99Ms }
}
