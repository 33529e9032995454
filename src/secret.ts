// A secret that cannot be printed by accident: JSON, string conversion and node's inspector all
// give the mask. `reveal()` is the one way to its text, and easy to search for.
import { inspect } from 'node:util'

/** What GitHub shows in place of a webhook's secret. */
export const MASK = '********'

export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  [inspect.custom](): string {
    return `Secret(${MASK})`
  }
}
