// An open loop: events come at a steady rate, whatever becomes of those before them, as they do in
// life. Each is stamped with the time at which it should have come, so that a stall of this process
// counts against it and not for it.
import { pause } from '../../src/base/pause.ts'
import { nowMicros, payloadOf } from './payload.ts'
import type { Receivers } from './receivers.ts'
import { quantile, round } from './spread.ts'

export type OpenLoop = {
  readonly template: Uint8Array
  readonly perSecond: number
  readonly seconds: number
  /** Resolves when it is accepted. */
  publish(index: number, payload: Buffer): Promise<unknown>
}

// With more than this not yet accepted the other side does not keep up: there is no such load.
const BEHIND_SECONDS_MAX = 5

/** Resolves when all are accepted; gives how many they were. */
export async function runOpenLoop({ template, perSecond, seconds, publish }: OpenLoop): Promise<number> {
  const startedMicros = nowMicros()
  const total = Math.round(perSecond * seconds)
  const microsEach = 1_000_000 / perSecond
  const accepted = Promise.withResolvers<void>()
  let begun = 0
  let ended = 0
  const end = () => {
    if (++ended === total) accepted.resolve()
  }
  while (begun < total) {
    const due = Math.min(total, Math.floor((nowMicros() - startedMicros) / microsEach) + 1)
    for (; begun < due; begun++) {
      const payload = payloadOf(template, Math.round(startedMicros + begun * microsEach))
      publish(begun, payload).then(end, accepted.reject)
    }
    if (begun - ended > perSecond * BEHIND_SECONDS_MAX)
      throw new Error(`${perSecond} events a second are more than can be accepted`)
    await Promise.race([pause(1), accepted.promise])
  }
  await accepted.promise
  return total
}

export type Latency = { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number }

const LATE_MAX_MS = 30_000
const LOOK_MS = 100

/** Waits for so many to arrive: those that come late are what it is about. */
export async function takeLatency(receivers: Receivers, expected: number): Promise<Latency> {
  const deadlineMs = performance.now() + LATE_MAX_MS
  const tookMs = await receivers.takeTimes()
  while (tookMs.length < expected) {
    if (performance.now() > deadlineMs) throw new Error(`${expected - tookMs.length} events did not arrive`)
    await pause(LOOK_MS)
    tookMs.push(...(await receivers.takeTimes()))
  }
  return {
    p50Ms: round(quantile(tookMs, 0.5), 2),
    p99Ms: round(quantile(tookMs, 0.99), 2),
    maxMs: round(quantile(tookMs, 1), 2),
  }
}
