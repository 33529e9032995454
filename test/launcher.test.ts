// `bin/node24.js` runs a program under another Node as if it were this process. Here both are the same Node;
// what matters is what passes between the two.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'

const folder = mkdtempSync(join(tmpdir(), 'hookline-launcher-'))
after(() => rmSync(folder, { recursive: true }))

const LAUNCHER = write(
  'launcher.mjs',
  `import { endWithParent, exitAs, launch } from ${JSON.stringify(pathToFileURL('bin/node24.js').href)}
   if (process.env.npm_command) endWithParent()
   exitAs(await launch(process.execPath, process.argv[2], process.argv.slice(3)))`,
)
// Tells each signal that it gets, and ends at SIGTERM.
const SERVER = write(
  'server.mjs',
  `for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
     process.on(signal, () => {
       console.log(signal)
       if (signal === 'SIGTERM') process.exitCode = 3, clearInterval(life)
     })
   }
   const life = setInterval(() => {}, 60_000)
   console.log('ready')`,
)

test('hands on the arguments, and ends with the same exit code', async () => {
  const program = write('program.mjs', 'console.log(process.argv.slice(1).join()); process.exit(5)')
  const launcher = launch(program, 'a', '-b')
  assert.equal(await text(launcher.stdout!), `${program},a,-b\n`)
  assert.deepEqual(await ended(launcher), [5, null])
})

test('ends by the signal that ended the program', async () => {
  const program = write('dies.mjs', "process.kill(process.pid, 'SIGKILL')")
  assert.deepEqual(await ended(launch(program)), [null, 'SIGKILL'])
})

test('lets Node’s own announcements go unsaid', async () => {
  const program = write('announces.mjs', "await import('node:sqlite'); process.emitWarning('kept')")
  const said = await text(launch(program).stderr!)
  assert.match(said, /kept/)
  assert.doesNotMatch(said, /Experimental/)
})

test('passes a signal on, once where npm has repeated it', async () => {
  const launcher = launch(SERVER)
  const lines = linesOf(launcher)
  assert.equal(await lines.next(), 'ready')
  launcher.kill('SIGINT')
  launcher.kill('SIGINT')
  assert.equal(await lines.next(), 'SIGINT')
  launcher.kill('SIGTERM')
  assert.equal(await lines.next(), 'SIGTERM')
  assert.deepEqual(await ended(launcher), [3, null])
})

test('takes the program with it when it is killed outright', async () => {
  const launcher = launch(SERVER)
  await linesOf(launcher).next()
  launcher.kill('SIGKILL')
  // The program holds the same standard output, which closes only when both have ended.
  await once(launcher, 'close')
})

test('ends the program when the shell between npm and itself is ended', async () => {
  const command = `"${process.execPath}" "${LAUNCHER}" "${SERVER}"; true`
  const shell = spawn('sh', ['-c', command], { env: { ...process.env, npm_command: 'exec' } })
  const lines = linesOf(shell)
  assert.equal(await lines.next(), 'ready')
  shell.kill('SIGTERM')
  assert.equal(await lines.next(), 'SIGTERM')
  await once(shell, 'close')
})

function write(name: string, code: string): string {
  const file = join(folder, name)
  writeFileSync(file, code)
  return file
}

function launch(program: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [LAUNCHER, program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
}

async function ended(child: ChildProcess): Promise<unknown[]> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return [child.exitCode, child.signalCode]
}

function linesOf(child: ChildProcess): { next(): Promise<string> } {
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  return { next: async () => (await lines.next()).value ?? '' }
}
