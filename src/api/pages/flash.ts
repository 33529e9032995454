// Keeps a new token's text between the form that made it and the page that shows it. The form redirects
// to that page, so that a reload makes no second token. The page gets the text once, within five minutes.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../base/clock.ts'
import { Secret } from '../../secret.ts'
import type { Session } from '../credentials.ts'

const LIFETIME_MS = 5 * 60_000
const SESSIONS_MAX = 1000

export class Flash {
  readonly #texts: LRUCache<string, Secret>

  constructor(clock: Clock) {
    this.#texts = new LRUCache({
      max: SESSIONS_MAX,
      ttl: LIFETIME_MS,
      perf: { now: () => clock.nowMs() },
    })
  }

  put(session: Session, text: string): void {
    this.#texts.set(session.text, new Secret(text))
  }

  take(session: Session): string | undefined {
    const text = this.#texts.get(session.text)
    this.#texts.delete(session.text)
    return text?.reveal()
  }
}
