// A hook is a subscription: one URL, one configuration, a set of event names, and whether it is
// active. It hangs on a target: a repository, an organization, the whole site, or an App, which has one
// hook of its own.
import type { Filters } from './filter.ts'
import { DEFAULT_POLICY, type Policy } from './policy.ts'
import type { Secret } from './secret.ts'

export type TargetKind = 'repository' | 'organization' | 'site' | 'app'

export type HookTarget = { readonly kind: TargetKind; readonly id: number }

/** There is one site, and its hooks hear of everything. GitHub Enterprise calls them global. */
export const SITE: HookTarget = { kind: 'site', id: 1 }

/** Nobody's: accounts count from 1. */
export const SITE_ACCOUNT_ID = 0

export type ContentType = 'json' | 'form'

export type HookConfig = {
  readonly url: string
  readonly contentType: ContentType
  readonly secret: Secret | null
  readonly insecureSsl: boolean
}

export type Hook = {
  /** The account that owns the target; it leads every hot table. */
  readonly accountId: number
  readonly id: number
  readonly target: HookTarget
  readonly active: boolean
  readonly events: readonly string[]
  readonly config: HookConfig
  readonly policy: Policy
  /** Null lets everything through. */
  readonly filters: Filters | null
  /** Standard Webhooks' headers are sent beside GitHub's. */
  readonly standardWebhooks: boolean
  /** The secret before this one: receivers may still know that alone until its time is over. */
  readonly previousSecret: { readonly secret: Secret; readonly until: Date } | null
  readonly createdAt: Date
  readonly updatedAt: Date
  /** Whose program is handed its deliveries; null for every hook that has a URL. */
  readonly forwarder: HookForwarder | null
  /** Set when it was deleted: it gets nothing more, except the `meta` event that says so. */
  readonly deletedAt: Date | null
}

/** A program of this user's that is connected to us, in place of a receiver (forwarder.ts). */
export type HookForwarder = {
  readonly userId: number
  /** By which it comes back after a break; null for one that cannot. */
  readonly name: string | null
}

/** What GitHub's hooks have no word for. */
export type HookChoices = Pick<
  Hook,
  'policy' | 'filters' | 'standardWebhooks' | 'previousSecret' | 'forwarder'
>

/** A hook that chooses nothing is delivered to as GitHub would, and retried. */
export const DEFAULT_CHOICES: HookChoices = {
  policy: DEFAULT_POLICY,
  filters: null,
  standardWebhooks: false,
  previousSecret: null,
  forwarder: null,
}

/** What GitHub calls a hook's `last_response`. */
export type LastResponse = {
  readonly code: number | null
  readonly status: string | null
  readonly message: string | null
}

export const WILDCARD = '*'

/** GitHub's ceiling, and its wording of the refusal: hooks per event and target. */
export const HOOKS_PER_EVENT_MAX = 20

/** The wildcard replaces every named event; a name counts once, in the order in which it came. */
export function normaliseEvents(names: readonly string[]): readonly string[] {
  return names.includes(WILDCARD) ? [WILDCARD] : [...new Set(names)]
}

/** Whether the hook asked for events of this name. A ping and its own `meta` reach it unasked. */
export function subscribes(hook: Hook, event: string): boolean {
  return hook.events.includes(event) || hook.events.includes(WILDCARD)
}
