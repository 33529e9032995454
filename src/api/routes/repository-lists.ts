// Lists of repositories: one's own, a user's, an organization's. Each shows what the caller may see.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Account, grants } from '../../account.ts'
import { notFound } from '../../errors.ts'
import { minimalRepositoryJson } from '../../github/repository.ts'
import type { Repository } from '../../repository.ts'
import { findAccount, organizationIdsOf } from '../../store/accounts.ts'
import {
  countRepositories,
  listRepositories,
  type RepositoryFilter,
  type RepositorySort,
} from '../../store/repositories.ts'
import {
  isSiteAdmin,
  needsCaller,
  needsOrganization,
  organizationOf,
  requireCaller,
  roleIn,
} from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { linksOf } from '../links.ts'
import { linkPages, readPage } from '../paging.ts'
import { route } from '../route.ts'

type ListQuery = {
  readonly visibility: 'all' | 'public' | 'private'
  readonly affiliation?: string
  readonly sort: RepositorySort
  readonly direction?: 'asc' | 'desc'
  /** Ours: what the name or the description contains. */
  readonly q?: string
}

// No name is longer.
const SEARCH_LENGTH_MAX = 100

const LIST_QUERY = {
  type: 'object',
  properties: {
    visibility: { type: 'string', enum: ['all', 'public', 'private'], default: 'all' },
    affiliation: { type: 'string' },
    sort: { type: 'string', enum: ['created', 'updated', 'pushed', 'full_name'], default: 'full_name' },
    direction: { type: 'string', enum: ['asc', 'desc'] },
    q: { type: 'string', maxLength: SEARCH_LENGTH_MAX },
  },
} as const

const AFFILIATIONS: readonly string[] = ['owner', 'collaborator', 'organization_member']

export function repositoryListRoutes(app: FastifyInstance, context: ApiContext): void {
  const { read } = context.store

  app.get<{ Querystring: ListQuery }>(
    '/user/repos',
    route('repos/repos#list-repositories-for-the-authenticated-user', needsCaller, {
      querystring: LIST_QUERY,
    }),
    async (request, reply) => {
      const { user, scopes } = requireCaller(request)
      const affiliations = request.query.affiliation?.split(',') ?? AFFILIATIONS
      const ownerIds = [
        ...(affiliations.includes('owner') ? [user.id] : []),
        ...(affiliations.includes('organization_member') ? await organizationIdsOf(read, user.id) : []),
      ]
      const withShared = affiliations.includes('collaborator')
      return list(context, request, reply, { ownerIds, withPrivate: grants(scopes, 'repo'), withShared })
    },
  )

  type Of = { Querystring: ListQuery; Params: { readonly username: string } }
  app.get<Of>(
    '/users/:username/repos',
    route('repos/repos#list-repositories-for-a-user', [], { querystring: LIST_QUERY }),
    async (request, reply) => {
      const account = await findAccount(read, request.params.username)
      if (!account) throw notFound()
      const withPrivate = await seesPrivate(context, request, account)
      return list(context, request, reply, { ownerIds: [account.id], withPrivate })
    },
  )

  app.get<{ Querystring: ListQuery; Params: { readonly org: string } }>(
    '/orgs/:org/repos',
    route('repos/repos#list-organization-repositories', needsOrganization(context, 'read'), {
      querystring: LIST_QUERY,
    }),
    async (request, reply) => {
      const { organization } = organizationOf(request)
      const withPrivate = await seesPrivate(context, request, organization)
      return list(context, request, reply, { ownerIds: [organization.id], withPrivate })
    },
  )
}

async function list(
  { store }: ApiContext,
  request: FastifyRequest<{ Querystring: ListQuery }>,
  reply: FastifyReply,
  whose: Pick<RepositoryFilter, 'ownerIds' | 'withPrivate' | 'withShared'>,
) {
  const { sort, direction, visibility, q: search } = request.query
  const { caller } = request
  // Without the scope a private repository is not there, whoever shares it.
  const maySeePrivate = caller !== null && grants(caller.scopes, 'repo')
  const filter: RepositoryFilter = {
    ...whose,
    visibility:
      whose.withPrivate || maySeePrivate ? visibility : visibility === 'private' ? 'none' : 'public',
    ...(caller && { collaboratorId: caller.user.id }),
    search,
    sort,
    // GitHub's: names from A, times from the latest.
    direction: direction ?? (sort === 'full_name' ? 'asc' : 'desc'),
  }
  const page = readPage(request.query)
  linkPages(request, reply, page, await countRepositories(store.read, filter))
  const repositories = await listRepositories(store.read, filter, page)
  const links = linksOf(request)
  const json = async (repository: Repository) =>
    minimalRepositoryJson(repository, (await roleIn(store.read, repository, request.caller)) ?? 'pull', links)
  return Promise.all(repositories.map(json))
}

async function seesPrivate(
  { store }: ApiContext,
  { caller }: FastifyRequest,
  owner: Account,
): Promise<boolean> {
  if (!caller) return false
  if (isSiteAdmin(caller)) return true
  if (!grants(caller.scopes, 'repo')) return false
  if (caller.user.id === owner.id) return true
  return (await organizationIdsOf(store.read, caller.user.id)).includes(owner.id)
}
