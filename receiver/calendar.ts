// Days as a place counts them. A day begins at the first instant that bears its date there, which
// is not always midnight, and on the nights when clocks change it lasts 23 or 25 hours.

export type Day = { readonly date: string; readonly fromMs: number; readonly toMs: number }

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

// No clock on Earth is more than 14 hours ahead of UTC or 12 behind it; an hour more for summer time.
const AHEAD_MAX_MS = 15 * 60 * MINUTE_MS
const BEHIND_MAX_MS = 13 * 60 * MINUTE_MS

export function isTimeZone(timeZone: string): boolean {
  try {
    return Intl.DateTimeFormat('sv-SE', { timeZone }) !== undefined
  } catch {
    return false
  }
}

/** The days that end with today, oldest first. */
export function lastDays(count: number, timeZone: string, now: Date): Day[] {
  // Swedish writes 2026-03-29, which sorts as it reads.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone })
  const today = Date.parse(format.format(now))
  const dates = Array.from({ length: count + 1 }, (_, n) => isoDate(today + (n + 1 - count) * DAY_MS))
  const begins = dates.map(date => beginOf(date, format))
  return begins.slice(1).map((toMs, n) => ({ date: dates[n] ?? '', fromMs: begins[n] ?? toMs, toMs }))
}

/** Halves the span in which the date must begin until the very minute is found: 11 looks at a clock. */
function beginOf(date: string, format: Intl.DateTimeFormat): number {
  let before = Date.parse(date) - AHEAD_MAX_MS
  let reached = Date.parse(date) + BEHIND_MAX_MS
  while (reached - before > MINUTE_MS) {
    const middle = before + Math.ceil((reached - before) / 2 / MINUTE_MS) * MINUTE_MS
    if (format.format(middle) >= date) reached = middle
    else before = middle
  }
  return reached
}

function isoDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
