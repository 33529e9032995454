// From the command to a server that answers: `hookline serve` on a new folder and on one that it knows,
// beside a program that only listens, which is what Node itself takes.
//
//   npm run bench -- start [--runs 10] [--quick]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { readOptions } from './lib/options.ts'
import { sayRatio, spreadOf, writeResult } from './lib/result.ts'
import { atExit, makeFolder, removeFolder } from './lib/temporary.ts'

const PROGRAM = fileURLToPath(new URL('../bin/hookline.js', import.meta.url))
const BARE = `
  const server = require('node:http').createServer((request, response) => response.end('ok'))
  server.listen(0, '127.0.0.1', () => console.log('listens on http://127.0.0.1:' + server.address().port))`

const options = readOptions('start', { runs: [10, 3] })
const { runs } = options

const known = makeFolder('start')
// What is kept of compiled code is there from the first start on.
await serve(known)
const rows = []
for (let run = 0; run < runs; run++) {
  const fresh = makeFolder('start')
  const row = { bare: await start(['-e', BARE]), fresh: await serve(fresh), known: await serve(known) }
  console.log(
    `bare ${row.bare.toFixed(0)} ms  new folder ${row.fresh.toFixed(0)} ms  known folder ${row.known.toFixed(0)} ms`,
  )
  rows.push(row)
  removeFolder(fresh)
}
removeFolder(known)

const ratio = spreadOf(rows.map(({ known, bare }) => known / bare))
console.log(`a known folder beside a bare program: median ratio ${sayRatio(ratio)}`)
await writeResult('start', options, {
  runs,
  bareMs: spreadOf(
    rows.map(({ bare }) => bare),
    0,
  ),
  newFolderMs: spreadOf(
    rows.map(({ fresh }) => fresh),
    0,
  ),
  knownFolderMs: spreadOf(
    rows.map(({ known }) => known),
    0,
  ),
  ratio,
})

function serve(folder: string): Promise<number> {
  return start([PROGRAM, 'serve', '--port', '0', '--data', folder, '--log-level', 'error'])
}

/** Milliseconds from starting the program to the answer to a first request. */
async function start(args: readonly string[]): Promise<number> {
  const startedMs = performance.now()
  const env = { ...process.env, NO_COLOR: '1' }
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  atExit(() => child.kill('SIGKILL'))
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      said += text
      const url = /listens on (http:\S+)\n/.exec(said)?.[1]
      if (url) resolve(url)
    })
    child.once('exit', code => reject(new Error(`it ended with ${code} before it listened`)))
  })
  const { ok } = await fetch(`${url}/healthz`)
  const tookMs = performance.now() - startedMs
  if (!ok) throw new Error('it listens, and is not well')
  child.kill()
  await once(child, 'exit')
  return tookMs
}
