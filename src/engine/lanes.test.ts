import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { DEFAULT_POLICY } from '../policy.ts'
import type { Gate } from './breakers.ts'
import { Lanes } from './lanes.ts'
import { TestClock } from './test-engine.ts'

const KB = 1024
const MB = 1024 * KB
const SLOW = false
const QUICK = true

type Job = { readonly hookId: number; readonly bytes: number; hasBytes: boolean }

/** Lanes whose jobs run until they are told to end. */
function startLanes(): { lanes: Lanes<Job>; running: Job[]; gates: Map<number, Gate> } {
  const running: Job[] = []
  const gates = new Map<number, Gate>()
  const lanes = new Lanes<Job>({
    run: job => running.push(job),
    gateOf: hookId => gates.get(hookId) ?? 'closed',
    clock: new TestClock(),
  })
  return { lanes, running, gates }
}

function jobOf(hookId: number, bytes = 0): Job {
  return { hookId, bytes, hasBytes: true }
}

function claimAndPush(lanes: Lanes<Job>, hookId: number, count = 1): void {
  for (let n = 0; n < count; n++) {
    lanes.admit(hookId, 0)
    lanes.push(hookId, jobOf(hookId))
  }
}

function reserveAll(lanes: Lanes<Job>, hookId: number, bytes: number): number {
  let count = 0
  while (lanes.tryReserve(hookId, DEFAULT_POLICY, bytes)) count++
  return count
}

test('runs as many of a hook at once as its policy says, and the rest in turn', () => {
  const { lanes, running } = startLanes()
  claimAndPush(lanes, 1, 12)
  assert.equal(running.length, 10)
  lanes.finish(1, SLOW)
  assert.equal(running.length, 11)
})

test('never runs more than 4,000, and goes on with who waits when a socket is free', () => {
  const { lanes, running } = startLanes()
  for (let hookId = 1; hookId <= 4002; hookId++) claimAndPush(lanes, hookId)
  assert.equal(running.length, 4000)
  lanes.finish(1, SLOW)
  assert.equal(running.at(-1)?.hookId, 4001)
  lanes.finish(2, SLOW)
  assert.equal(running.at(-1)?.hookId, 4002)
})

test('lets each hook run one, however many sockets the others hold', () => {
  const { lanes, running } = startLanes()
  for (let hookId = 1; hookId <= 3000; hookId++) claimAndPush(lanes, hookId)
  claimAndPush(lanes, 3001, 2)
  assert.equal(running.filter(({ hookId }) => hookId === 3001).length, 1)
})

test('runs one at a time while a breaker is probing', () => {
  const { lanes, running, gates } = startLanes()
  gates.set(1, 'probing')
  claimAndPush(lanes, 1, 5)
  assert.equal(running.length, 1)
  lanes.finish(1, QUICK)
  assert.equal(running.length, 2)
})

test('claims and reserves one at a time while a breaker is probing', () => {
  const { lanes, gates } = startLanes()
  gates.set(1, 'probing')
  lanes.wait(1)
  assert.deepEqual(lanes.wants(10), [{ hookId: 1, max: 1 }])
  gates.set(2, 'probing')
  assert.equal(reserveAll(lanes, 2, 0), 1)
})

test('runs, claims and reserves nothing behind an open breaker', () => {
  const { lanes, running, gates } = startLanes()
  gates.set(1, 'open')
  lanes.admit(1, 0)
  assert.ok(!lanes.push(1, jobOf(1)))
  lanes.wait(1)
  assert.deepEqual(lanes.wants(10), [])
  assert.ok(!lanes.tryReserve(1, DEFAULT_POLICY, 0))
  assert.equal(running.length, 0)
})

test('has all places, sockets and bytes again, however often they were used', () => {
  const { lanes, running } = startLanes()
  for (let n = 0; n < 25_000; n++) {
    assert.ok(lanes.tryReserve(1, DEFAULT_POLICY, 10 * KB), `time ${n}`)
    lanes.push(1, jobOf(1, 10 * KB))
    assert.equal(running.length, 1, `time ${n}`)
    running.pop()
    lanes.finish(1, SLOW)
    lanes.leave(1, 10 * KB)
  }
  lanes.wait(1)
  assert.deepEqual(lanes.wants(10), [{ hookId: 1, max: 20 }])
})

