// The time within a UUID of version 1 (RFC 9562, 5.1): 60 bits count 100 ns since the Gregorian
// calendar began. What was made together with such an identifier is found by it without an index.

const PATTERN = /^([\da-f]{8})-([\da-f]{4})-1([\da-f]{3})-[89ab][\da-f]{3}-[\da-f]{12}$/i

const GREGORIAN_EPOCH_MS = Date.UTC(1582, 9, 15)
const TICKS_PER_MS = 10_000n

/** Milliseconds since 1970; undefined for what is no UUID of version 1. */
export function uuidTimeMs(text: string): number | undefined {
  const parts = PATTERN.exec(text)
  if (!parts) return undefined
  const [, low, middle, high] = parts
  const ticks = BigInt(`0x${high}${middle}${low}`)
  return Number(ticks / TICKS_PER_MS) + GREGORIAN_EPOCH_MS
}
