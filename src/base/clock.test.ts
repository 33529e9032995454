import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WatchedClock } from './clock.ts'

function watched() {
  const clock = { ms: 5_000_000, nowMs: () => clock.ms, random: () => 0.25 }
  return { clock, watch: new WatchedClock(clock) }
}

test('tells the time and the chance of the clock that it watches', () => {
  const { clock, watch } = watched()
  assert.equal(watch.nowMs(), 5_000_000)
  clock.ms = 1
  assert.equal(watch.nowMs(), 1)
  assert.equal(watch.random(), 0.25)
})

test('says once that it was turned back, however short it had been ahead', () => {
  const { clock, watch } = watched()
  watch.nowMs()
  clock.ms += 86_400_000
  watch.nowMs()
  clock.ms -= 86_400_000
  watch.nowMs()
  assert.equal(watch.takeTurnBack(), true)
  assert.equal(watch.takeTurnBack(), false)
})

test('takes no notice of leaps ahead, of standing still, nor of a second', () => {
  const { clock, watch } = watched()
  for (const change of [0, 86_400_000, 0, -1000]) {
    clock.ms += change
    watch.nowMs()
  }
  assert.equal(watch.takeTurnBack(), false)
})

test('notices small steps that add up', () => {
  const { clock, watch } = watched()
  for (let step = 0; step < 3; step++) {
    watch.nowMs()
    clock.ms -= 600
  }
  watch.nowMs()
  assert.equal(watch.takeTurnBack(), true)
})
