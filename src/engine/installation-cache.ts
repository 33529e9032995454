// Which Apps are installed on each account, so that accepting does not read it: nearly every account has
// none. Whoever changes an account's installations says so with `forget`; a load that was under way then
// does not get in.
import { LRUCache } from 'lru-cache'
import { type InstallationReach, listReachesOn } from '../store/installations.ts'
import type { Store } from '../store/store.ts'

// An account without Apps takes 100 bytes; one with a selection of 1,000 repositories, 40 KB.
const ACCOUNTS_MAX = 10_000

export class InstallationCache {
  readonly #store: Store
  readonly #byAccount = new LRUCache<number, readonly InstallationReach[]>({ max: ACCOUNTS_MAX })
  readonly #loading = new Map<number, Promise<readonly InstallationReach[]>>()

  constructor(store: Store) {
    this.#store = store
  }

  /** Those that are not suspended and cover the repository, or what belongs to none. Not a promise when at hand. */
  covering(
    accountId: number,
    repositoryId: number | null,
  ): readonly InstallationReach[] | Promise<readonly InstallationReach[]> {
    const known = this.#byAccount.get(accountId)
    if (known) return among(known, repositoryId)
    return this.#load(accountId).then(loaded => among(loaded, repositoryId))
  }

  forget(accountId: number | 'all'): void {
    if (accountId === 'all') {
      this.#byAccount.clear()
      this.#loading.clear()
      return
    }
    this.#byAccount.delete(accountId)
    this.#loading.delete(accountId)
  }

  async #load(accountId: number): Promise<readonly InstallationReach[]> {
    const known = this.#loading.get(accountId)
    if (known) return known

    const loading = listReachesOn(this.#store.read, accountId)
    this.#loading.set(accountId, loading)
    try {
      const reaches = await loading
      if (this.#loading.get(accountId) === loading) this.#byAccount.set(accountId, reaches)
      return reaches
    } finally {
      if (this.#loading.get(accountId) === loading) this.#loading.delete(accountId)
    }
  }
}

function among(reaches: readonly InstallationReach[], repositoryId: number | null) {
  if (reaches.length === 0) return reaches
  return reaches.filter(
    ({ repositoryIds }) => repositoryIds === null || repositoryId === null || repositoryIds.has(repositoryId),
  )
}