test('does not let large payloads that wait hold up the small', async () => {
  const { lanes } = startLanes()
  await lanes.takeBytes(1, 25 * MB)
  await lanes.takeBytes(1, 25 * MB)
  let isIn = false
  const third = lanes.takeBytes(1, 25 * MB).then(() => {
    isIn = true
  })
  assert.ok(lanes.tryReserve(2, DEFAULT_POLICY, KB))
  await lanes.takeBytes(3, KB)
  assert.ok(!isIn)
  lanes.giveBytes(1, 25 * MB)
  await third
})

test('lets a hook hold a fiftieth of the bytes that are free, and another hook its own', () => {
  const { lanes } = startLanes()
  // 48 MB / 50 = 983 KB.
  assert.equal(reserveAll(lanes, 1, 200 * KB), 4)
  assert.equal(reserveAll(lanes, 2, 200 * KB), 4)
})

test('lets a hook that stays busy have its share of the bytes again and again', () => {
  const { lanes } = startLanes()
  assert.ok(lanes.tryReserve(1, DEFAULT_POLICY, 200 * KB))
  for (let n = 0; n < 10; n++) {
    assert.ok(lanes.tryReserve(1, DEFAULT_POLICY, 200 * KB), `time ${n}`)
    lanes.leave(1, 200 * KB)
  }
})

test('lets a hook that is quick have more at hand', () => {
  const { lanes } = startLanes()
  claimAndPush(lanes, 1, 2)
  lanes.finish(1, QUICK)
  lanes.leave(1, 0)
  assert.equal(reserveAll(lanes, 1, 0), 199)
})

test('reserves nothing in front of what waits in the store', () => {
  const { lanes } = startLanes()
  lanes.wait(1)
  assert.ok(!lanes.tryReserve(1, DEFAULT_POLICY, 0))
  lanes.wants(10)
  lanes.rest(1)
  assert.ok(lanes.tryReserve(1, DEFAULT_POLICY, 0))
})

test('asks the store again when a hook was woken during its claim', () => {
  const { lanes } = startLanes()
  lanes.wait(1)
  assert.equal(lanes.wants(10).length, 1)
  lanes.wait(1)
  lanes.rest(1)
  assert.equal(lanes.wants(10).length, 1, 'what became due meanwhile')
  lanes.rest(1)
  assert.equal(lanes.wants(10).length, 0, 'nothing since')
})

test('serves the hooks in turn', () => {
  const { lanes } = startLanes()
  for (const hookId of [1, 2, 3]) lanes.wait(hookId)
  const served = Array.from({ length: 4 }, () => lanes.wants(2).map(({ hookId }) => hookId))
  assert.deepEqual(served, [
    [1, 2],
    [3, 1],
    [2, 3],
    [1, 2],
  ])
})

