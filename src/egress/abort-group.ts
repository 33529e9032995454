// Lets one signal end many things at the cost of one listener. An EventTarget walks through all of
// its listeners to add or to remove one: with 50 requests in flight that was 5 of 28 µs a send.

export type Abortable = { abort(): void }

export class AbortGroup {
  static readonly #groups = new WeakMap<AbortSignal, AbortGroup>()

  readonly #signal: AbortSignal
  readonly #members = new Set<Abortable>()

  static of(signal: AbortSignal): AbortGroup {
    let group = AbortGroup.#groups.get(signal)
    if (!group) {
      group = new AbortGroup(signal)
      AbortGroup.#groups.set(signal, group)
    }
    return group
  }

  private constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  add(member: Abortable): void {
    if (this.#members.size === 0) this.#signal.addEventListener('abort', this)
    this.#members.add(member)
  }

  /** An empty group leaves no listener behind, so a signal that outlives us holds nothing. */
  delete(member: Abortable): void {
    if (this.#members.delete(member) && this.#members.size === 0)
      this.#signal.removeEventListener('abort', this)
  }

  /** Called by the signal. */
  handleEvent(): void {
    for (const member of [...this.#members]) member.abort()
  }
}
