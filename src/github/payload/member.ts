// `member`: somebody became a collaborator of a repository, ceased to be one, or may do something else.
import type { Account } from '../../account.ts'
import type { RepositoryRole } from '../../repository.ts'
import { legacyPermission, roleName } from '../collaborator.ts'
import type { Links } from '../links.ts'
import type { Webhook } from '../openapi.ts'
import { simpleUserJson } from '../user.ts'
import { type Scene, sceneJson } from './scene.ts'

/** `role` is what they may do afterwards, and `was` what they could before. */
export type MemberEvent = { readonly member: Account } & (
  | { readonly action: 'added'; readonly role: RepositoryRole }
  | { readonly action: 'edited'; readonly role: RepositoryRole; readonly was: RepositoryRole }
  | { readonly action: 'removed' }
)

export function memberPayload(event: MemberEvent, scene: Scene, links: Links) {
  const member = userJson(event.member, links)
  const rest = sceneJson(scene, links)

  switch (event.action) {
    case 'added': {
      const { role } = event
      const changes = { permission: { to: legacyPermission(role) }, role_name: { to: roleName(role) } }
      return { action: event.action, member, changes, ...rest } satisfies Webhook['webhook-member-added']
    }
    case 'edited': {
      // The older key knows three words alone, and could not tell `write` from `maintain`.
      const changes = {
        old_permission: { from: legacyPermission(event.was) },
        permission: { from: roleName(event.was), to: roleName(event.role) },
      }
      return { action: event.action, member, changes, ...rest } satisfies Webhook['webhook-member-edited']
    }
    case 'removed':
      return { action: event.action, member, ...rest } satisfies Webhook['webhook-member-removed']
  }
}

/** A `user` as some payloads have it, whose description names the kinds that there are. */
export function userJson(user: Account, links: Links) {
  return { ...simpleUserJson(user, links), type: user.type } satisfies Webhook['webhooks_user']
}
