#!/usr/bin/env node
// The `hookline` command. Runs on any Node from 18 on: in this process where it is new enough,
// otherwise in the Node that npm installed beside it. What the command does is in `src/cli/`.
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { endWithParent, exitAs, findNode, isNewEnough, launch, SMALL_HEAP } from './node24.js'

// A checkout runs its sources as they are; the package holds only what was built from them, since
// Node does not strip types below `node_modules`.
const root = new URL('../', import.meta.url)
const source = new URL('src/cli/main.ts', root)
const checkout = existsSync(source)
const program = checkout ? source : new URL('dist/src/cli/main.js', root)

// Both variables are set here since the Node that we may start has them from us, and threads from it.

// Names are looked up on libuv's pool, which gives lookups half of its threads: two by default. Two names
// whose servers are dead would then hold up everybody's for seconds; of 64 threads, lookups get 32. Read
// when the pool is first used, so before anything is.
process.env.UV_THREADPOOL_SIZE ||= '64'

// Compiled code is kept between starts, beside the sources and not in the common folder for temporary
// files, where another user could have put some for us. Where we may not write, there is none.
process.env.NODE_COMPILE_CACHE ||= fileURLToPath(new URL('.cache/node', root))
module.enableCompileCache?.()

if (mayBeginAnew() && isNewEnough() && ['serve', 'tutorial', 'http'].includes(process.argv[2])) {
  silenceExperimentalWarnings()
  const args = [...process.execArgv, SMALL_HEAP, ...process.argv.slice(1)]
  process.execve(process.execPath, [process.execPath, ...args], process.env)
}

if (process.env.npm_command === 'exec') endWithParent()

if (checkout && !existsSync(new URL('node_modules', root))) {
  refuse(`Hookline's packages are not installed. Run "npm ci" in ${fileURLToPath(root)}, then try again.`)
} else if (isNewEnough()) {
  silenceExperimentalWarnings()
  await import(program.href)
} else {
  await runInNode24()
}

// The same process with another option, which Node only takes at its start: no process more, and about
// 30 ms. Not on Windows; and not with a channel to a parent, which would be lost.
function mayBeginAnew() {
  return process.execve && process.platform !== 'win32' && !process.channel && !isHeapChosen()
}

function isHeapChosen() {
  const chosen = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ')
  return chosen.includes('semi-space')
}

async function runInNode24() {
  const node = findNode()
  if (!node) return refuse(remedy('npm did not install one (optional dependencies left out?)'))
  try {
    exitAs(await launch(node, fileURLToPath(program), process.argv.slice(2), [SMALL_HEAP]))
  } catch (error) {
    refuse(remedy(`the one that npm installed does not start (${error.message})`))
  }
}

function remedy(reason) {
  return `Hookline needs Node 22.19 or newer, this is ${process.versions.node}, and ${reason}. Install Node 24 and try again.`
}

function refuse(sentence) {
  console.error(sentence)
  process.exitCode = 1
}

/** `node:sqlite` and type stripping announce themselves on each start; that tells a user nothing. */
function silenceExperimentalWarnings() {
  const emitWarning = process.emitWarning
  process.emitWarning = (warning, ...rest) => {
    const type = warning?.name ?? rest[0]?.type ?? rest[0]
    if (type !== 'ExperimentalWarning') emitWarning.call(process, warning, ...rest)
  }
}
