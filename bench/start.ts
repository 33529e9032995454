// From the command to a server that answers: `hookline serve` on a new folder and on one that it knows,
// beside a program that only listens, which is what Node itself takes.
//
//   npm run bench -- start [--runs 10] [--quick]
import { serveArguments, startListening, stopListening } from './lib/listening.ts'
import { readOptions } from './lib/options.ts'
import { writeResult } from './lib/result.ts'
import { sayRatio, spreadOf } from './lib/spread.ts'
import { makeFolder, removeFolder } from './lib/temporary.ts'

const BARE = `
  const server = require('node:http').createServer((request, response) => response.end('ok'))
  server.listen(0, '127.0.0.1', () => console.log('listens on http://127.0.0.1:' + server.address().port))`

const options = readOptions('start', { runs: [10, 3] })
const { runs } = options

const known = makeFolder('start')
// What is kept of compiled code is there from the first start on.
await start(serveArguments(known))
type Row = { readonly bare: number; readonly fresh: number; readonly known: number }

const rows: Row[] = []
for (let run = 0; run < runs; run++) {
  const fresh = makeFolder('start')
  const row = {
    bare: await start(['-e', BARE]),
    fresh: await start(serveArguments(fresh)),
    known: await start(serveArguments(known)),
  }
  console.log(
    `bare ${row.bare.toFixed(0)} ms  new folder ${row.fresh.toFixed(0)} ms  known folder ${row.known.toFixed(0)} ms`,
  )
  rows.push(row)
  removeFolder(fresh)
}
removeFolder(known)

const spread = (key: keyof Row) =>
  spreadOf(
    rows.map(row => row[key]),
    0,
  )
const ratio = spreadOf(rows.map(({ known, bare }) => known / bare))
console.log(`a known folder beside a bare program: median ratio ${sayRatio(ratio)}`)
await writeResult('start', options, {
  runs,
  bareMs: spread('bare'),
  newFolderMs: spread('fresh'),
  knownFolderMs: spread('known'),
  ratio,
})

/** Milliseconds from starting the program to the answer to a first request. */
async function start(args: readonly string[]): Promise<number> {
  const startedMs = performance.now()
  const listening = await startListening(args)
  const { ok } = await fetch(`${listening.url}/healthz`)
  const tookMs = performance.now() - startedMs
  if (!ok) throw new Error('it listens, and is not well')
  await stopListening(listening)
  return tookMs
}
