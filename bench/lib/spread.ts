// Figures of several rounds: what they come to, and how far they lie apart.

/** Of several rounds. */
export type Spread = { readonly median: number; readonly min: number; readonly max: number }

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which this share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function spreadOf(values: readonly number[], digits = 3): Spread {
  return {
    median: round(median(values), digits),
    min: round(Math.min(...values), digits),
    max: round(Math.max(...values), digits),
  }
}

export function round(value: number, digits = 3): number {
  return Number(value.toFixed(digits))
}

export function sayRatio({ median, min, max }: Spread): string {
  return `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`
}
