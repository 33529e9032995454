// Waiting for a while, or until told otherwise.
import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves after the time or when the signal aborts, whichever comes first. Never rejects. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal && { signal }).catch(() => {})
}
