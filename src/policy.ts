// How a hook wants to be delivered to: what GitHub fixes for everybody and Hookline lets each hook
// choose. The defaults are those of a receiver that nothing is known of.
import { RETRY_DELAYS_MS } from './retry.ts'

/**
 * In which order deliveries are attempted. `none` is fastest and the usual case; the others are
 * first in, first out: for the whole hook, within a repository, or within an issue or pull request.
 * A delivery that waits for its retry holds back those behind it.
 */
export const ORDERS = ['none', 'hook', 'repository', 'issue'] as const

export type Order = (typeof ORDERS)[number]

/** Deliveries of one hook with the same key are attempted one after the other; null: in any order. */
export function orderKeyOf(
  order: Order,
  {
    repositoryId,
    issueNumber,
  }: { readonly repositoryId: number | null; readonly issueNumber: number | null },
): string | null {
  switch (order) {
    case 'none':
      return null
    case 'hook':
      return 'hook'
    case 'repository':
      return `repository ${repositoryId}`
    case 'issue':
      return issueNumber === null ? `repository ${repositoryId}` : `issue ${repositoryId} ${issueNumber}`
  }
}

/** At most `deliveries` attempts begin within any `perMs`. What is above waits; nothing is dropped. */
export type RateLimit = { readonly deliveries: number; readonly perMs: number }

export type Policy = {
  readonly timeoutMs: number
  /** The wait before each further attempt; empty means that there is none. */
  readonly retryDelaysMs: readonly number[]
  /** Attempts under way at once. */
  readonly concurrency: number
  readonly rateLimit: RateLimit | null
  readonly order: Order
}

export const DEFAULT_POLICY: Policy = {
  // GitHub's.
  timeoutMs: 10_000,
  retryDelaysMs: RETRY_DELAYS_MS,
  // Keeps a receiver busy without knocking it over.
  concurrency: 10,
  rateLimit: null,
  order: 'none',
}

export const TIMEOUT_MS_MIN = 1_000
export const TIMEOUT_MS_MAX = 30_000
export const CONCURRENCY_MAX = 100
/** As many retries as the default has, twice over; each at most a week away. */
export const RETRIES_MAX = 20
export const RETRY_DELAY_MS_MAX = 7 * 24 * 60 * 60 * 1000
export const RATE_DELIVERIES_MAX = 10_000
export const RATE_PER_MS_MAX = 60 * 60 * 1000
