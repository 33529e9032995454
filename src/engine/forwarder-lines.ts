// Which forwarders are connected, and which are known to be away: the deliveries of these stay in the store,
// in their order, as behind an open breaker, and burn nothing.
import type { Sender } from '../egress/send.ts'

/** One that is connected. */
export type ForwarderLine = Pick<Sender, 'send'> & {
  /** Its hook is gone. */
  end(): void
}

export class ForwarderLines {
  readonly #lines = new Map<number, ForwarderLine>()
  // Hooks for which something is due and nobody is there. As many at most as there are such hooks.
  readonly #away = new Set<number>()

  lineOf(hookId: number): ForwarderLine | undefined {
    return this.#lines.get(hookId)
  }

  isAway(hookId: number): boolean {
    return this.#away.has(hookId)
  }

  awayIds(): number[] {
    return [...this.#away]
  }

  /** In the place of one that was connected to the same hook before. */
  connect(hookId: number, line: ForwarderLine): void {
    this.#lines.set(hookId, line)
    this.#away.delete(hookId)
  }

  /** Gives whether it was this one that was connected. */
  disconnect(hookId: number, line: ForwarderLine): boolean {
    if (this.#lines.get(hookId) !== line) return false
    this.#lines.delete(hookId)
    this.#away.add(hookId)
    return true
  }

  /** Something is due, and nobody is there. */
  miss(hookId: number): void {
    if (!this.#lines.has(hookId)) this.#away.add(hookId)
  }

  /** The hook is deleted: what waited for it is to be cancelled. */
  forget(hookId: number): void {
    const line = this.#lines.get(hookId)
    this.#lines.delete(hookId)
    this.#away.delete(hookId)
    line?.end()
  }
}
