import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { HeaderList, Outcome } from './delivery.ts'
import { judge, longestDelayMs, RETRY_DELAYS_MS } from './retry.ts'

const chance = { nowMs: 1_000_000, random: 0.5 }

function answered(status: number, headers: HeaderList = []): Outcome {
  return { kind: 'answered', status, headers, body: new Uint8Array(), truncated: false, tookMs: 1 }
}

test('is delivered by any 2xx and by nothing else', () => {
  for (const status of [200, 202, 204, 299])
    assert.equal(judge(1, answered(status), chance).kind, 'delivered')
  for (const status of [301, 302, 307, 400, 404, 500])
    assert.equal(judge(1, answered(status), chance).kind, 'again')
})

test('follows the schedule of about 75.6 hours and then gives up', () => {
  const failure = answered(500)
  const delays = RETRY_DELAYS_MS.map((_, index) => {
    const verdict = judge(index + 1, failure, chance)
    return verdict.kind === 'again' ? verdict.atMs - chance.nowMs : -1
  })
  assert.deepEqual(delays, RETRY_DELAYS_MS)
  const hours = delays.reduce((sum, delay) => sum + delay, 0) / 3_600_000
  assert.equal(hours.toFixed(1), '75.6')
  assert.deepEqual(judge(RETRY_DELAYS_MS.length + 1, failure, chance), {
    kind: 'exhausted',
    reason: 'no_retry_left',
  })
})

test('spreads the herd by a fifth to both sides', () => {
  const at = (random: number) => {
    const verdict = judge(3, answered(500), { nowMs: 0, random })
    return verdict.kind === 'again' ? verdict.atMs : -1
  }
  assert.equal(at(0), 240_000)
  assert.equal(at(0.5), 300_000)
  assert.equal(at(0.999999999), 360_000)
})

test('waits as long as Retry-After asks, in seconds or as a date, and jitters upward only', () => {
  const seconds = judge(1, answered(500, [['Retry-After', '120']]), { nowMs: 0, random: 0 })
  assert.deepEqual(seconds, { kind: 'again', atMs: 120_000 })
  const date = judge(1, answered(500, [['retry-after', new Date(90_000).toUTCString()]]), {
    nowMs: 0,
    random: 0,
  })
  assert.deepEqual(date, { kind: 'again', atMs: 90_000 })
  const jittered = judge(1, answered(500, [['Retry-After', '100']]), { nowMs: 0, random: 0.5 })
  assert.deepEqual(jittered, { kind: 'again', atMs: 110_000 })
})

test('obeys Retry-After for a day at the most, and ignores what it cannot read', () => {
  const week = judge(1, answered(500, [['Retry-After', '604800']]), { nowMs: 0, random: 0 })
  assert.deepEqual(week, { kind: 'again', atMs: 86_400_000 })
  const garbage = judge(1, answered(500, [['Retry-After', 'soon']]), { nowMs: 0, random: 0.5 })
  assert.deepEqual(garbage, { kind: 'again', atMs: 5_000 })
})

test('leaves a destination that drowns or times out alone for a minute', () => {
  for (const outcome of [answered(429), answered(503), { kind: 'timed_out', tookMs: 10_000 } as const]) {
    assert.deepEqual(judge(1, outcome, { nowMs: 0, random: 0 }), { kind: 'again', atMs: 60_000 })
  }
})

test('takes 410 for final', () => {
  assert.deepEqual(judge(1, answered(410), chance), { kind: 'exhausted', reason: 'gone' })
})

test('makes an attempt that we cut short due at once', () => {
  assert.deepEqual(judge(1, { kind: 'aborted', tookMs: 1 }, chance), { kind: 'again', atMs: chance.nowMs })
})

test('never asks for a time in the past, whatever the answer', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 100, max: 599 }),
      fc.string(),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempts, status, retryAfter, random) => {
        const verdict = judge(attempts, answered(status, [['retry-after', retryAfter]]), {
          nowMs: 5_000,
          random,
        })
        if (verdict.kind === 'again') assert.ok(Number.isSafeInteger(verdict.atMs) && verdict.atMs >= 5_000)
      },
    ),
  )
})

test('names a longest delay that no delay exceeds where the receiver asked for none', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 }),
      fc.constantFrom(200, 410, 429, 500, 503),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempts, status, random) => {
        const verdict = judge(attempts, answered(status), { nowMs: 0, random })
        if (verdict.kind === 'again') assert.ok(verdict.atMs <= Math.ceil(longestDelayMs(attempts)))
      },
    ),
  )
  assert.equal(longestDelayMs(0), 0)
})
