// What the caller may do. What they may not see is answered with 404, as if it were not there. Routes
// name what they need as a hook (`needsRepository(…)`), which runs before the body is read: whoever is
// refused learns nothing from its checks, and need not send it.
import type { FastifyRequest } from 'fastify'
import { type Account, grants, type Scope } from '../account.ts'
import { AppError, notFound } from '../errors.ts'
import type { RepositoryRole } from '../github/repository.ts'
import { higherRole, includesRole, type Repository } from '../repository.ts'
import { findAccount, findRole } from '../store/accounts.ts'
import { findPermission } from '../store/collaborators.ts'
import { findRenamed, findRepository, findRepositoryById } from '../store/repositories.ts'
import type { Db } from '../store/store.ts'
import type { ApiContext } from './context.ts'
import { type Caller, cookieOf, SESSION_COOKIE } from './credentials.ts'
import { isId } from './fields.ts'
import { NOT_ACCESSIBLE, reaches } from './installation-access.ts'
import { redirectMoved } from './moved.ts'
import type { OnRequest } from './route.ts'

export type { Caller } from './credentials.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Null for who came without a token. */
    caller: Caller | null
    repositoryPlace: RepositoryPlace | null
    organizationPlace: OrganizationPlace | null
  }
}

/**
 * `participate` is for whoever can read and is signed in: open an issue, comment, star. `triage` is to sort
 * issues: labels, assignees, milestones, open and closed.
 */
export type RepositoryWanted = 'read' | 'participate' | 'triage' | 'write' | 'admin'
export type OrganizationWanted = 'read' | 'member' | 'admin'

export type RepositoryParams = { readonly owner: string; readonly repo: string }

export type RepositoryPlace = {
  readonly repository: Repository
  readonly role: RepositoryRole
  readonly caller: Caller | null
}

export type OrganizationPlace = { readonly organization: Account; readonly caller: Caller | null }

/** A hook for routes below `/repos/:owner/:repo`; what it found is `repositoryOf(request)`. */
export function needsRepository(context: ApiContext, wanted: RepositoryWanted, scope?: Scope): OnRequest {
  return async (request, reply) => {
    const place = await getRepositoryFor(context, request, wanted, scope)
    request.repositoryPlace = place
    await redirectMoved(request, reply, place.repository)
  }
}

/** The same, and that it is not archived when it is to be changed. */
export function needsUnarchived(context: ApiContext, wanted: RepositoryWanted): OnRequest[] {
  return [
    needsRepository(context, wanted),
    async request => {
      if (wanted === 'read' || !repositoryOf(request).repository.archived) return
      throw new AppError('forbidden', 'Repository was archived so is read-only.')
    },
  ]
}

/** A hook for routes below `/orgs/:org`; what it found is `organizationOf(request)`. */
export function needsOrganization(context: ApiContext, wanted: OrganizationWanted, scope?: Scope): OnRequest {
  return async request => {
    request.organizationPlace = await getOrganizationFor(context, request, wanted, scope)
  }
}

export function repositoryOf(request: FastifyRequest): RepositoryPlace {
  if (!request.repositoryPlace) throw new Error('the route does not name needsRepository')
  return request.repositoryPlace
}

export function organizationOf(request: FastifyRequest): OrganizationPlace {
  if (!request.organizationPlace) throw new Error('the route does not name needsOrganization')
  return request.organizationPlace
}

/** A hook for what is about the caller alone. */
export async function needsCaller(request: FastifyRequest): Promise<void> {
  requireCaller(request)
}

export function requireCaller(request: FastifyRequest): Caller {
  if (request.caller) return request.caller
  // An App by its own key acts for nobody.
  if (request.integrationCaller) throw new AppError('forbidden', NOT_ACCESSIBLE)
  throw new AppError('unauthorized', 'Requires authentication')
}

/** The session's cookie; undefined for who comes with a token, whatever cookie they send besides. */
export function sessionText(request: FastifyRequest): string | undefined {
  return requireCaller(request).by === 'session' ? cookieOf(request, SESSION_COOKIE) : undefined
}

/** A hook that answers 404 without the scope: GitHub does not say which one would have helped. */
export function needsScope(scope: Scope): OnRequest {
  return async request => {
    if (!grants(requireCaller(request).scopes, scope)) throw notFound()
  }
}

export function isSiteAdmin(caller: Caller | null): boolean {
  return caller?.user.siteAdmin === true && grants(caller.scopes, 'site_admin')
}

/** A hook for what only the administrator of the whole server may: for everybody else it is not there. */
export async function needsSiteAdmin(request: FastifyRequest): Promise<void> {
  if (!isSiteAdmin(requireCaller(request))) throw notFound()
}

/**
 * The repository of `:owner` and `:repo`, or of `:repository_id`. A `scope` that is given stands in for `repo`:
 * `read:repo_hook` opens the hooks of a private repository, and nothing else of it. All that belongs
 * to a public one is open to `public_repo`, too.
 */
