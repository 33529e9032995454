// Starts a dispatcher in a process of its own.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { DispatcherOptions, Turn, TurnResult } from './dispatcher.ts'
import { atExit } from './temporary.ts'

// A turn that has not ended so long after its time lost a delivery, and never will.
const TURN_OVER_MS = 60_000
const OPEN_DEADLINE_MS = 60_000

export class DispatcherProcess {
  readonly #name: string
  readonly #child: ChildProcess

  constructor(name: string, child: ChildProcess) {
    this.#name = name
    this.#child = child
  }

  async run(turn: Turn): Promise<TurnResult> {
    this.#child.kill('SIGCONT')
    this.#child.send(turn)
    const result = await this.#answer(turn.seconds * 1000 + TURN_OVER_MS)
    this.rest()
    return result as TurnResult
  }

  /** Stops where it is until its next turn, so that its polling costs the others nothing. */
  rest(): void {
    this.#child.kill('SIGSTOP')
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGCONT')
    this.#child.disconnect()
    await ended
  }

  async ready(): Promise<void> {
    await this.#answer(OPEN_DEADLINE_MS)
  }

  async #answer(deadlineMs: number): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const deadline = setTimeout(() => reject(new Error(`${this.#name} gave no answer`)), deadlineMs)
    const fail = (code: number | null) => reject(new Error(`${this.#name} ended with ${code}`))
    this.#child.once('message', resolve).once('exit', fail)
    try {
      return await promise
    } finally {
      clearTimeout(deadline)
      this.#child.off('message', resolve).off('exit', fail)
    }
  }
}

export async function startDispatcher(
  module: URL,
  options: Omit<DispatcherOptions, 'stored'>,
): Promise<DispatcherProcess> {
  const child = fork(
    new URL('./dispatcher-child.ts', import.meta.url),
    [module.href, JSON.stringify(options)],
    { execArgv: ['--disable-warning=ExperimentalWarning'], env: { ...process.env, NODE_ENV: 'production' } },
  )
  // Stopped as it may be, it would not notice that we are gone.
  atExit(() => child.kill('SIGKILL'))
  const dispatcher = new DispatcherProcess(options.name, child)
  await dispatcher.ready()
  return dispatcher
}
