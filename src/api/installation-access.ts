// What an App may do where it is installed, by an installation's token. Every route asks for one permission;
// which one is told in `X-Accepted-GitHub-Permissions`. What has none is for people alone.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { SCOPES, type Scope } from '../account.ts'
import { AppError } from '../errors.ts'
import { covers, type PermissionLevel, permits } from '../integration.ts'
import type { Repository } from '../repository.ts'
import type { InstallationCaller } from './credentials.ts'

/** GitHub's words for all that an App may not do. */
export const NOT_ACCESSIBLE = 'Resource not accessible by integration'

/** Permissions take the place of scopes: by its route, all has been decided before scopes are asked for. */
export const INSTALLATION_SCOPES: readonly Scope[] = SCOPES.filter(
  scope => scope !== 'site_admin' && scope !== 'user' && scope !== 'read:user',
)

type Rule = { readonly path: RegExp; readonly read: string; readonly write: string | null }

// The first that fits. What only people do has none.
const RULES: readonly Rule[] = [
  {
    path: /^\/repos\/:owner\/:repo\/(?:hooks|recoveries)/,
    read: 'repository_hooks',
    write: 'repository_hooks',
  },
  { path: /^\/repos\/:owner\/:repo\/events\/:event\//, read: 'repository_hooks', write: null },
  { path: /^\/repos\/:owner\/:repo\/(?:issues|milestones|assignees)/, read: 'issues', write: 'issues' },
  { path: /^\/repos\/:owner\/:repo\/labels/, read: 'issues', write: 'issues' },
  // The payloads of all that happened.
  { path: /^\/repos\/:owner\/:repo\/events$/, read: 'repository_hooks', write: 'contents' },
  { path: /^\/repos\/:owner\/:repo\/dispatches$/, read: 'metadata', write: 'contents' },
  { path: /^\/repos\/:owner\/:repo(?:\/|$)/, read: 'metadata', write: 'administration' },
  { path: /^\/orgs\/:org\/(?:hooks|recoveries)/, read: 'organization_hooks', write: 'organization_hooks' },
  { path: /^\/orgs\/:org\/events\/:event\//, read: 'organization_hooks', write: null },
  { path: /^\/orgs\/:org\/events$/, read: 'organization_hooks', write: 'contents' },
  { path: /^\/orgs\/:org\/(?:members|memberships|public_members)/, read: 'members', write: 'members' },
  { path: /^\/orgs\/:org\/repos$/, read: 'metadata', write: 'administration' },
  { path: /^\/orgs\/:org$/, read: 'metadata', write: 'organization_administration' },
  { path: /^\/users\/:username/, read: 'metadata', write: null },
  { path: /^\/apps\/:app_slug$/, read: 'metadata', write: null },
  { path: /^\/installation\//, read: 'metadata', write: 'metadata' },
  { path: /^\/(?:meta|zen|octocat|rate_limit|openapi\.json)?$/, read: 'metadata', write: null },
]

/** Throws `forbidden` when the installation has not what the route asks for. */
export function checkInstallation(
  request: FastifyRequest,
  reply: FastifyReply,
  { permissions }: InstallationCaller,
): void {
  const path = patternOf(request)
  const rule = RULES.find(it => it.path.test(path))
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const name = isRead ? rule?.read : rule?.write
  if (!name) throw new AppError('forbidden', NOT_ACCESSIBLE)
  // Its own token is an installation's to give back, and it has no other level.
  const level: PermissionLevel = isRead || name === 'metadata' ? 'read' : 'write'
  reply.header('x-accepted-github-permissions', `${name}=${level}`)
  if (!permits(permissions, name, level)) throw new AppError('forbidden', NOT_ACCESSIBLE)
}

/** Of the route, however the repository is named. */
function patternOf({ routeOptions }: FastifyRequest): string {
  const { url = '' } = routeOptions
  return url.replace(/^\/repositories\/:repository_id(?=\/|$)/, '/repos/:owner/:repo')
}

/** Of another account's repositories an App sees what everybody sees. */
export function reaches({ accountId, repositoryIds }: InstallationCaller, repository: Repository): boolean {
  return repository.owner.id === accountId && covers({ repositoryIds }, repository.id)
}
