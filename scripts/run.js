// `npm start`, `npm test` and the rest: `node scripts/run.js TASK [ARGUMENT…]`. It first puts in place what
// the task needs and what has changed since the last time, then runs it in the Node that npm brought.
// Plain JavaScript without packages, since a fresh clone has none and any Node from 18 on starts it.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { endWithParent, exitAs, findNode, isNewEnough, launch, SMALL_HEAP } from '../bin/node24.js'

const TASKS = {
  tutorial: { program: ['bin/hookline.js', 'tutorial'], pages: true, nodeOptions: [SMALL_HEAP] },
  test: { program: ['scripts/test.ts'], pages: true },
  check: { program: ['scripts/check.ts'] },
  format: { program: ['node_modules/@biomejs/biome/bin/biome', 'check', '--write'] },
  bench: { program: ['scripts/bench.ts'] },
  torture: { program: ['scripts/torture.ts'], pages: true },
  build: { program: ['scripts/build.ts'] },
  screenshots: { program: ['scripts/screenshots.ts'], pages: true },
  describe: { program: ['scripts/github-description.ts'] },
}

const LOCK = 'package-lock.json'
const PAGE_SOURCES = ['receiver/page', 'web', 'scripts/build-pages.ts', LOCK]

if (process.env.npm_lifecycle_event) endWithParent()
process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const [name, ...args] = process.argv.slice(2)
const task = TASKS[name]
if (task) await run(task)
else fail(`Usage: node scripts/run.js ${Object.keys(TASKS).join(' | ')}`)

async function run({ program: [file, ...first], pages, nodeOptions }) {
  await whenChanged('node_modules/.hookline-lock', [LOCK], install)
  const node = findNode() ?? (isNewEnough() ? process.execPath : undefined)
  if (!node)
    fail(
      `No Node 24 for ${process.platform} on ${process.arch} came with npm. Install Node 24 and try again.`,
    )
  if (pages) await whenChanged('dist/.pages', PAGE_SOURCES, () => buildPages(node))
  exitAs(await launch(node, file, [...first, ...args], nodeOptions))
}

/** Does `work` unless `stamp` tells that it was done for these very sources. */
async function whenChanged(stamp, sources, work) {
  const hash = hashOf(sources)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  await work()
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, hash)
}

function hashOf(sources) {
  const hash = createHash('sha256')
  for (const file of sources.flatMap(listFiles)) hash.update(`${file}\n`).update(readFileSync(file))
  return hash.digest('hex')
}

function listFiles(path) {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap(entry => listFiles(join(path, entry)))
}

function install() {
  // Windows cannot delete a Node that runs, and under `npm start` that may be the one in node_modules.
  const command = process.platform === 'win32' ? 'install' : 'ci'
  // Errors only: on an older Node, npm warns of each package that asks for a newer one, and those
  // never run on it.
  const quiet = ['--loglevel=error', '--no-audit', '--no-fund']
  return step('Installing packages', 'npm', [command, '--include=dev', '--include=optional', ...quiet])
}

function buildPages(node) {
  return step('Building pages', node, ['--disable-warning=ExperimentalWarning', 'scripts/build-pages.ts'])
}

/** Runs a command out of sight. What it wrote is shown if it fails, and then we end. */
async function step(says, command, args) {
  const startedMs = performance.now()
  process.stdout.write(`${says} … `)
  const shell = process.platform === 'win32' && command === 'npm'
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], shell })
  const written = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => written.push(chunk))
  const code = await new Promise(resolve => {
    child.once('error', error => {
      written.push(Buffer.from(`${command}: ${error.message}\n`))
      resolve(1)
    })
    child.once('close', resolve)
  })
  const took = `${((performance.now() - startedMs) / 1000).toFixed(1)} s`
  if (code === 0) return console.log(took)
  fail(`failed after ${took}\n\n${Buffer.concat(written)}`)
}

function fail(text) {
  console.error(text)
  process.exit(1)
}