async function getRepositoryFor(
  { store }: ApiContext,
  request: FastifyRequest,
  wanted: RepositoryWanted,
  scope?: Scope,
): Promise<RepositoryPlace> {
  const caller = wanted === 'read' && scope === undefined ? request.caller : requireCaller(request)
  const repository = await findMeant(store.read, request)
  const role = repository && (await roleIn(store.read, repository, caller))
  if (!repository || !role) throw notFound()

  const place = { repository, role, caller }
  if (isSiteAdmin(caller)) return place
  if (caller?.installation && wanted !== 'read' && !reaches(caller.installation, repository)) {
    throw new AppError('forbidden', NOT_ACCESSIBLE)
  }
  const needed = scope ?? scopeFor(repository, wanted)
  const held = caller?.scopes ?? []
  const isOpened =
    needed === undefined || grants(held, needed) || (!repository.private && grants(held, 'public_repo'))
  if (!isOpened) throw notFound()
  if (suffices(role, wanted)) return place
  // Whoever can see the repository is told 403. Its hooks they cannot see: 404.
  if (scope !== undefined) throw notFound()
  throw new AppError('forbidden', `Must have ${wanted} rights to Repository.`)
}

/** By its name, by a name that it once had, or by its id. */
export async function findMeant(db: Db, { params }: FastifyRequest): Promise<Repository | undefined> {
  const { owner = '', repo = '', repository_id: id } = params as Readonly<Record<string, string>>
  if (id !== undefined) return isId(id) ? findRepositoryById(db, Number(id)) : undefined
  return (await findRepository(db, owner, repo)) ?? findRenamed(db, owner, repo)
}

/** Whether they may set labels, assignees and milestones, and open and close other people's issues. */
export function canTriage(role: RepositoryRole): boolean {
  return suffices(role, 'triage')
}

/** Whether they may change what others wrote. */
export function canPush(role: RepositoryRole): boolean {
  return suffices(role, 'write')
}

/** The organization of `:org`. Everybody may know that it exists. */
export async function getOrganizationFor(
  { store }: ApiContext,
  request: FastifyRequest,
  wanted: OrganizationWanted,
  scope?: Scope,
): Promise<OrganizationPlace> {
  const caller = wanted === 'read' ? request.caller : requireCaller(request)
  const { org = '' } = request.params as { org?: string }
  const organization = await findAccount(store.read, org)
  if (organization?.type !== 'Organization') throw notFound()
  const place = { organization, caller }
  if (!caller || wanted === 'read' || isSiteAdmin(caller)) return place
  if (caller.installation) {
    if (caller.installation.accountId !== organization.id) throw new AppError('forbidden', NOT_ACCESSIBLE)
    return place
  }

  const needed = scope ?? (wanted === 'admin' ? 'admin:org' : 'read:org')
  if (!grants(caller.scopes, needed)) throw notFound()
  const role = await findRole(store.read, organization.id, caller.user.id)
  if (role === 'admin' || (role === 'member' && wanted === 'member')) return place
  // Its hooks are its owners' alone to know of.
  if (scope !== undefined && wanted === 'admin') throw notFound()
  throw new AppError(
    'forbidden',
    `Must be ${wanted === 'admin' ? 'an owner' : 'a member'} of the organization.`,
  )
}

/** What the caller may do there, or null for nothing at all. */
export async function roleIn(
  db: Db,
  repository: Repository,
  caller: Caller | null,
): Promise<RepositoryRole | null> {
  if (!caller) return repository.private ? null : 'pull'
  if (caller.installation && reaches(caller.installation, repository)) return 'admin'
  return isSiteAdmin(caller) ? 'admin' : roleOfUser(db, repository, caller.user.id)
}

/**
 * What the user may do there, whatever their token. There are no teams: every member of an organization
 * may push to its repositories.
 */
export async function roleOfUser(
  db: Db,
  { id, owner, private: isPrivate }: Repository,
  userId: number,
): Promise<RepositoryRole | null> {
  if (userId === owner.id) return 'admin'
  const member = owner.type === 'Organization' ? await findRole(db, owner.id, userId) : undefined
  if (member === 'admin') return 'admin'
  const given = await findPermission(db, id, userId)
  if (given && member) return higherRole(given, 'push')
  return given ?? (member ? 'push' : isPrivate ? null : 'pull')
}

function scopeFor({ private: isPrivate }: Repository, wanted: RepositoryWanted): Scope | undefined {
  if (isPrivate) return 'repo'
  return wanted === 'read' ? undefined : 'public_repo'
}

function suffices(role: RepositoryRole, wanted: RepositoryWanted): boolean {
  switch (wanted) {
    case 'read':
    case 'participate':
      return true
    case 'triage':
      return includesRole(role, 'triage')
    case 'write':
      return includesRole(role, 'push')
    case 'admin':
      return role === 'admin'
  }
}
