// What a page of a list costs when there is much to list: hooks and deliveries through the real API, with a
// thousand rows of each in the store and with a million, asked in turns.
//
//   npm run bench -- lists [--rows 1000000] [--rounds 5] [--requests 500] [--quick]
import { fillHooks, fillLog } from './lib/fill.ts'
import { readOptions } from './lib/options.ts'
import { writeResult } from './lib/result.ts'
import { type ServerProcess, startServer } from './lib/server-process.ts'
import { quantile, round, sayRatio, spreadOf } from './lib/spread.ts'
import { makeFolder, removeFolder } from './lib/temporary.ts'

const FEW = 1000
const REPOSITORY = '/repos/admin/listed'
const DELIVERIES = `${REPOSITORY}/hooks/1/deliveries`
const WARM_UP_REQUESTS = 200

const options = readOptions('lists', { rows: [1_000_000, 100_000], rounds: [5, 2], requests: [500, 100] })
const { rows, rounds, requests } = options

const [fewFolder, manyFolder] = [makeFolder('lists'), makeFolder('lists')]
const few = await startFilled(fewFolder, FEW)
const many = await startFilled(manyFolder, rows)
const results = []
for (const list of ['hooks', 'deliveries', 'deliveries in the middle', 'failures'])
  results.push(await measure(list))
await few.stop()
await many.stop()
for (const folder of [fewFolder, manyFolder]) removeFolder(folder)
await writeResult('lists', options, { rows, few: FEW, rounds, requests, results })

async function startFilled(folder: string, count: number): Promise<ServerProcess> {
  const preparing = await startServer(folder)
  await preparing.post('/user/repos', { name: 'listed' })
  await preparing.stop()
  // The first repository and the first hook have the identifier 1, to which all attempts belong.
  fillHooks(folder, count)
  fillLog(folder, { hooks: 1, count })
  return startServer(folder)
}

async function measure(list: string) {
  const paths = { few: await pathOf(list, few), many: await pathOf(list, many) }
  await times(few, paths.few, WARM_UP_REQUESTS)
  await times(many, paths.many, WARM_UP_REQUESTS)
  const seen = { few: [] as number[], many: [] as number[] }
  const ratios = []
  for (let index = 0; index < rounds; index++) {
    const round = {
      few: await times(few, paths.few, requests),
      many: await times(many, paths.many, requests),
    }
    seen.few.push(...round.few)
    seen.many.push(...round.many)
    ratios.push(quantile(round.many, 0.5) / quantile(round.few, 0.5))
  }
  const result = { list, few: toldOf(seen.few), many: toldOf(seen.many), ratio: spreadOf(ratios) }
  console.log(
    `${list}  ${FEW}: p50 ${result.few.p50Ms} ms, p99 ${result.few.p99Ms} ms  ` +
      `${rows}: p50 ${result.many.p50Ms} ms, p99 ${result.many.p99Ms} ms  ratio ${sayRatio(result.ratio)}`,
  )
  return result
}

async function pathOf(list: string, server: ServerProcess): Promise<string> {
  switch (list) {
    case 'hooks':
      return `${REPOSITORY}/hooks`
    case 'deliveries':
      return DELIVERIES
    case 'failures':
      return `${DELIVERIES}?status=failure`
    default: {
      const newest = await server.get(`${DELIVERIES}?per_page=1`)
      const [{ id }] = newest.json as [{ readonly id: number }]
      // Three identifiers an event: half of them back.
      const count = server === few ? FEW : rows
      return `${DELIVERIES}?cursor=v1_${id - 3 * Math.floor(count / 2)}`
    }
  }
}

async function times(server: ServerProcess, path: string, count: number): Promise<number[]> {
  const took = []
  for (let index = 0; index < count; index++) {
    const { tookMs, json } = await server.get(path)
    const { length } = json as readonly unknown[]
    // Of a thousand attempts ten failed.
    if (length < 10) throw new Error(`${path} lists ${length}`)
    took.push(tookMs)
  }
  return took
}

function toldOf(tookMs: readonly number[]) {
  return { p50Ms: round(quantile(tookMs, 0.5), 2), p99Ms: round(quantile(tookMs, 0.99), 2) }
}
