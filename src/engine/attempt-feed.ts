// Tells of attempts as soon as they are durable, to whoever watches their hook. It keeps nothing: a watcher
// that was away reads what it missed from the store. It hears of the attempts of this process alone.
import type { Log } from '../base/log.ts'
import type { Attempt } from '../delivery.ts'
import type { Settlement } from '../store/queue.ts'

// A page in a browser watches one hook; twenty people may look at the same one. Each watcher is a connection
// that stays open, of the 2,000 that the server has.
const WATCHERS_PER_HOOK_MAX = 20
const WATCHERS_MAX = 500

/** An attempt, and what became of its delivery by it. */
export type SettledAttempt = { readonly attempt: Attempt; readonly settlement: Settlement }

/** Called in the order of the attempts' identifiers. It must not wait. */
export type Watcher = (settled: SettledAttempt) => void

export class AttemptFeed {
  readonly #log: Log
  readonly #watchers = new Map<number, Set<Watcher>>()
  #count = 0

  constructor(log: Log) {
    this.#log = log
  }

  /** Gives the way to end it, or undefined when there are as many watchers as there may be. */
  watch(hookId: number, watcher: Watcher): (() => void) | undefined {
    const ofHook = this.#watchers.get(hookId) ?? new Set()
    if (ofHook.size >= WATCHERS_PER_HOOK_MAX || this.#count >= WATCHERS_MAX) return undefined
    this.#watchers.set(hookId, ofHook.add(watcher))
    this.#count++
    return () => {
      if (!ofHook.delete(watcher)) return
      this.#count--
      if (ofHook.size === 0) this.#watchers.delete(hookId)
    }
  }

  tell(settled: SettledAttempt): void {
    for (const watcher of this.#watchers.get(settled.attempt.hookId) ?? []) this.#call(watcher, settled)
  }

  // Settling must go on, whatever a watcher does.
  #call(watcher: Watcher, settled: SettledAttempt): void {
    try {
      watcher(settled)
    } catch (error) {
      this.#log.error({ err: error, hook: settled.attempt.hookId }, 'a watcher of attempts failed')
    }
  }
}
