import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { ByteRoom } from './byte-room.ts'

test('takes what fits, and refuses what does not', () => {
  const room = new ByteRoom(100)
  assert.ok(room.tryTake(60))
  assert.ok(!room.tryTake(41))
  assert.ok(room.tryTake(40))
  assert.equal(room.free, 0)
})

test('has all of its room again when everything was given back', () => {
  const room = new ByteRoom(100)
  for (let time = 0; time < 10; time++) {
    assert.ok(room.tryTake(100))
    room.give(100)
  }
  assert.equal(room.free, 100)
})

test('lets in alone what is larger than all of it', async () => {
  const room = new ByteRoom(100)
  await room.take(150)
  assert.equal(room.free, 0)
  assert.ok(!room.tryTake(1))
  room.give(150)
  assert.equal(room.free, 100)
})

test('lets nobody overtake whoever waits', async () => {
  const room = new ByteRoom(100)
  await room.take(60)
  const waiting = room.take(50)
  assert.ok(!room.tryTake(1), 'it would fit, but another came first')
  room.give(60)
  await waiting
  assert.ok(room.tryTake(50))
})

test('leaks nothing, holds its ceiling and lets nobody wait without need, whatever the order of calls', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constantFrom('take', 'tryTake'), bytes: fc.integer({ min: 1, max: 150 }) }),
    fc.record({ kind: fc.constant('give'), bytes: fc.constant(0) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
      const room = new ByteRoom(100)
      const held: number[] = []
      const waiting: number[] = []
      const giveOldest = () => room.give(held.shift() ?? 0)
      for (const { kind, bytes } of steps) {
        if (kind === 'take') {
          waiting.push(bytes)
          void room.take(bytes).then(() => {
            assert.equal(waiting.shift(), bytes, 'in the order in which they came')
            held.push(bytes)
          })
        } else if (kind === 'give') giveOldest()
        else if (room.tryTake(bytes)) held.push(bytes)
        await turn()

        const used = sum(held)
        assert.ok(used <= 100 || held.length === 1, `${used} bytes are held`)
        assert.equal(room.free, Math.max(0, 100 - used))
        const [next] = waiting
        if (next !== undefined) assert.ok(held.length > 0 && used + next > 100, 'the next waits for room')
      }
      while (held.length > 0) {
        giveOldest()
        await turn()
      }
      assert.deepEqual(waiting, [])
      assert.equal(room.free, 100)
    }),
  )
})

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
