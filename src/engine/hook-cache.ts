// The hooks of each target, so that neither accepting nor attempting reads them. Whoever changes a
// target's hooks says so with `forget`; a load that was under way then does not get in.
import { LRUCache } from 'lru-cache'
import type { Hook, HookTarget } from '../hook.ts'
import { findHookById, listAllHooks } from '../store/hooks.ts'
import type { Store } from '../store/store.ts'

// A hook takes about 1 KB; a target has a few. About 50 MB at the very most.
const TARGETS_MAX = 10_000
const HOOKS_MAX = 50_000

export class HookCache {
  readonly #store: Store
  readonly #byTarget = new LRUCache<string, readonly Hook[]>({ max: TARGETS_MAX })
  /** A hook never moves to another target, so this needs no forgetting. */
  readonly #targetOf = new LRUCache<number, HookTarget>({ max: HOOKS_MAX })
  readonly #loading = new Map<string, Promise<readonly Hook[]>>()

  constructor(store: Store) {
    this.#store = store
  }

  /** Not a promise when it is at hand, which is nearly always. */
  ofTarget(target: HookTarget): readonly Hook[] | Promise<readonly Hook[]> {
    return this.#byTarget.get(keyOf(target)) ?? this.#load(target)
  }

  /** Also a deleted hook, read anew each time. */
  async find(hookId: number): Promise<Hook | undefined> {
    const target = this.#targetOf.get(hookId)
    const hook = target && (await this.ofTarget(target)).find(({ id }) => id === hookId)
    if (hook) return hook

    const stored = await findHookById(this.#store.read, this.#store.vault, hookId)
    if (stored) this.#targetOf.set(hookId, stored.target)
    return stored
  }

  forget(target: HookTarget): void {
    this.#byTarget.delete(keyOf(target))
    this.#loading.delete(keyOf(target))
  }

  async #load(target: HookTarget): Promise<readonly Hook[]> {
    const key = keyOf(target)
    const known = this.#loading.get(key)
    if (known) return known

    const loading = listAllHooks(this.#store.read, this.#store.vault, target)
    this.#loading.set(key, loading)
    try {
      const hooks = await loading
      if (this.#loading.get(key) === loading) {
        this.#byTarget.set(key, hooks)
        for (const hook of hooks) this.#targetOf.set(hook.id, target)
      }
      return hooks
    } finally {
      if (this.#loading.get(key) === loading) this.#loading.delete(key)
    }
  }
}

function keyOf({ kind, id }: HookTarget): string {
  return `${kind}:${id}`
}
