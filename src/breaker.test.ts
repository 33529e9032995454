import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Breaker, CLOSED, permits, record } from './breaker.ts'
import type { Outcome } from './delivery.ts'

const fine: Outcome = {
  kind: 'answered',
  status: 200,
  headers: [],
  body: new Uint8Array(),
  truncated: false,
  tookMs: 1,
}
const failed: Outcome = { ...fine, status: 500 }
const unreachable: Outcome = { kind: 'unreachable', code: 'ECONNREFUSED', reason: 'refused', tookMs: 1 }

function after(outcomes: readonly Outcome[], nowMs = 0, from: Breaker = CLOSED): Breaker {
  return outcomes.reduce((breaker, outcome) => record(breaker, outcome, nowMs).breaker, from)
}

function times(count: number, outcome: Outcome): Outcome[] {
  return Array.from({ length: count }, () => outcome)
}

test('opens at seven failures in ten, and says why', () => {
  const almost = after([...times(3, fine), ...times(6, failed)])
  assert.equal(almost.kind, 'closed')
  const { breaker, change } = record(almost, failed, 0)
  assert.equal(breaker.kind, 'open')
  assert.deepEqual(change, { change: 'opened', reason: '7 of 10 attempts failed within 5 minutes.' })
})

test('stays closed below seven in ten, and below ten attempts', () => {
  assert.equal(after([...times(40, fine), ...times(60, failed)]).kind, 'closed')
  assert.equal(after(times(9, failed)).kind, 'closed')
})

test('opens after ten attempts in a row that could not connect, whatever came before', () => {
  assert.equal(after([...times(100, fine), ...times(9, unreachable)]).kind, 'closed')
  assert.equal(after([...times(100, fine), ...times(10, unreachable)]).kind, 'open')
})

test('forgets what is older than five minutes', () => {
  const old = after(times(9, failed), 0)
  assert.equal(record(old, failed, 5 * 60_000).breaker.kind, 'closed')
})

test('lets nothing through until the probe after 30 s, and doubles the wait to 15 minutes', () => {
  let breaker = after(times(10, unreachable), 0)
  const waits: number[] = []
  let nowMs = 0
  for (let probe = 0; probe < 8; probe++) {
    assert.ok(breaker.kind === 'open' && !permits(breaker, breaker.probeAtMs - 1))
    waits.push((breaker.probeAtMs - nowMs) / 1000)
    nowMs = breaker.probeAtMs
    assert.ok(permits(breaker, nowMs))
    breaker = record(breaker, failed, nowMs).breaker
  }
  assert.deepEqual(waits, [30, 60, 120, 240, 480, 900, 900, 900])
})

test('closes when a probe gets through', () => {
  const open = after(times(10, unreachable), 0)
  const { breaker, change } = record(open, fine, 30_000)
  assert.equal(breaker, CLOSED)
  assert.equal(change?.change, 'closed')
})

test('does not count what was under way when it opened as a probe, nor what we cut short', () => {
  const open = after(times(10, unreachable), 0)
  assert.equal(record(open, failed, 29_999).breaker, open)
  assert.equal(record(open, { kind: 'aborted', tookMs: 1 }, 60_000).breaker, open)
})

test('keeps a bounded memory, and a probe within 15 minutes, whatever happens', () => {
  const step = fc.record({ outcome: fc.constantFrom(fine, failed, unreachable), waitMs: fc.nat(400_000) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), steps => {
      let breaker: Breaker = CLOSED
      let nowMs = 0
      for (const { outcome, waitMs } of steps) {
        nowMs += waitMs
        breaker = record(breaker, outcome, nowMs).breaker
        if (breaker.kind === 'closed') assert.ok(breaker.slices.length <= 10)
        else assert.ok(breaker.probeAtMs <= nowMs + 15 * 60_000)
      }
    }),
  )
})

test('probes at once when the clock was turned back by more than the wait, and else waits it out', () => {
  const open = after(times(10, unreachable), 86_400_000)
  assert.equal(permits(open, 0), true)
  assert.equal(record(open, fine, 0).breaker, CLOSED)
  assert.equal(permits(open, 86_400_000), false)
})

test('judges by no failure that a clock which was turned back has left in the time to come', () => {
  const before = after(times(9, failed), 86_400_000)
  assert.equal(record(before, failed, 0).breaker.kind, 'closed')
})
