import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v1, v4, v7 } from 'uuid'
import { uuidTimeMs } from './uuid-time.ts'

test('reads the time of an identifier that the library made', () => {
  for (const msecs of [Date.UTC(2026, 10, 24, 12, 30, 15, 123), Date.UTC(2059, 0, 1), 0]) {
    assert.equal(uuidTimeMs(v1({ msecs, nsecs: 9_999 })), msecs)
  }
})

test('reads the example of RFC 9562, whatever its case', () => {
  const madeAt = Date.parse('2022-02-22T19:22:22Z')
  assert.equal(uuidTimeMs('C232AB00-9414-11EC-B3C8-9F6BDECED846'), madeAt)
  assert.equal(uuidTimeMs('c232ab00-9414-11ec-b3c8-9f6bdeced846'), madeAt)
})

test('reads nothing from other versions, other variants and other texts', () => {
  const others = [v4(), v7(), 'c232ab00-9414-11ec-03c8-9f6bdeced846', 'c232ab0094141', '', '12']
  for (const text of others) assert.equal(uuidTimeMs(text), undefined, text)
})
