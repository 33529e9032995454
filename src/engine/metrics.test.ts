import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DueCount } from './metrics.ts'
import { TestClock } from './test-engine.ts'

test('counts what is due, and not what is settled', () => {
  const clock = new TestClock()
  const due = new DueCount(clock)
  due.add(clock.ms)
  due.add(clock.ms, 3)
  due.remove()
  assert.equal(due.now(), 3)
})

test('counts what waits for its time from that second on', () => {
  const clock = new TestClock()
  const due = new DueCount(clock)
  due.add(clock.ms + 5_000)
  due.add(clock.ms + 90_000, 2)
  assert.equal(due.now(), 0)
  clock.ms += 5_000
  assert.equal(due.now(), 1)
  clock.ms += 3_600_000
  assert.equal(due.now(), 3)
})

test('counts everything once when the clock is turned back and comes again', () => {
  const clock = new TestClock()
  const due = new DueCount(clock)
  due.add(clock.ms + 5_000)
  clock.ms += 10_000
  assert.equal(due.now(), 1)
  clock.ms -= 60_000
  assert.equal(due.now(), 1)
  clock.ms += 120_000
  assert.equal(due.now(), 1)
})

test('takes what is to come for due no earlier because the clock had been ahead', () => {
  const clock = new TestClock()
  clock.ms += 86_400_000
  const due = new DueCount(clock)
  clock.ms -= 86_400_000
  due.add(clock.ms + 5_000)
  assert.equal(due.now(), 0)
  clock.ms += 5_000
  assert.equal(due.now(), 1)
})

test('follows what is planned anew, whether it was counted yet or not', () => {
  const clock = new TestClock()
  const due = new DueCount(clock)
  const laterMs = clock.ms + 60_000
  due.add(clock.ms)
  due.add(laterMs, 2)
  due.move(laterMs, clock.ms)
  assert.equal(due.now(), 2)
  due.move(clock.ms, laterMs)
  assert.equal(due.now(), 1)
  clock.ms = laterMs
  assert.equal(due.now(), 3)
})

test('never says less than none', () => {
  const due = new DueCount(new TestClock())
  due.remove(2)
  assert.equal(due.now(), 0)
})

test('agrees with a count of everything, whatever is added, settled and waited for', () => {
  const step = fc.record({
    kind: fc.constantFrom('add', 'settle', 'wait'),
    count: fc.integer({ min: 1, max: 5 }),
    seconds: fc.nat(100),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), steps => {
      const clock = new TestClock()
      const due = new DueCount(clock)
      const times: number[] = []
      for (const { kind, count, seconds } of steps) {
        if (kind === 'wait') clock.ms += seconds * 1000
        else if (kind === 'add') {
          const atMs = clock.ms + seconds * 1000
          due.add(atMs, count)
          times.push(...Array.from({ length: count }, () => atMs))
        } else {
          const settled = times.filter(atMs => atMs <= clock.ms).slice(0, count)
          due.remove(settled.length)
          for (const atMs of settled) times.splice(times.indexOf(atMs), 1)
        }
        assert.equal(due.now(), times.filter(atMs => atMs <= clock.ms).length)
      }
    }),
  )
})
