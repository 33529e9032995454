// `ping` and `meta`: the two events about a hook itself. They reach that hook alone, subscribed
// or not, whatever it hangs on.
import type { Account } from '../../account.ts'
import type { Hook } from '../../hook.ts'
import type { Integration } from '../../integration.ts'
import { fullName, type Repository } from '../../repository.ts'
import { HOOK_TYPE, type HookPlace, hookJson, hookRowJson, UNUSED } from '../hook.ts'
import type { Links } from '../links.ts'
import type { Webhook } from '../openapi.ts'
import { organizationJson, simpleUserJson } from '../user.ts'
import { sceneJson } from './scene.ts'

/** What the hook hangs on, whole. */
export type HookOwner =
  | { readonly kind: 'repository'; readonly repository: Repository }
  | { readonly kind: 'organization'; readonly organization: Account }
  | { readonly kind: 'site' }
  | { readonly kind: 'app'; readonly integration: Integration }

// GitHub's description has one type of hook with all of the keys that some kind has.
type Ping = Omit<Webhook['webhook-ping'], 'hook'> & { hook: object }

export type HookPing = {
  readonly hook: Hook
  readonly owner: HookOwner
  readonly sender: Account
  readonly zen: string
}

export function pingPayload({ hook, owner, sender, zen }: HookPing, links: Links) {
  return {
    zen,
    hook_id: hook.id,
    hook: hookOf(hook, owner, links),
    ...ownerJson(owner, sender, links),
  } satisfies Ping
}

export type MetaDeleted = { readonly hook: Hook; readonly owner: HookOwner; readonly sender: Account }

// GitHub's description lists the event names of a few years ago for `hook.events`.
type DescribedMeta = Webhook['webhook-meta-deleted']
type Meta = Omit<DescribedMeta, 'hook'> & {
  hook: Omit<DescribedMeta['hook'], 'events'> & { events: string[] }
}

export function metaDeletedPayload({ hook, owner, sender }: MetaDeleted, links: Links) {
  return {
    action: 'deleted' as const,
    hook_id: hook.id,
    hook: hookRowJson(hook, HOOK_TYPE[owner.kind]),
    ...ownerJson(owner, sender, links),
  } satisfies Meta
}

// GitHub's ping says `unused`, since it is the first thing that a hook hears.
function hookOf(hook: Hook, owner: HookOwner, links: Links) {
  return hookJson(hook, placeOf(owner), UNUSED, links)
}

/** Where the hook is found. */
export function placeOf(owner: HookOwner): HookPlace {
  switch (owner.kind) {
    case 'repository':
      return { kind: owner.kind, fullName: fullName(owner.repository) }
    case 'organization':
      return { kind: owner.kind, login: owner.organization.login }
    case 'site':
      return { kind: owner.kind }
    case 'app':
      return { kind: owner.kind, integrationId: owner.integration.id }
  }
}

function ownerJson(owner: HookOwner, sender: Account, links: Links) {
  if (owner.kind === 'repository') return sceneJson({ repository: owner.repository, sender }, links)
  return {
    ...(owner.kind === 'organization' && { organization: organizationJson(owner.organization, links) }),
    sender: simpleUserJson(sender, links),
  }
}
