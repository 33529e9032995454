// Repositories: create, read, change and delete.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Account, grants } from '../../account.ts'
import { AppError, notFound } from '../../errors.ts'
import { repositoryUrl } from '../../github/links.ts'
import { repositoryPayload } from '../../github/payload/repository.ts'
import { fullRepositoryJson } from '../../github/repository.ts'
import { createRepository } from '../../store/repositories.ts'
import {
  needsOrganization,
  needsRepository,
  needsScope,
  organizationOf,
  type RepositoryParams,
  repositoryOf,
  requireCaller,
  roleIn,
} from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { repositoryDraft } from '../draft.ts'
import { linksOf, ownLinks } from '../links.ts'
import {
  changeRepository,
  REPOSITORY_FIELDS,
  type RepositoryBody,
  readNewRepository,
  readRepositoryChanges,
  removeRepository,
} from '../repository-change.ts'
import { route } from '../route.ts'
import { commit } from '../work.ts'

export function repositoryRoutes(app: FastifyInstance, context: ApiContext): void {
  createRoutes(app, context)
  oneRoutes(app, context)
}

function createRoutes(app: FastifyInstance, context: ApiContext): void {
  const schema = { body: { type: 'object', required: ['name'], properties: REPOSITORY_FIELDS } }

  app.post<{ Body: RepositoryBody }>(
    '/user/repos',
    route('repos/repos#create-a-repository-for-the-authenticated-user', needsScope('public_repo'), schema),
    async (request, reply) => create(context, request, reply, requireCaller(request).user),
  )

  app.post<{ Params: { readonly org: string }; Body: RepositoryBody }>(
    '/orgs/:org/repos',
    route(
      'repos/repos#create-an-organization-repository',
      needsOrganization(context, 'member', 'public_repo'),
      schema,
    ),
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
  const draft = readNewRepository(request.body)
  if (draft.private && !grants(caller.scopes, 'repo')) throw notFound()

  const repository = await engine.commit(async (tx, tell) => {
    const made = await createRepository(tx, owner, draft, clock.nowMs())
    const scene = { repository: made, sender: caller.user }
    const payload = repositoryPayload({ action: 'created' }, scene, ownLinks(request))
    tell(repositoryDraft('repository', payload, scene))
    return made
  })
  const links = linksOf(request)
  const role = (await roleIn(store.read, repository, caller)) ?? 'pull'
  reply.code(201).header('location', repositoryUrl(repository, links))
  return fullRepositoryJson(repository, role, links)
}

function oneRoutes(app: FastifyInstance, context: ApiContext): void {
  type One = { Params: RepositoryParams }
  const path = '/repos/:owner/:repo'

  app.get<One>(
    path,
    route('repos/repos#get-a-repository', needsRepository(context, 'read')),
    async request => {
      const { repository, role } = repositoryOf(request)
      return fullRepositoryJson(repository, role, linksOf(request))
    },
  )

  app.patch<One & { Body: RepositoryBody }>(
    path,
    route('repos/repos#update-a-repository', needsRepository(context, 'admin'), {
      body: {
        type: 'object',
        properties: {
          ...REPOSITORY_FIELDS,
          default_branch: { type: 'string' },
          archived: { type: 'boolean' },
        },
      },
    }),
    async request => {
      const wanted = readRepositoryChanges(request.body)
      const repository = await commit(context, request, work => changeRepository(work, wanted))
      return fullRepositoryJson(repository, repositoryOf(request).role, linksOf(request))
    },
  )

  app.delete<One>(
    path,
    route('repos/repos#delete-a-repository', needsRepository(context, 'admin')),
    async (request, reply) => {
      const caller = requireCaller(request)
      if (!grants(caller.scopes, 'delete_repo')) {
        throw new AppError('forbidden', 'Must have admin rights to Repository.')
      }
      const { id } = repositoryOf(request).repository
      await commit(context, request, removeRepository)
      context.engine.hooksChanged({ kind: 'repository', id })
      return reply.code(204).send()
    },
  )
}
