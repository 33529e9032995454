// A secret that cannot be printed by accident: JSON, string conversion and node's inspector all
// give the mask. `reveal()` is the one way to its text, and easy to search for.
import { inspect } from 'node:util'

/** What GitHub shows in place of a webhook's secret. */
export const MASK = '********'

export class Secret {
  #text: string | undefined
  readonly #open: () => string

  /** Its text, or what opens it once somebody asks: that may throw, and then `reveal` does. */
  constructor(text: string | (() => string)) {
    this.#text = typeof text === 'string' ? text : undefined
    this.#open = typeof text === 'string' ? () => text : text
  }

  reveal(): string {
    this.#text ??= this.#open()
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
