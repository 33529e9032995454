// The breaker of each hook, in memory, and in the store while it is open. What it decides is in
// `../breaker.ts`; this remembers, tells the store of changes, and never fails an attempt for it.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { type Breaker, CLOSED, permits, record } from '../breaker.ts'
import type { Outcome } from '../delivery.ts'
import { type HookChange, listOpenBreakers, recordHookChange, saveBreaker } from '../store/breakers.ts'
import type { Store } from '../store/store.ts'

// Statistics of hooks that work: about 500 bytes each. The least used is forgotten, as if new.
const CLOSED_MAX = 20_000

/** How many attempts a hook may have under way: as many as it likes, one, or none. */
export type Gate = 'closed' | 'probing' | 'open'

type BreakersOptions = { readonly store: Store; readonly clock: Clock; readonly log: Log }

export class Breakers {
  readonly #options: BreakersOptions
  readonly #closed = new LRUCache<number, Breaker>({ max: CLOSED_MAX })
  /** Apart, so that none is forgotten: a row of the store stands behind each. */
  readonly #open = new Map<number, Extract<Breaker, { kind: 'open' }>>()
  #saving: Promise<void> = Promise.resolve()

  constructor(options: BreakersOptions) {
    this.#options = options
  }

  async load(): Promise<void> {
    for (const [hookId, breaker] of await listOpenBreakers(this.#options.store.read)) {
      this.#open.set(hookId, breaker)
    }
  }

  gateOf(hookId: number): Gate {
    const breaker = this.#open.get(hookId)
    if (!breaker) return 'closed'
    return permits(breaker, this.#options.clock.nowMs()) ? 'probing' : 'open'
  }

  openHookIds(): number[] {
    return [...this.#open.keys()]
  }

  /** Gives the change of state, if this outcome made one. */
  record(accountId: number, hookId: number, outcome: Outcome): HookChange['change'] | undefined {
    const nowMs = this.#options.clock.nowMs()
    const before = this.#open.get(hookId) ?? this.#closed.get(hookId) ?? CLOSED
    const { breaker, change } = record(before, outcome, nowMs)
    this.#remember(hookId, breaker)
    if (change) this.#save(accountId, hookId, breaker, { accountId, hookId, atMs: nowMs, ...change })
    else if (breaker.kind === 'open' && breaker !== before) this.#save(accountId, hookId, breaker)
    return change?.change
  }

  /** By hand: its owner has mended the receiver. */
  close(accountId: number, hookId: number, reason: string): void {
    if (!this.#open.has(hookId)) return
    const atMs = this.#options.clock.nowMs()
    this.#remember(hookId, CLOSED)
    this.#save(accountId, hookId, CLOSED, { accountId, hookId, atMs, change: 'closed', reason })
  }

  #remember(hookId: number, breaker: Breaker): void {
    if (breaker.kind === 'open') {
      this.#open.set(hookId, breaker)
      this.#closed.delete(hookId)
    } else {
      this.#open.delete(hookId)
      this.#closed.set(hookId, breaker)
    }
  }

  // In the order in which they came; a change that cannot be stored is a change lost at a restart.
  #save(accountId: number, hookId: number, breaker: Breaker, change?: HookChange): void {
    const { store, log } = this.#options
    if (change) log.info({ hook: hookId, reason: change.reason }, `breaker ${change.change}`)
    this.#saving = this.#saving
      .then(() =>
        store.write(async tx => {
          await saveBreaker(tx, accountId, hookId, breaker)
          if (change) await recordHookChange(tx, change)
        }),
      )
      .catch(error => log.error({ err: error, hook: hookId }, 'a breaker could not be stored'))
  }
}
