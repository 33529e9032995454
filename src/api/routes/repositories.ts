// Repositories: create, list, read, change, delete, and the events that tell of it.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Account, grants } from '../../account.ts'
import { AppError, type ErrorItem, notFound } from '../../errors.ts'
import { repositoryUrl } from '../../github/links.ts'
import { type RepositoryEvent, repositoryPayload } from '../../github/payload/repository.ts'
import { sceneJson } from '../../github/payload/scene.ts'
import {
  fullRepositoryJson,
  minimalRepositoryJson,
  organizationOf as organizationOwning,
} from '../../github/repository.ts'
import { isRepositoryName, type Repository } from '../../repository.ts'
import { findAccount, organizationIdsOf } from '../../store/accounts.ts'
import {
  countRepositories,
  createRepository,
  deleteRepository,
  getRepository,
  listRepositories,
  type NewRepository,
  type RepositoryChanges,
  type RepositoryFilter,
  type RepositorySort,
  updateRepository,
} from '../../store/repositories.ts'
import {
  isSiteAdmin,
  needsOrganization,
  needsRepository,
  organizationOf,
  repositoryOf,
  requireCaller,
  requireScope,
  roleIn,
} from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { repositoryDraft } from '../draft.ts'
import { refuse, tooLong } from '../fields.ts'
import type { Work } from '../issue-change.ts'
import { commit, type RepositoryParams } from '../issue-place.ts'
import { linksOf } from '../links.ts'
import { linkPages, readPage } from '../paging.ts'

const DESCRIPTION_LENGTH_MAX = 350
const HOMEPAGE_LENGTH_MAX = 255
const BRANCH_LENGTH_MAX = 244

type RepositoryBody = {
  readonly name?: string
  readonly description?: string | null
  readonly homepage?: string | null
  readonly private?: boolean
  readonly visibility?: 'public' | 'private'
  readonly has_issues?: boolean
  readonly default_branch?: string
  readonly archived?: boolean
}

const FIELDS = {
  name: { type: 'string' },
  description: { type: ['string', 'null'] },
  homepage: { type: ['string', 'null'] },
  private: { type: 'boolean' },
  visibility: { type: 'string', enum: ['public', 'private'] },
  has_issues: { type: 'boolean' },
} as const

export function repositoryRoutes(app: FastifyInstance, context: ApiContext): void {
  createRoutes(app, context)
  listRoutes(app, context)
  oneRoutes(app, context)
}

function createRoutes(app: FastifyInstance, context: ApiContext): void {
  const schema = { body: { type: 'object', required: ['name'], properties: FIELDS } }

  app.post<{ Body: RepositoryBody }>(
    '/user/repos',
    {
      config: { docs: docs('create-a-repository-for-the-authenticated-user') },
      onRequest: async request => {
        requireScope(request, 'public_repo')
      },
      schema,
    },
    async (request, reply) => create(context, request, reply, requireCaller(request).user),
  )

  app.post<{ Params: { readonly org: string }; Body: RepositoryBody }>(
    '/orgs/:org/repos',
    {
      config: { docs: docs('create-an-organization-repository') },
      onRequest: needsOrganization(context, 'member', 'public_repo'),
      schema,
    },
    async (request, reply) => create(context, request, reply, organizationOf(request).organization),
  )
}

async function create(
  { engine, store, clock }: ApiContext,
  request: FastifyRequest<{ Body: RepositoryBody }>,
  reply: FastifyReply,
  owner: Account,
) {
  const caller = requireCaller(request)
  const draft = newRepository(request.body)
  if (draft.private && !grants(caller.scopes, 'repo')) throw notFound()

  const links = linksOf(request)
  const repository = await engine.commit(async (tx, tell) => {
    const made = await createRepository(tx, owner, draft, clock.nowMs())
    const scene = { repository: made, sender: caller.user }
    tell(repositoryDraft('repository', repositoryPayload({ action: 'created' }, scene, links), scene))
    return made
  })
  const role = (await roleIn(store.read, repository, caller)) ?? 'pull'
  reply.code(201).header('location', repositoryUrl(repository, links))
  return fullRepositoryJson(repository, role, links)
}

