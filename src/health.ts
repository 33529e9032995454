// How a hook is doing: from its latest attempts, and from what waits. Pure arithmetic over what was read.

/** One attempt, as far as health goes. */
export type AttemptSample = { readonly id: number; readonly statusCode: number; readonly tookMs: number }

export type AttemptHealth = {
  readonly attempts: number
  readonly succeeded: number
  /** Between 0 and 1; null without any attempt. */
  readonly successRate: number | null
  readonly p50Ms: number | null
  readonly p95Ms: number | null
}

export function healthOf(samples: readonly AttemptSample[]): AttemptHealth {
  const attempts = samples.length
  const succeeded = samples.filter(({ statusCode }) => statusCode >= 200 && statusCode <= 299).length
  const tookMs = samples.map(sample => sample.tookMs).sort((one, other) => one - other)
  return {
    attempts,
    succeeded,
    successRate: attempts === 0 ? null : succeeded / attempts,
    p50Ms: percentile(tookMs, 0.5),
    p95Ms: percentile(tookMs, 0.95),
  }
}

// The nearest rank: always a value that was measured.
function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.ceil(share * sorted.length) - 1] ?? null
}
