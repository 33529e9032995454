// A secret is rotated with an overlap: the new one counts at once, and the one before it still signs
// until its time is over, so that a receiver can be told of the new one in its own time. Pure.
import type { Hook, HookConfig } from './hook.ts'
import type { Secret } from './secret.ts'

const SECOND_MS = 1000
const DAY_MS = 24 * 60 * 60 * SECOND_MS

/** Long enough for a receiver to be deployed anew. */
export const OVERLAP_MS_DEFAULT = DAY_MS
/** A deployment that is frozen over the holidays, too. */
export const OVERLAP_MS_MAX = 7 * DAY_MS

type Rotated = Pick<Hook, 'config' | 'previousSecret'>

/** Of a rotation that is still under way, the oldest secret goes: two sign at once, never three. */
export function rotate({ config }: Hook, secret: Secret, overlapMs: number, nowMs: number): Rotated {
  const previous = config.secret
  return {
    config: { ...config, secret },
    previousSecret:
      previous && overlapMs > 0 ? { secret: previous, until: new Date(nowMs + overlapMs) } : null,
  }
}

/** What a change of the configuration leaves of the secret before: another secret ends its time at once. */
export function previousSecretAfter(before: Hook, config: HookConfig): Hook['previousSecret'] {
  return isSame(before.config.secret, config.secret) ? before.previousSecret : null
}

export function isSame(one: Secret | null, other: Secret | null): boolean {
  return one?.reveal() === other?.reveal()
}

/**
 * The secrets that sign at this time: the hook's own first, then the one before while the overlap
 * lasts. GitHub's headers have room for one signature, and it is the new secret's: were it the old
 * one's, each receiver would have to change over in the very second in which the overlap ends.
 */
export function signingSecrets({ config, previousSecret }: Hook, nowMs: number): readonly Secret[] {
  if (!config.secret) return []
  return previousSecret && nowMs < previousSecret.until.getTime()
    ? [config.secret, previousSecret.secret]
    : [config.secret]
}
