// What somebody may do in a repository, in GitHub's JSON. There are three words for it: the oldest API
// knows but `read`, `write` and `admin`; the permissions are five, each bringing those below it; and a role
// is called by the permission, but for `write` and `read`.
import type { Account } from '../account.ts'
import type { RepositoryRole } from '../repository.ts'
import type { Links } from './links.ts'
import type { Rest } from './openapi.ts'
import { permissionsOf } from './repository.ts'
import { simpleUserJson } from './user.ts'

/** GitHub maps `maintain` to `write` and `triage` to `read`. */
export function legacyPermission(role: RepositoryRole): 'read' | 'write' | 'admin' {
  switch (role) {
    case 'admin':
      return 'admin'
    case 'maintain':
    case 'push':
      return 'write'
    case 'triage':
    case 'pull':
      return 'read'
  }
}

export function roleName(role: RepositoryRole): string {
  return role === 'push' ? 'write' : role === 'pull' ? 'read' : role
}

export function collaboratorJson(user: Account, role: RepositoryRole, links: Links): Rest['collaborator'] {
  return { ...simpleUserJson(user, links), permissions: permissionsOf(role), role_name: roleName(role) }
}

/** `null` for nothing at all: a private repository that they may not see. */
export function collaboratorPermissionJson(
  user: Account,
  role: RepositoryRole | null,
  links: Links,
): Rest['repository-collaborator-permission'] {
  const permissions = role
    ? permissionsOf(role)
    : { admin: false, maintain: false, push: false, triage: false, pull: false }
  const name = role ? roleName(role) : 'none'
  return {
    permission: role ? legacyPermission(role) : 'none',
    user: { ...simpleUserJson(user, links), permissions, role_name: name },
    role_name: name,
  }
}
