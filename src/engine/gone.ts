// A receiver that answers 410 says that it is gone for good. One such answer ends its delivery; three
// deliveries that end so one after the other deactivate the hook, and the reason is recorded.
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Hook } from '../hook.ts'
import { listLatestAnswers } from '../store/attempts.ts'
import { deactivateHook, recordHookChange } from '../store/breakers.ts'
import type { Store } from '../store/store.ts'
import type { HookCache } from './hook-cache.ts'

const GONE = 410
const DELIVERIES = 3

type GoneOptions = {
  readonly store: Store
  readonly hooks: HookCache
  readonly clock: Clock
  readonly log: Log
}

/** To be called once an attempt that was answered 410 is settled. Never throws. */
export async function deactivateWhenGone(
  { store, hooks, clock, log }: GoneOptions,
  hook: Hook,
): Promise<void> {
  try {
    // A 410 is final, so the latest attempts that were answered so are of different deliveries.
    const latest = await listLatestAnswers(store.read, hook.id, DELIVERIES)
    if (latest.length < DELIVERIES || latest.some(status => status !== GONE)) return
    const atMs = clock.nowMs()
    const reason = `${DELIVERIES} deliveries in a row were answered 410 Gone.`
    await store.write(async tx => {
      if (!(await deactivateHook(tx, hook.id, atMs))) return
      await recordHookChange(tx, {
        accountId: hook.accountId,
        hookId: hook.id,
        atMs,
        change: 'deactivated',
        reason,
      })
      log.warn({ hook: hook.id, reason }, 'hook deactivated')
    })
    hooks.forget(hook.target)
  } catch (error) {
    log.error({ err: error, hook: hook.id }, 'a hook whose receiver is gone could not be deactivated')
  }
}
