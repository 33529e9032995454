// The real program in a process of its own, as a person would run it, in a folder that goes away
// with the test.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// What takes longer than this on a busy machine is not going to come.
const DEADLINE_MS = 30_000

const MAIN = fileURLToPath(new URL('../../bin/hookline.js', import.meta.url))

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export class Program {
  readonly #child: ChildProcess
  readonly #ended: Promise<Ended>
  #stdout = ''
  #stderr = ''
  #look: () => void = () => {}

  constructor(args: readonly string[], folder: string, env: Readonly<Record<string, string>> = {}) {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('HOOKLINE_'))
    this.#child = spawn(process.execPath, [MAIN, ...args], {
      cwd: folder,
      env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child.stdout?.setEncoding('utf8').on('data', text => {
      this.#stdout += text
      this.#look()
    })
    this.#child.stderr?.setEncoding('utf8').on('data', text => {
      this.#stderr += text
    })
    this.#ended = once(this.#child, 'close').then(([code]) => ({
      code,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }))
  }

  /** What the pattern finds on standard output, as soon as it does. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>()
    const complain = (what: string) =>
      reject(new Error(`${what} without ${pattern}:\n${this.#stdout}${this.#stderr}`))
    const deadline = setTimeout(() => complain(`${DEADLINE_MS} ms`), DEADLINE_MS)
    this.#ended.then(({ code }) => complain(`the program ended with ${code}`))
    this.#look = () => {
      const found = pattern.exec(this.#stdout)
      if (found) resolve(found)
    }
    this.#look()
    return promise.finally(() => clearTimeout(deadline))
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Resolves when it has ended, by itself or by the signal. */
  async end(signal?: NodeJS.Signals): Promise<Ended> {
    if (signal) this.signal(signal)
    const deadline = setTimeout(() => this.signal('SIGKILL'), DEADLINE_MS)
    const ended = await this.#ended
    clearTimeout(deadline)
    return ended
  }
}

/** A test, or a file of tests: what is begun with it ends with it. */
export type Lifetime = { after(end: () => unknown): void }

export type Start = (args: readonly string[], env?: Readonly<Record<string, string>>) => Program

/** Programs that are started with it have a folder in common, and are ended with the test. */
export async function programsIn(t: Lifetime): Promise<{ readonly folder: string; readonly start: Start }> {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-e2e-'))
  const programs: Program[] = []
  t.after(async () => {
    await Promise.all(programs.map(program => program.end('SIGKILL')))
    await rm(folder, { recursive: true })
  })
  const start: Start = (args, env) => {
    const program = new Program(args, folder, env)
    programs.push(program)
    return program
  }
  return { folder, start }
}