test('leaks no place and no byte, holds its ceilings and starves nobody, whatever the order of calls', async () => {
  const hookId = fc.integer({ min: 1, max: 4 })
  const bytes = fc.constantFrom(0, KB, 200 * KB, 256 * KB, 300 * KB, 25 * MB)
  const gate = fc.constantFrom<Gate>('closed', 'probing', 'open')
  const step = fc.record({
    kind: fc.constantFrom('publish', 'publish', 'store', 'claim', 'claim', 'end', 'end', 'gate', 'abandon'),
    hookId,
    bytes,
    gate,
    count: fc.integer({ min: 1, max: 30 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async steps => {
      const house = new House()
      for (const { kind, hookId, bytes, gate, count } of steps) {
        if (kind === 'publish') house.publish(hookId, bytes, count)
        else if (kind === 'store') house.store(hookId, bytes, count)
        else if (kind === 'claim') house.claim()
        else if (kind === 'end') house.end(count)
        else if (kind === 'gate') house.setGate(hookId, gate)
        else house.abandon(hookId, bytes)
        await turn()
        house.check()
      }
      await house.drain()
      house.checkEmpty()
    }),
  )
})

// What the worker does with its lanes, with a store that is a list and attempts that end when told.
class House {
  readonly #gates = new Map<number, Gate>()
  readonly #stored: Job[] = []
  readonly #running: Job[] = []
  #queued: Job[] = []
  readonly #lanes = new Lanes<Job>({
    run: job => this.#run(job),
    gateOf: hookId => this.#gateOf(hookId),
    clock: new TestClock(),
  })

  publish(hookId: number, bytes: number, count: number): void {
    for (let n = 0; n < count; n++) {
      if (this.#lanes.tryReserve(hookId, DEFAULT_POLICY, bytes)) this.#push(jobOf(hookId, bytes))
      else this.store(hookId, bytes, 1)
    }
  }

  store(hookId: number, bytes: number, count: number): void {
    for (let n = 0; n < count; n++) this.#stored.push(jobOf(hookId, bytes))
    this.#lanes.wait(hookId)
  }

  /** Reserved for an event whose commit failed. */
  abandon(hookId: number, bytes: number): void {
    if (this.#lanes.tryReserve(hookId, DEFAULT_POLICY, bytes)) this.#lanes.leave(hookId, bytes)
  }

  claim(): void {
    for (const { hookId, max } of this.#lanes.wants(100)) {
      assert.ok(max > 0 && max <= 200)
      const claimed = this.#stored.filter(job => job.hookId === hookId).slice(0, max)
      for (const job of claimed) {
        this.#stored.splice(this.#stored.indexOf(job), 1)
        job.hasBytes = this.#lanes.admit(hookId, job.bytes)
      }
      for (const job of claimed) this.#push(job)
      if (claimed.length < max) this.#lanes.rest(hookId)
    }
  }

  end(count: number): void {
    for (const job of this.#running.filter(({ hasBytes }) => hasBytes).slice(0, count)) {
      this.#running.splice(this.#running.indexOf(job), 1)
      this.#lanes.finish(job.hookId, SLOW)
      this.#lanes.leave(job.hookId, job.bytes)
    }
  }

  setGate(hookId: number, gate: Gate): void {
    this.#gates.set(hookId, gate)
    if (gate !== 'open') this.#lanes.wait(hookId)
    else for (const job of this.#lanes.takeQueued(hookId)) this.#giveBack(job)
  }

  check(): void {
    for (const hookId of [1, 2, 3, 4]) {
      const running = this.#running.filter(job => job.hookId === hookId).length
      assert.ok(running <= DEFAULT_POLICY.concurrency)
      const waits = this.#queued.some(job => job.hookId === hookId)
      if (waits && this.#gateOf(hookId) === 'closed')
        assert.equal(running, DEFAULT_POLICY.concurrency, 'nothing at hand waits while its hook may run more')
      if (waits && this.#gateOf(hookId) === 'probing') assert.ok(running > 0, 'a probe is under way')
    }
    for (const [isLarge, room] of [
      [false, 48 * MB],
      [true, 64 * MB],
    ] as const) {
      const held = [...this.#running, ...this.#queued].filter(
        job => job.hasBytes && job.bytes > 256 * KB === isLarge,
      )
      assert.ok(held.reduce((sum, { bytes }) => sum + bytes, 0) <= room)
    }
  }

  /** As the sweep does: wakes whatever has something due. */
  async drain(): Promise<void> {
    for (const hookId of [1, 2, 3, 4]) this.setGate(hookId, 'closed')
    for (let round = 0; this.#stored.length + this.#running.length + this.#queued.length > 0; round++) {
      assert.ok(round < 10_000, 'something waits for ever')
      for (const { hookId } of this.#stored) this.#lanes.wait(hookId)
      this.claim()
      await turn()
      this.end(1000)
      await turn()
    }
    this.claim()
  }

  /** All that there is can be had again. */
  checkEmpty(): void {
    for (const hookId of [1, 2, 3, 4]) assert.equal(reserveAll(this.#lanes, hookId, 0), 20)
    const large = [11, 12, 13, 14, 15].filter(id => this.#lanes.tryReserve(id, DEFAULT_POLICY, 16 * MB))
    assert.equal(large.length, 4)
    const hookIds = Array.from({ length: 193 }, (_, n) => 100 + n)
    const small = hookIds.filter(id => this.#lanes.tryReserve(id, DEFAULT_POLICY, 256 * KB))
    assert.equal(small.length, 192)
  }

  #gateOf(hookId: number): Gate {
    return this.#gates.get(hookId) ?? 'closed'
  }

  #push(job: Job): void {
    this.#queued.push(job)
    if (!this.#lanes.push(job.hookId, job)) this.#giveBack(job)
  }

  #run(job: Job): void {
    const gate = this.#gateOf(job.hookId)
    assert.notEqual(gate, 'open')
    if (gate === 'probing') assert.ok(!this.#running.some(({ hookId }) => hookId === job.hookId))
    this.#queued = this.#queued.filter(other => other !== job)
    this.#running.push(job)
    if (job.hasBytes) return
    void this.#lanes.takeBytes(job.hookId, job.bytes).then(() => {
      job.hasBytes = true
    })
  }

  #giveBack(job: Job): void {
    this.#queued = this.#queued.filter(other => other !== job)
    this.#lanes.leave(job.hookId, job.hasBytes ? job.bytes : 0)
    this.#stored.push(job)
  }
}
