// Whole lives of deliveries on a clock that jumps from one thing to the next: random outcomes drive the
// retry schedule and the breakers, as the worker does, and the promises about both must hold.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Breaker, CLOSED, permits, record } from '../breaker.ts'
import type { Outcome } from '../delivery.ts'
import { judge, RETRY_DELAYS_MS } from '../retry.ts'

const SCHEDULES = 2000
const CONCURRENCY = 10
const PROBE_MAX_MS = 15 * 60_000
// The schedule's last wait, or what a receiver asked for, its jitter, and the rounding.
const WAIT_MAX_MS = 1.2 * 24 * 3_600_000 + 1

type Delivery = {
  attempts: number
  dueAtMs: number
  state: 'pending' | 'delivered' | 'exhausted'
  reason?: string
}
type Script = {
  readonly outcomes: readonly Outcome[]
  readonly deliveries: readonly number[]
  readonly delaysMs: readonly number[]
  readonly random: number
}

const tookMs = fc.integer({ min: 1, max: 30_000 })
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record({
    kind: fc.constant('answered' as const),
    status: fc.constantFrom(200, 204, 302, 404, 410, 429, 500, 500, 500, 503),
    headers: fc.constantFrom([], [['Retry-After', '120'] as const], [['retry-after', '999999'] as const]),
    body: fc.constant(new Uint8Array()),
    truncated: fc.constant(false),
    tookMs,
  }),
  fc.record({ kind: fc.constantFrom('timed_out' as const, 'aborted' as const), tookMs }),
  fc.record({
    kind: fc.constantFrom('unreachable' as const, 'tls_failed' as const, 'broken' as const),
    code: fc.constant('ECONNREFUSED'),
    reason: fc.constant('failed to connect to host'),
    tookMs,
  }),
  fc.record({ kind: fc.constant('refused' as const), reason: fc.constant('not public'), tookMs }),
)

const script: fc.Arbitrary<Script> = fc.record({
  outcomes: fc.array(outcome, { minLength: 1, maxLength: 60 }),
  deliveries: fc.array(fc.nat(600_000), { minLength: 1, maxLength: 25 }),
  delaysMs: fc.constantFrom(RETRY_DELAYS_MS, [], [1000], [60_000, 60_000, 60_000]),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
})

test('ends every delivery, within its schedule, and brings every breaker to its probe', t => {
  const startedMs = performance.now()
  let attempts = 0
  let opened = 0
  fc.assert(
    fc.property(script, one => {
      const hook = new SimulatedHook(one)
      while (hook.step());
      hook.checkEnd()
      attempts += hook.attempts
      opened += hook.opened
    }),
    { numRuns: SCHEDULES },
  )
  const seconds = (performance.now() - startedMs) / 1000
  t.diagnostic(
    `${Math.round(SCHEDULES / seconds)} schedules a second: ${attempts} attempts, ${opened} breakers opened`,
  )
})

class SimulatedHook {
  readonly #script: Script
  readonly #deliveries: Delivery[]
  #nowMs = 0
  #breaker: Breaker = CLOSED
  attempts = 0
  opened = 0

  constructor(script: Script) {
    this.#script = script
    this.#deliveries = script.deliveries.map(dueAtMs => ({ attempts: 0, dueAtMs, state: 'pending' }))
  }

  /** Goes to the next time at which something may be attempted. Gives whether there was any. */
  step(): boolean {
    const pending = this.#pending()
    if (pending.length === 0) return false
    const dueAtMs = Math.min(...pending.map(delivery => delivery.dueAtMs))
    const probeAtMs = this.#breaker.kind === 'open' ? this.#breaker.probeAtMs : 0
    this.#nowMs = Math.max(this.#nowMs, dueAtMs, probeAtMs)
    assert.ok(permits(this.#breaker, this.#nowMs), 'a breaker lets a probe through once its time has come')

    const atOnce = this.#breaker.kind === 'open' ? 1 : CONCURRENCY
    const begun = pending.filter(delivery => delivery.dueAtMs <= this.#nowMs).slice(0, atOnce)
    const startedMs = this.#nowMs
    const ends = begun
      .map(delivery => ({ delivery, outcome: this.#nextOutcome() }))
      .sort((one, other) => one.outcome.tookMs - other.outcome.tookMs)
    for (const { delivery, outcome } of ends) {
      this.#nowMs = startedMs + outcome.tookMs
      this.#conclude(delivery, outcome)
    }
    return true
  }

  checkEnd(): void {
    for (const { state } of this.#deliveries) assert.notEqual(state, 'pending')
  }

  // What the worker makes of an outcome.
  #conclude(delivery: Delivery, outcome: Outcome): void {
    const { delaysMs, random } = this.#script
    this.attempts++
    const attempts = delivery.attempts + 1
    const verdict = judge(attempts, outcome, { nowMs: this.#nowMs, random }, delaysMs)
    if (outcome.kind !== 'aborted') delivery.attempts = attempts
    if (verdict.kind === 'again') delivery.dueAtMs = verdict.atMs
    else delivery.state = verdict.kind
    if (verdict.kind === 'exhausted') delivery.reason = verdict.reason
    this.#checkDelivery(delivery)

    const before = this.#breaker
    const { breaker, change } = record(before, outcome, this.#nowMs)
    this.#breaker = breaker
    if (change?.change === 'opened') this.opened++
    assert.equal(change !== undefined, before.kind !== breaker.kind, 'each change of state is told')
    if (breaker.kind === 'open') this.#checkOpen(breaker, before)
  }

  #checkDelivery({ state, attempts, dueAtMs, reason }: Delivery): void {
    const attemptsMax = this.#script.delaysMs.length + 1
    assert.ok(attempts <= attemptsMax)
    if (state === 'pending')
      assert.ok(dueAtMs >= this.#nowMs && dueAtMs <= this.#nowMs + WAIT_MAX_MS, 'it waits for a time to come')
    if (reason === 'no_retry_left') assert.equal(attempts, attemptsMax)
  }

  #checkOpen(breaker: Extract<Breaker, { kind: 'open' }>, before: Breaker): void {
    assert.ok(breaker.probeAtMs <= this.#nowMs + PROBE_MAX_MS)
    if (before.kind === 'open') assert.ok(breaker.probeAtMs >= before.probeAtMs)
    else assert.ok(!permits(breaker, this.#nowMs), 'it lets nothing through just after it opened')
  }

  #pending(): Delivery[] {
    return this.#deliveries.filter(({ state }) => state === 'pending')
  }

  // Over and over; but what is cut short once is not cut short for ever.
  #nextOutcome(): Outcome {
    const { outcomes } = this.#script
    const next = outcomes[this.attempts % outcomes.length] as Outcome
    const isAgain = this.attempts >= outcomes.length
    return isAgain && next.kind === 'aborted' ? { kind: 'timed_out', tookMs: next.tookMs } : next
  }
}
