// An event happened once: a name, often an action, and the exact bytes that tell of it. GitHub's names
// are in `event-catalogue.ts`, a team's own in `event-type.ts`.
import { type HookTarget, SITE } from './hook.ts'

export { EVENT_NAMES, isEventName, isSubscribable } from './event-catalogue.ts'

export type Event = {
  readonly accountId: number
  readonly id: number
  /** Shared by every delivery of this event and by their redeliveries (X-GitHub-Delivery). */
  readonly guid: string
  readonly name: string
  readonly action: string | null
  readonly repositoryId: number | null
  readonly organizationId: number | null
  readonly senderId: number | null
  readonly createdAt: Date
}

/** What happened, before it is accepted. `payload` is serialised once, here, and never again. */
export type EventDraft = {
  readonly accountId: number
  readonly name: string
  readonly action: string | null
  readonly payload: Uint8Array
  readonly repositoryId: number | null
  readonly organizationId: number | null
  readonly senderId: number | null
  /** Delivered to this hook alone, subscribed or not: a ping, or the hook's own `meta`. */
  readonly onlyHookId?: number
  /** Delivered to this App's hook alone, subscribed or not: its installation has changed. */
  readonly onlyInstallation?: { readonly id: number; readonly integrationId: number }
}

/** These reach a hook whether it is active or not, subscribed or not: they are about the hook itself. */
export const ABOUT_THE_HOOK: ReadonlySet<string> = new Set(['ping', 'meta'])

/** These go to one App alone, and tell of its installation, whole. */
export const ABOUT_THE_INSTALLATION: ReadonlySet<string> = new Set([
  'installation',
  'installation_repositories',
])

/** Above this GitHub attempts no delivery, and neither do we: it becomes a skip that says so. */
export const PAYLOAD_BYTES_MAX = 25 * 1024 * 1024

export type SkipReason = 'inactive' | 'filtered' | 'payload_too_large'

/** The targets whose hooks hear of an event: its repository, its organization, and the site. Apps come besides. */
export function targetsOf(event: EventDraft): HookTarget[] {
  const targets: HookTarget[] = [SITE]
  if (event.repositoryId !== null) targets.push({ kind: 'repository', id: event.repositoryId })
  if (event.organizationId !== null) targets.push({ kind: 'organization', id: event.organizationId })
  return targets
}
