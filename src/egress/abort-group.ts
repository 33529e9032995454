// Lets one signal end many things at the cost of one listener. An EventTarget walks through all of
// its listeners to add or to remove one: with 50 requests in flight that was 5 of 28 µs a send. A
// Set of members was still 1 µs, for the hash that each new member needs: so they know their place.

export interface Abortable {
  /** Where it stands in its group: the group's own note. */
  place: number
  abort(): void
}

export class AbortGroup {
  static readonly #groups = new WeakMap<AbortSignal, AbortGroup>()

  readonly #signal: AbortSignal
  readonly #members: Abortable[] = []

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
    if (this.#members.length === 0) this.#signal.addEventListener('abort', this)
    member.place = this.#members.push(member) - 1
  }

  /** The last one takes the place. An empty group leaves no listener on a signal that outlives us. */
  delete(member: Abortable): void {
    const last = this.#members.pop()
    if (last && last !== member) {
      this.#members[member.place] = last
      last.place = member.place
    }
    if (this.#members.length === 0) this.#signal.removeEventListener('abort', this)
  }

  /** Called by the signal. */
  handleEvent(): void {
    for (const member of [...this.#members]) member.abort()
  }
}
