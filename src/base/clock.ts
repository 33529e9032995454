// Time and chance, handed in so that a test can turn them.

export type Clock = {
  nowMs(): number
  /** At least 0 and below 1. */
  random(): number
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  random: () => Math.random(),
}
