// `organization`: who joined it and who left, and what became of its name. `user` and the two ends of an
// organization reach the hooks of the whole site alone, as in GitHub Enterprise.
import type { Account, MemberRole } from '../../account.ts'
import type { Links } from '../links.ts'
import { membershipJson } from '../membership.ts'
import type { Webhook } from '../openapi.ts'
import { organizationJson, simpleUserJson } from '../user.ts'
import { userJson } from './member.ts'

export type OrganizationScene = { readonly organization: Account; readonly sender: Account }

/** `organization` in the scene is as it is afterwards. */
export type OrganizationEvent =
  | {
      readonly action: 'member_added' | 'member_removed'
      readonly member: Account
      readonly role: MemberRole
    }
  | { readonly action: 'renamed'; readonly was: string }
  | { readonly action: 'created' | 'deleted' }

export function organizationPayload(event: OrganizationEvent, scene: OrganizationScene, links: Links) {
  const rest = {
    organization: organizationJson(scene.organization, links),
    sender: simpleUserJson(scene.sender, links),
  }

  switch (event.action) {
    case 'member_added':
    case 'member_removed': {
      const { organization: _, ...json } = membershipJson(scene.organization, event.member, event.role, links)
      const membership = { ...json, user: userJson(event.member, links) }
      return { action: event.action, membership, ...rest } satisfies
        | Webhook['webhook-organization-member-added']
        | Webhook['webhook-organization-member-removed']
    }
    case 'renamed':
      return {
        action: event.action,
        changes: { login: { from: event.was } },
        ...rest,
      } satisfies Webhook['webhook-organization-renamed']
    case 'deleted':
      return { action: event.action, ...rest } satisfies Webhook['webhook-organization-deleted']
    // Only GitHub Enterprise Server has it, in its pages though not in its description.
    case 'created':
      return { action: event.action, ...rest }
  }
}

/** `user`, which only GitHub Enterprise Server has. */
export function userPayload(action: 'created' | 'deleted', user: Account, sender: Account, links: Links) {
  return { action, user: userJson(user, links), sender: simpleUserJson(sender, links) }
}
