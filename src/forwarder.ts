// A forwarder is a program that is connected to us and is handed the deliveries of one hook, which GitHub
// calls `cli`: `gh webhook forward`, or our own `hookline forward`. Here is what such a hook may do, and how
// long it is kept when nobody is there.
import type { Hook } from './hook.ts'
import { DEFAULT_POLICY, type Policy } from './policy.ts'

/** What GitHub calls a hook that a forwarder has made. */
export const FORWARDER_HOOK_NAME = 'cli'

// One after the other, since that is how a forwarder works them off; and an answer is final, because whoever
// develops at the other end has seen it. What never reached a forwarder waits for it and burns nothing.
export const FORWARDER_POLICY: Policy = {
  ...DEFAULT_POLICY,
  retryDelaysMs: [],
  concurrency: 1,
  order: 'hook',
}

/** What waits while nobody is connected: beyond it the oldest are given up, for the reason `too_many`. */
export const FORWARDER_WAITING_MAX = 1000

const MINUTE_MS = 60_000

// GitHub's extension makes a hook each time it starts, cannot take up an old one, and deletes none. Ten
// minutes are enough for a proxy that restarts, and few enough for leftovers not to pile up.
export const UNNAMED_KEPT_MS = 10 * MINUTE_MS

// Whoever comes back under the same name gets the same hook: it may have been a holiday. What waits for it
// is given up after three days, as everything that is held.
export const NAMED_KEPT_MS = 14 * 24 * 60 * MINUTE_MS

/** Of one user on one repository or organization: a screen full of terminals. */
export const FORWARDERS_PER_USER_MAX = 10

/** On one repository or organization, of all users. */
export const FORWARDERS_PER_TARGET_MAX = 100

/** Without blanks or signs, so that it can stand anywhere. */
const NAME = /^[\w.-]{1,64}$/

export function isForwarderName(text: string): boolean {
  return NAME.test(text)
}

/** `cli` for a forwarder's, `web` for every other. */
export function hookName({ forwarder }: Pick<Hook, 'forwarder'>): 'cli' | 'web' {
  return forwarder === null ? 'web' : FORWARDER_HOOK_NAME
}
