// Who belongs to an organization, in GitHub's JSON.
import type { Account, MemberRole } from '../account.ts'
import { type Links, organizationUrl } from './links.ts'
import type { Rest } from './openapi.ts'
import { organizationJson, simpleUserJson } from './user.ts'

export function membershipJson(
  organization: Account,
  user: Account,
  role: MemberRole,
  links: Links,
): Rest['org-membership'] {
  const url = organizationUrl(organization.login, links)
  return {
    url: `${url}/memberships/${user.login}`,
    // Nobody is invited here: who is added is in.
    state: 'active',
    role,
    organization_url: url,
    user: simpleUserJson(user, links),
    organization: organizationJson(organization, links),
  }
}
