import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IdSource, lowestIdAt, timeOfId } from './id.ts'

function clockAt(ms: number) {
  return { ms, nowMs: () => clock.ms, random: () => 0 }
}
let clock = clockAt(Date.UTC(2026, 10, 24))

test('only grows, at any rate, and when the clock is turned back', () => {
  clock = clockAt(Date.UTC(2026, 10, 24))
  const ids = new IdSource(clock)
  let last = 0
  for (let index = 0; index < 10_000; index++) {
    if (index === 5_000) clock.ms -= 3_600_000
    const id = ids.next()
    assert.ok(id > last)
    last = id
  }
})

test('goes on above the highest identifier in use', () => {
  clock = clockAt(Date.UTC(2026, 10, 24))
  const highest = new IdSource(clock).next()
  clock.ms -= 1_000
  assert.ok(new IdSource(clock, { after: highest }).next() > highest)
})

test('fits a JavaScript number until 2060, and two nodes never meet', () => {
  clock = clockAt(Date.UTC(2060, 0, 1))
  const one = new IdSource(clock, { node: 126 })
  const other = new IdSource(clock, { node: 127 })
  const ids = new Set(Array.from({ length: 64 }, () => [one.next(), other.next()]).flat())
  assert.equal(ids.size, 128)
  for (const id of ids) assert.ok(Number.isSafeInteger(id))
})

test('tells the lowest identifier of a time', () => {
  clock = clockAt(Date.UTC(2026, 5, 1))
  const id = new IdSource(clock).next()
  assert.ok(lowestIdAt(clock.ms) <= id && id < lowestIdAt(clock.ms + 1))
})

test('tells when an identifier was made', () => {
  const now = Date.UTC(2026, 10, 24)
  assert.equal(timeOfId(new IdSource({ nowMs: () => now, random: () => 0 }, { node: 5 }).next()), now)
  assert.equal(timeOfId(lowestIdAt(now)), now)
})
