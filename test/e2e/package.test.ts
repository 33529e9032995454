// The package as a stranger gets it: packed, installed by npm in a folder elsewhere, and run by npx under
// the machine's own Node, however old.
import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { after, before, suite, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
// What a clone does not hold. Its packages are linked and its `dist` is built anew: tests that run at
// the same time read the one that is here.
const NOT_CLONED = ['.git', '.cache', 'data', 'dist', 'node_modules']
// Many times what it takes, most of which npm spends on a Node of 120 MB.
const DEADLINE_MS = 180_000

let folder: string
let home: string

suite('the package', { timeout: DEADLINE_MS }, () => {
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hookline-package-'))
    home = join(folder, 'home')
    await mkdir(home)
    // Else npm installs wherever it finds one in the folders above.
    await writeFile(join(home, 'package.json'), '{}')
    const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', await pack()]
    await run('npm', install, { cwd: home, env: strangersEnv() })
  })
  after(() => rm(folder, { recursive: true }))

  test('gives its version by npx', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
    const { stdout, stderr } = await run('npx', ['hookline', '--version'], { cwd: home, env: strangersEnv() })
    assert.equal(stdout, `${version}\n`)
    assert.equal(stderr, '')
  })

  test('holds the tutorial, and Ctrl-C under npx leaves no process', async t => {
    const { program, lines, complaints } = startTutorial(t, 'npx', ['hookline'])
    const [, receiver] = await lineWith(/Receiver +(http:\S+)/, lines)
    await lineWith(/Forwarding {2}http:\/\/[\da-f]{8}\.localhost:\d+ -> /, lines)
    assert.match(await (await fetch(`${receiver}/`)).text(), /<html/)
    const [curl] = await lineWith(/curl .*/, lines)
    await run('bash', ['-c', curl])
    await lineWith(/issue #1 opened.*delivered/, lines)
    const answer = await fetch(`${receiver}/popularity.json?days=1`)
    const [row] = (await answer.json()) as { repository: string; total: number }[]
    assert.deepEqual([row?.repository, row?.total], ['octocat/hello-world', 1])

    // Closed when none has our end of its pipes any more, however deep it runs.
    const closed = once(program, 'close')
    kill(program, 'SIGINT')
    const [code, signal] = await closed
    // npm ends as its shell does, which may take Ctrl-C for its own.
    assert.ok(code === 0 || code === 130 || signal === 'SIGINT', `${code} ${signal}`)
    assert.equal(await complaints, '')
  })

  test('runs under the machine’s Node, and ends well at Ctrl-C', async t => {
    const hookline = join(home, 'node_modules', '.bin', 'hookline')
    const { program, lines, complaints } = startTutorial(t, hookline, [])
    await lineWith(/Ctrl-C ends it/, lines)
    const closed = once(program, 'close')
    kill(program, 'SIGINT')
    assert.deepEqual(await closed, [0, null])
    assert.equal(await complaints, '')
  })
})

type Started = {
  readonly program: ChildProcess
  readonly lines: AsyncIterator<string>
  readonly complaints: Promise<string>
}

function startTutorial(t: TestContext, file: string, first: readonly string[]): Started {
  const args = [...first, 'tutorial', '--port', '0', '--receiver-port', '0']
  // A process group, such as a terminal makes of what it runs: Ctrl-C is for all of it.
  const program = spawn(file, args, { cwd: home, env: strangersEnv(), detached: true })
  t.after(() => kill(program, 'SIGKILL'))
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]()
  return { program, lines, complaints: text(program.stderr) }
}

/** From a copy, as it would be from a clone. Returns the package's file. */
async function pack(): Promise<string> {
  const clone = join(folder, 'clone')
  await cp(ROOT, clone, { recursive: true, filter: path => !NOT_CLONED.includes(relative(ROOT, path)) })
  await symlink(join(ROOT, 'node_modules'), join(clone, 'node_modules'), 'junction')
  // Not by npm's `prepack`: it installs what has changed, and these packages are in use.
  await run(process.execPath, ['scripts/build.ts'], { cwd: clone })
  const packed = await run('npm', ['pack', '--ignore-scripts', '--json'], { cwd: clone, env: strangersEnv() })
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }]
  return join(clone, filename)
}

/** Without what `npm test` has set for us, and without our packages' programs, a newer Node among them. */
function strangersEnv(): NodeJS.ProcessEnv {
  const ours = /^(npm_(?!config_)|npm_config_local_prefix$|INIT_CWD$|NODE_TEST_CONTEXT$|HOOKLINE_)/
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
  const path = (process.env.PATH ?? '').split(delimiter).filter(entry => !entry.includes('node_modules'))
  return { ...env, NO_COLOR: '1', PATH: path.join(delimiter) }
}

async function lineWith(pattern: RegExp, lines: AsyncIterator<string>): Promise<RegExpExecArray> {
  const passed: string[] = []
  for (let line = await lines.next(); !line.done; line = await lines.next()) {
    const found = pattern.exec(line.value)
    if (found) return found
    passed.push(line.value)
  }
  throw new Error(`It ended without ${pattern}:\n${passed.join('\n')}`)
}

function kill({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  assert(pid !== undefined)
  try {
    process.kill(-pid, signal)
  } catch (error) {
    // Ended already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
