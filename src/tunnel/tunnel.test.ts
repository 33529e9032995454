import assert from 'node:assert/strict'
import { duplexPair } from 'node:stream'
import { test } from 'node:test'
import { Control, TIMINGS } from './control.ts'
import { readGate } from './edge.ts'
import { Tunnel, WAITS } from './tunnel.ts'

const gate = readGate({})
const owner = { userId: 1, login: 'ada', isStillAllowed: async () => true }
const limits = { requestsMax: 10, requestsPerSecondMax: 100, bytesPerSecondMax: 1000 }

function openTunnel() {
  assert.ok(gate)
  let gone = 0
  const options = { name: 'ada', owner, instance: 'one', limits, waits: WAITS, onGone: () => gone++ }
  const tunnel = new Tunnel(options)
  const dial = () => {
    const [socket] = duplexPair()
    const control = new Control({
      ...{ socket, timings: TIMINGS },
      onMessage: () => {},
      onClosed: () => tunnel.cut(control),
    })
    tunnel.begin(control, gate)
    return control
  }
  return { tunnel, dial, gone: () => gone }
}

test('goes on with a client that is back before its old line was found dead', t => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
  const { tunnel, dial, gone } = openTunnel()
  const old = dial()
  dial()
  assert.ok(old.isClosed)
  t.mock.timers.tick(2 * WAITS.returnMs)
  assert.ok(tunnel.isLive)
  assert.equal(gone(), 0)
  tunnel.end()
})

test('waits for a client whose line was cut, and no longer than it says', t => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
  const { tunnel, dial, gone } = openTunnel()
  dial().close('cut')
  const failures: unknown[] = []
  tunnel.take(error => failures.push(error))
  t.mock.timers.tick(WAITS.returnMs - 1)
  assert.deepEqual([failures.length, gone()], [0, 0])
  t.mock.timers.tick(1)
  assert.deepEqual([failures.length, gone()], [1, 1])
})

test('counts what is under way, and what comes within a second', () => {
  const { tunnel } = openTunnel()
  for (let begun = 0; begun < limits.requestsMax; begun++) assert.ok(tunnel.tryBegin())
  assert.equal(tunnel.tryBegin(), false)
  tunnel.finish()
  assert.ok(tunnel.tryBegin())
  tunnel.finish()
  tunnel.countBytes(limits.bytesPerSecondMax)
  assert.equal(tunnel.tryBegin(), false)
  tunnel.end()
})