type ListQuery = {
  readonly visibility: 'all' | 'public' | 'private'
  readonly affiliation?: string
  readonly sort: RepositorySort
  readonly direction?: 'asc' | 'desc'
}

const LIST_QUERY = {
  type: 'object',
  properties: {
    visibility: { type: 'string', enum: ['all', 'public', 'private'], default: 'all' },
    affiliation: { type: 'string' },
    sort: { type: 'string', enum: ['created', 'updated', 'pushed', 'full_name'], default: 'full_name' },
    direction: { type: 'string', enum: ['asc', 'desc'] },
  },
} as const

function listRoutes(app: FastifyInstance, context: ApiContext): void {
  const { read } = context.store

  app.get<{ Querystring: ListQuery }>(
    '/user/repos',
    {
      config: { docs: docs('list-repositories-for-the-authenticated-user') },
      schema: { querystring: LIST_QUERY },
    },
    async (request, reply) => {
      const { user, scopes } = requireCaller(request)
      const affiliations = request.query.affiliation?.split(',') ?? ['owner', 'organization_member']
      const ownerIds = [
        ...(affiliations.includes('owner') ? [user.id] : []),
        ...(affiliations.includes('organization_member') ? await organizationIdsOf(read, user.id) : []),
      ]
      return list(context, request, reply, ownerIds, grants(scopes, 'repo'))
    },
  )

  type Of = { Querystring: ListQuery; Params: { readonly username: string } }
  app.get<Of>(
    '/users/:username/repos',
    { config: { docs: docs('list-repositories-for-a-user') }, schema: { querystring: LIST_QUERY } },
    async (request, reply) => {
      const account = await findAccount(read, request.params.username)
      if (!account) throw notFound()
      return list(context, request, reply, [account.id], await seesPrivate(context, request, account))
    },
  )

  app.get<{ Querystring: ListQuery; Params: { readonly org: string } }>(
    '/orgs/:org/repos',
    {
      config: { docs: docs('list-organization-repositories') },
      onRequest: needsOrganization(context, 'read'),
      schema: { querystring: LIST_QUERY },
    },
    async (request, reply) => {
      const { organization } = organizationOf(request)
      const isSeen = await seesPrivate(context, request, organization)
      return list(context, request, reply, [organization.id], isSeen)
    },
  )
}

