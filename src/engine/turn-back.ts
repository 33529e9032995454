// When the clock is turned back, what was planned by the old time would wait until that has come again:
// a delivery that was due at once, for hours. So all that waits is looked over, and whatever waits longer
// than it could by its hook's schedule is brought forward to that. Nothing comes earlier than its schedule
// says but for what a Retry-After had asked, and doing it twice is doing it once.
import type { Clock } from '../base/clock.ts'
import { longestDelayMs } from '../retry.ts'
import {
  bringWaitingForward,
  findLatestTime,
  listAttemptsOfWaiting,
  listPendingHooks,
  shortenLeases,
} from '../store/queue.ts'
import type { Store } from '../store/store.ts'
import type { HookCache } from './hook-cache.ts'
import type { EngineMetrics } from './metrics.ts'
import { LEASE_MS } from './worker.ts'

// Below this nobody notices, and a row's time may be a little ahead of ours anyhow.
const AHEAD_MIN_MS = 1000

const HOOKS_PER_READ = 500
// In one commit of some milliseconds.
const ROWS_MAX = 500

type TurnBackOptions = {
  readonly store: Store
  readonly hooks: HookCache
  readonly metrics: EngineMetrics
  readonly clock: Clock
}

/** Whether it was while we were down, by the times that are written on what was stored last. */
export async function wasTurnedBack({ store, clock }: TurnBackOptions): Promise<boolean> {
  return (await findLatestTime(store.read)) > clock.nowMs() + AHEAD_MIN_MS
}

export async function replan(options: TurnBackOptions, signal: AbortSignal): Promise<void> {
  const { store, clock } = options
  await repeat(signal, () => store.write(tx => shortenLeases(tx, clock.nowMs() + LEASE_MS, ROWS_MAX)))
  for (let afterHookId = 0; !signal.aborted; ) {
    const hooks = await listPendingHooks(store.read, afterHookId, HOOKS_PER_READ)
    for (const { hookId } of hooks) await replanHook(options, hookId, signal)
    if (hooks.length < HOOKS_PER_READ) return
    afterHookId = hooks.at(-1)?.hookId ?? 0
  }
}

async function replanHook(options: TurnBackOptions, hookId: number, signal: AbortSignal): Promise<void> {
  const { store, hooks, metrics, clock } = options
  const found = await listAttemptsOfWaiting(store.read, hookId, clock.nowMs())
  if (found.length === 0) return
  const delaysMs = (await hooks.find(hookId))?.policy.retryDelaysMs
  for (const attempts of found) {
    await repeat(signal, async () => {
      const latestMs = Math.ceil(clock.nowMs() + longestDelayMs(attempts, delaysMs))
      const terms = { latestMs, limit: ROWS_MAX }
      const moved = await store.write(tx => bringWaitingForward(tx, { hookId, attempts }, terms))
      for (const dueAtMs of moved) metrics.due.move(dueAtMs, latestMs)
      return moved.length
    })
  }
}

async function repeat(signal: AbortSignal, step: () => Promise<number>): Promise<void> {
  for (let done = ROWS_MAX; done === ROWS_MAX && !signal.aborted; ) done = await step()
}
