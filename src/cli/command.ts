// What each command is to the program: a name, its settings, and how it runs.
import type { Flags, Settings } from '../app/config.ts'

export type Command = {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  readonly settings: Settings
  /** The setting that a word behind the command stands for: `backup FILE` is `backup --file FILE`. */
  readonly argument?: string
  readonly examples: readonly Example[]
  /** Resolves when the work is done, or after a clean stop once `signal` aborts. */
  run(flags: Flags, signal: AbortSignal): Promise<void>
}

export type Example = { readonly line: string; readonly says: string }

/** Resolves when it is time to stop. */
export async function untilStopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
}