async function list(
  { store }: ApiContext,
  request: FastifyRequest<{ Querystring: ListQuery }>,
  reply: FastifyReply,
  ownerIds: readonly number[],
  withPrivate: boolean,
) {
  const { sort, direction, visibility } = request.query
  const filter: RepositoryFilter = {
    ownerIds,
    visibility: withPrivate ? visibility : visibility === 'private' ? 'none' : 'public',
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

function oneRoutes(app: FastifyInstance, context: ApiContext): void {
  type One = { Params: RepositoryParams }
  const path = '/repos/:owner/:repo'

  app.get<One>(
    path,
    { config: { docs: docs('get-a-repository') }, onRequest: needsRepository(context, 'read') },
    async request => {
      const { repository, role } = repositoryOf(request)
      return fullRepositoryJson(repository, role, linksOf(request))
    },
  )

  app.patch<One & { Body: RepositoryBody }>(
    path,
    {
      config: { docs: docs('update-a-repository') },
      onRequest: needsRepository(context, 'admin'),
      schema: {
        body: {
          type: 'object',
          properties: { ...FIELDS, default_branch: { type: 'string' }, archived: { type: 'boolean' } },
        },
      },
    },
    async request => {
      const wanted = checked(request.body)
      const repository = await commit(context, request, work => change(work, wanted))
      return fullRepositoryJson(repository, repositoryOf(request).role, linksOf(request))
    },
  )

  app.delete<One>(
    path,
    { config: { docs: docs('delete-a-repository') }, onRequest: needsRepository(context, 'admin') },
    async (request, reply) => {
      const caller = requireCaller(request)
      if (!grants(caller.scopes, 'delete_repo')) {
        throw new AppError('forbidden', 'Must have admin rights to Repository.')
      }
      const { id } = repositoryOf(request).repository
      await commit(context, request, remove)
      context.engine.hooksChanged({ kind: 'repository', id })
      return reply.code(204).send()
    },
  )
}

async function change(work: Work, wanted: RepositoryChanges): Promise<Repository> {
  const { tx, tell, sender, links, nowMs } = work
  const before = await getRepository(tx, work.repository.id)
  const changes = difference(before, wanted)
  if (Object.keys(changes).length === 0) return before
  if (before.archived && changes.archived !== false) {
    throw new AppError('forbidden', 'Repository was archived so is read-only.')
  }
  const after = await updateRepository(tx, before, changes, nowMs)
  const scene = { repository: after, sender }
  if (changes.private === false) tell(repositoryDraft('public', sceneJson(scene, links), scene))
  for (const event of eventsOf(before, changes)) {
    tell(repositoryDraft('repository', repositoryPayload(event, scene, links), scene))
  }
  return after
}

// Its own hooks go with it: only its organization's can hear of it.
async function remove({ tx, tell, repository, sender, links, nowMs }: Work): Promise<void> {
  const scene = { repository: await getRepository(tx, repository.id), sender }
  await deleteRepository(tx, repository.id, nowMs)
  const payload = repositoryPayload({ action: 'deleted' }, scene, links)
  if (organizationOwning(repository)) {
    tell({ ...repositoryDraft('repository', payload, scene), repositoryId: null })
  }
}

function eventsOf(before: Repository, changes: RepositoryChanges): RepositoryEvent[] {
  const { name, description, homepage, defaultBranch, private: isPrivate, archived } = changes
  const was = {
    ...(description !== undefined && { description: before.description }),
    ...(homepage !== undefined && { homepage: before.homepage }),
    ...(defaultBranch !== undefined && { defaultBranch: before.defaultBranch }),
  }
  return [
    ...(name !== undefined ? [{ action: 'renamed', was: before.name } as const] : []),
    ...(Object.keys(was).length > 0 ? [{ action: 'edited', changes: was } as const] : []),
    ...(isPrivate !== undefined ? [{ action: isPrivate ? 'privatized' : 'publicized' } as const] : []),
    ...(archived !== undefined ? [{ action: archived ? 'archived' : 'unarchived' } as const] : []),
  ]
}

/** Of what is wanted, what is not so already. */
function difference(before: Repository, wanted: RepositoryChanges): RepositoryChanges {
  const names = Object.keys(wanted) as (keyof RepositoryChanges)[]
  return Object.fromEntries(
    names.filter(name => wanted[name] !== before[name]).map(name => [name, wanted[name]]),
  )
}

function newRepository(body: RepositoryBody): NewRepository {
  const { name = '', description = null, homepage = null, hasIssues = true, ...rest } = checked(body)
  return { name, description, homepage, hasIssues, private: rest.private ?? false }
}

function checked(body: RepositoryBody): RepositoryChanges {
  const { name, description, homepage, default_branch: branch } = body
  const faults: ErrorItem[] = [
    ...(name === undefined || isRepositoryName(name) ? [] : [NAME_FAULT]),
    ...(branch === undefined || branch.trim() !== '' ? [] : [BRANCH_FAULT]),
    ...tooLong('Repository', 'description', description, DESCRIPTION_LENGTH_MAX),
    ...tooLong('Repository', 'homepage', homepage, HOMEPAGE_LENGTH_MAX),
    ...tooLong('Repository', 'default_branch', branch, BRANCH_LENGTH_MAX),
  ]
  refuse(faults)
  const isPrivate = body.visibility === undefined ? body.private : body.visibility === 'private'
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description: description || null }),
    ...(homepage !== undefined && { homepage: homepage || null }),
    ...(isPrivate !== undefined && { private: isPrivate }),
    ...(body.has_issues !== undefined && { hasIssues: body.has_issues }),
    ...(branch !== undefined && { defaultBranch: branch.trim() }),
    ...(body.archived !== undefined && { archived: body.archived }),
  }
}

const NAME_FAULT = {
  resource: 'Repository',
  code: 'custom',
  field: 'name',
  message:
    'name can only contain ASCII letters, digits, and the characters ., -, and _, and at most 100 of them',
} as const

const BRANCH_FAULT = { resource: 'Repository', code: 'invalid', field: 'default_branch' } as const

function docs(anchor: string): string {
  return `https://docs.github.com/rest/repos/repos#${anchor}`
}
